"""Waits for the upload time that the request names, without holding a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseSensorOperator
from airflow.sdk.exceptions import AirflowSkipException

from medsos.operators.cycle import CYCLE_ID, cycle_run
from medsos.operators.plans import request_of
from medsos.operators.publish import reason_not_to_upload

LOOK_EVERY = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(days=400)
"""Longer than anybody plans ahead; Airflow wants some bound."""


class UploadTimeSensor(BaseSensorOperator):
    """Succeeds when the requested upload time has come, at once where none was given."""

    template_fields: Sequence[str] = ("cycle_id",)
    ui_color = "#f6d9b0"

    def __init__(self, *, office: str, cycle_id: str = CYCLE_ID, **kwargs: Any) -> None:
        super().__init__(
            mode="reschedule", poke_interval=LOOK_EVERY, timeout=GIVE_UP_AFTER.total_seconds(), **kwargs
        )
        self.office = office
        self.cycle_id = cycle_id
        self.round_no = 0
        self.channel = ""

    def poke(self, context: Any) -> bool:
        run = cycle_run(self)
        if reason := reason_not_to_upload(run):
            raise AirflowSkipException(reason)
        upload_at = request_of(run).upload_at
        return upload_at is None or run.clock() >= upload_at
