"""What stands in for an office's DAG while one of its data files is wrong."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class BrokenOffice:
    """Just enough of an office whose file is wrong to keep its DAG in shape.

    Cycles that wait for somebody keep their tasks; a DAG of another shape would end them. New requests
    are refused by the first task, which reads the file itself and says what is wrong.
    """

    slug: str

    @property
    def dag_suffix(self) -> str:
        return self.slug.replace("-", "_")

    @property
    def short_name(self) -> str:
        return f"⚠ {self.slug}: berkas data salah"

    @property
    def offered_channels(self) -> tuple[str, ...]:
        return ()


def broken_doc(problem: str) -> str:
    """What the DAG's page says while a data file is wrong."""
    return (
        f"### Berkas data salah\n\n```\n{problem}\n```\n\nPerbaiki berkasnya; DAG kembali sendiri. "
        "Siklus yang sedang menunggu tetap ada; permohonan baru ditolak."
    )


def broken_sop_dag(slug: str, problem: str) -> DAG:
    """A DAG under the office's usual id for when even the procedure cannot be read."""
    with DAG(
        dag_id=f"content_cycle__{slug.replace('-', '_')}",
        dag_display_name=BrokenOffice(slug).short_name,
        description=problem.splitlines()[0],
        doc_md=broken_doc(problem),
        tags=["medsos", slug, "perlu perbaikan"],
        schedule=None,
        catchup=False,
    ) as dag:
        RefuseOperator(task_id="refuse", task_display_name="Perbaiki berkas data", reason=problem, retries=0)
    return dag
