"""Run inside an installation: puts forms where the tasks would have put them, waiting for an answer."""

from __future__ import annotations

import json
import sys
from typing import Any

from airflow.models.hitl import HITLDetail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import select


def main(forms: list[dict[str, Any]]) -> None:
    with create_session() as session:
        for form in forms:
            task = session.scalars(
                select(TaskInstance).where(
                    TaskInstance.dag_id == form["dag_id"],
                    TaskInstance.run_id == form["run_id"],
                    TaskInstance.task_id == form["task_id"],
                )
            ).one()
            task.state = "awaiting_input"
            session.add(
                HITLDetail(
                    ti_id=task.id,
                    options=["Setuju", "Revisi", "Tolak", "Sudah tayang", "Batal", "Ditetapkan"],
                    subject="Langkah 3 · Persetujuan putaran 1 · Siklus 1: Uji",
                    body="",
                    params={},
                    multiple=False,
                    assignees=form["people"],
                )
            )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    sys.stdout.write("\nselesai\n")
