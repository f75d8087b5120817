"""On a real Airflow: the nightly DAGs read a post's numbers and find a token that ends; it is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from builders import make_cycle, publication_row
from driver import run_once
from medsos.channels.base import Post
from medsos.clock import utc_now
from medsos.devtools.crash import clients
from medsos.devtools.crash.clients import Surroundings
from medsos.stack.supervisor import Stack
from medsos.store.models import Finding, Link, LinkCheck, Metric
from medsos.store.session import transaction
from memory_journal import MemoryJournal
from quick_office import SLUG

pytestmark = pytest.mark.e2e

DAY = timedelta(days=1)


def inspect(stack: Stack, what: str) -> Any:
    return requests.get(f"{stack.sandbox_url}/_inspect/{what}", timeout=30).json()


def settings(stack: Stack, **values: Any) -> None:
    requests.post(f"{stack.sandbox_url}/_inspect/settings", json=values, timeout=30).raise_for_status()


@pytest.fixture
def observed(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A post on X that is two days old, with its link; returns the publication's id.

    Its cycle is laid by hand into an office whose record no other test of this installation verifies.
    """
    monkeypatch.setenv("MEDSOS_HOME", str(stack.config.home))
    around = Surroundings(stack.sandbox_url, inspect(stack, "accounts"), None, utc_now, lambda _seconds: None)
    client, journal = clients.x(around), MemoryJournal()
    post = Post(key="angka-k1", text="Postingan yang angkanya dibaca.", title="Angka")
    client.prepare(post, journal)
    post_id = client.commit(post, journal).post_id
    assert post_id
    two_days_ago = utc_now() - timedelta(days=2)
    cycle_id = make_cycle(run_id="angka", title="Angka", status="selesai", completed_at=two_days_ago)
    with transaction() as session:
        row = publication_row(
            cycle_id, "x", post_id=post_id, permalink=client.permalink(post_id), published_at=two_days_ago
        )
        link = Link(
            cycle_id=cycle_id, kind="permalink", channel="x", address=row.permalink, made_at=two_days_ago
        )
        session.add_all([row, link])
        session.flush()
        number = row.id
    settings(stack, counts={"x": {"views": 77, "likes": 5}})
    yield number
    settings(stack, counts={}, meta_token_expires_at=0)


def letters(stack: Stack) -> list[dict[str, Any]]:
    """Those of this office about Facebook's token."""
    subject = "Token segera berakhir · Facebook · KPU Kota Cepat"
    return [one for one in inspect(stack, "mailbox") if subject in one["subject"]]


def test_numbers_are_read_once_and_a_token_that_ends_is_told_once(stack: Stack, observed: int) -> None:
    run_once(stack, "metrics")
    run_once(stack, "metrics")
    with transaction() as session:
        rows = session.scalars(select(Metric).where(Metric.publication_id == observed)).all()
    assert {row.name: row.value for row in rows if row.state == "given"} == {
        "views": 77, "likes": 5, "comments": 0, "shares": 0,
    }  # fmt: skip
    assert [row.name for row in rows if row.state == "not_offered"] == ["reach"]

    settings(stack, meta_token_expires_at=int((utc_now() + timedelta(days=5)).timestamp()))
    run_once(stack, "health")
    run_once(stack, "health")
    of_tokens = Finding.office == SLUG, Finding.kind.startswith("token")
    with transaction() as session:
        found = session.scalars(select(Finding).where(*of_tokens)).all()
        links = select(Link.id).where(Link.address.contains("/x.com/"), Link.made_at < utc_now() - DAY)
        checks = session.scalars(select(LinkCheck).where(LinkCheck.link_id.in_(links))).all()
    assert {(one.kind, one.subject) for one in found} == {
        ("token_ends", "facebook"), ("token_ends", "instagram"),
    }  # fmt: skip
    assert [check.alive for check in checks] == [True]

    run_once(stack, "watch")
    run_once(stack, "watch")
    assert sorted((letter["way"], letter["to"][0]) for letter in letters(stack)) == [
        ("mail", "admin@latihan.example"),
        ("message", "admin"),
    ]
