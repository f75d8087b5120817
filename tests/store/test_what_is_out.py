"""A published row of the ledger is final, also for whoever goes past our own code."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from builders import NOW, publication_row
from medsos.store.models import Cycle, Publication
from medsos.store.session import transaction


@pytest.fixture
def published(database: str, request: pytest.FixtureRequest) -> tuple[str, int]:
    """The record's URL and the number of a published row whose address is not known yet."""
    with transaction(database) as session:
        cycle = Cycle(
            office="kota-bengkulu", title="Keputusan", content_type="produk_hukum", requester="admin",
            requested_at=NOW, sop_version="v", dag_id="d", run_id=request.node.name, request={},
            archive_folder="x",
        )  # fmt: skip
        session.add(cycle)
        session.flush()
        row = publication_row(cycle.id, "tiktok", published_at=NOW)
        session.add(row)
        session.flush()
        return database, row.id


def change(url: str, row: int, **values: Any) -> None:
    with transaction(url) as session:
        session.execute(update(Publication).where(Publication.id == row).values(**values))


@pytest.mark.parametrize("values", [{"state": "new"}, {"seal": "b" * 64}, {"channel": "x"}], ids=str)
def test_a_published_row_is_neither_reopened_nor_moved(
    published: tuple[str, int], values: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError, match="final"):
        change(*published, **values)


def test_a_published_row_cannot_be_deleted(published: tuple[str, int]) -> None:
    url, row = published
    with pytest.raises(IntegrityError, match="final"), transaction(url) as session:
        session.execute(delete(Publication).where(Publication.id == row))


def test_an_address_that_is_told_late_is_entered_once(published: tuple[str, int]) -> None:
    change(*published, permalink="https://www.tiktok.com/@kpu/video/1", post_id="1")
    with pytest.raises(IntegrityError, match="final"):
        change(*published, permalink="https://www.tiktok.com/@kpu/video/2")
