"""The buttons on a task's page in Airflow that open our forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey


class ApprovalFormLink(BaseOperatorLink):
    """Opens the approval form of the round; there from the moment the task starts to wait."""

    name = "Formulir persetujuan"

    def get_link(self, operator: Any, *, ti_key: TaskInstanceKey) -> str:
        from medsos.settings import load_settings

        return f"{load_settings().public_url}/medsos/persetujuan/{operator.cycle_id}/{operator.round_no}"


class UploadPageLink(BaseOperatorLink):
    """Opens the page for an upload by hand, a post in doubt or a missing screenshot."""

    name = "Halaman unggahan"

    def get_link(self, operator: Any, *, ti_key: TaskInstanceKey) -> str:
        from medsos.settings import load_settings

        return f"{load_settings().public_url}/medsos/unggahan/{operator.cycle_id}/{operator.channel}"
