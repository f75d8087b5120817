"""The end of SOP step 3: opens the way to the upload only for what was approved."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowFailException

from medsos.operators.cycle import CycleOperator, CycleRun


class ConcludeApprovalOperator(CycleOperator):
    """Reads the last decision from the record: *Setuju* or *Tolak*. Without one it fails."""

    def work(self, run: CycleRun, context: Any) -> str:
        from medsos.approval.decisions import latest_decision
        from medsos.store.session import transaction

        with transaction() as session:
            decision = latest_decision(session, run.cycle_id)
        if decision is None or decision.decision == "revisi":
            raise AirflowFailException(
                f"Siklus {run.cycle_id}: belum ada keputusan akhir yang tercatat. Menandai tugas “success” "
                "di Airflow bukan persetujuan; minta keputusan Kasubbag melalui formulir."
            )
        return decision.decision
