"""What stands in for an office's DAG while one of its data files is wrong."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException


class RefuseOperator(BaseOperator):
    """Fails with a sentence.

    :param reason: what is wrong and where.
    """

    def __init__(self, *, reason: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason = reason

    def execute(self, context: Any) -> None:
        raise AirflowFailException(self.reason)


def broken_office_dag(slug: str, problem: str) -> DAG:
    """A DAG under the office's usual id that shows the mistake and runs nothing.

    The id stays, so the history of the office's runs stays in view, and no other office is touched.
    """
    reason = f"Berkas data kantor {slug} salah, jadi siklus tidak dapat dimulai:\n{problem}"
    with DAG(
        dag_id=f"content_cycle__{slug.replace('-', '_')}",
        dag_display_name=f"⚠ {slug}: berkas data salah",
        description=problem.splitlines()[0],
        doc_md=f"### Berkas data salah\n\n```\n{problem}\n```\n\nPerbaiki berkasnya; DAG kembali sendiri.",
        tags=["medsos", slug, "perlu perbaikan"],
        schedule=None,
        catchup=False,
    ) as dag:
        RefuseOperator(task_id="refuse", task_display_name="Perbaiki berkas data", reason=reason, retries=0)
    return dag
