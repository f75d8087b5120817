"""Waits for the upload time that the request names, without holding a worker."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowRescheduleException

from medsos.operators.cycle import CycleOperator, CycleRun
from medsos.operators.plans import request_of
from medsos.operators.publish import reason_not_to_upload


class UploadTimeSensor(CycleOperator):
    """Succeeds when the requested upload time has come, at once where none was given.

    Until then the task is put aside and comes back at that very time.
    """

    ui_color = "#f6d9b0"

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run)

    def work(self, run: CycleRun, context: Any) -> None:
        upload_at = request_of(run).upload_at
        if upload_at is not None and run.clock() < upload_at:
            raise AirflowRescheduleException(upload_at)
