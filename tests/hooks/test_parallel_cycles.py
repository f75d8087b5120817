"""Cycles that publish on one account at the same moment: each post comes out once, the limit is kept."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from sqlalchemy import select

from builders import make_cycle
from medsos.channels.base import Post
from medsos.channels.gate import ALLOWANCES, Allowance
from medsos.clock import utc_now
from medsos.errors import RateLimited
from medsos.hooks import client_for
from medsos.publishing.ledger import Ledger, open_publication
from medsos.publishing.protocol import publish
from medsos.publishing.states import State
from medsos.store.models import Publication, PublicationAttempt, RateLimit
from medsos.store.session import transaction

CYCLES = 4


def open_row(cycle_id: int) -> int:
    with transaction() as session:
        return open_publication(
            session, cycle_id=cycle_id, channel="x", seal="0" * 64, mode="api", now=utc_now()
        ).id


def publish_all(rows: list[int]) -> Counter[str]:
    """One try for each, all at once."""
    together, came_to = threading.Barrier(len(rows)), Counter[str]()

    def work(row: int) -> None:
        client = client_for("x", "medsos_x", web_connection_id="medsos_web")
        post = Post(key=f"kegiatan-{row}", text=f"Kegiatan {row}", title="Kegiatan")
        together.wait(30)
        try:
            publish(Ledger(row, holder=f"pekerja-{row}", clock=utc_now), client, post)
            came_to["tayang"] += 1
        except RateLimited:
            came_to["menunggu"] += 1

    threads = [threading.Thread(target=work, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return came_to


def forget_limits() -> None:
    """As when the window has passed."""
    with transaction() as session:
        for row in session.scalars(select(RateLimit)):
            session.delete(row)


def test_each_comes_out_once_and_the_platform_never_has_to_refuse(
    sandbox_url: str, connections: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, "x", (Allowance("create", 2, 900, r"^POST .*/2/tweets$"),))
    requests.post(
        f"{sandbox_url}/_inspect/settings", json={"rate_limits": {"x_create": 2}}, timeout=20
    ).raise_for_status()
    rows = [open_row(make_cycle()) for _ in range(CYCLES)]

    assert publish_all(rows) == {"tayang": 2, "menunggu": 2}
    with transaction() as session:
        states = Counter(row.state for row in session.scalars(select(Publication)))
        waiting = [row.id for row in session.scalars(select(Publication)) if row.state != State.PUBLISHED]
    assert states == {State.PUBLISHED: 2, State.PREPARED: 2}, "who waits is not in doubt"

    requests.post(
        f"{sandbox_url}/_inspect/clock", json={"advance_seconds": 901}, timeout=20
    ).raise_for_status()
    forget_limits()
    assert publish_all(waiting) == {"tayang": 2}

    seen = requests.get(f"{sandbox_url}/_inspect/posts?platform=x", timeout=20).json()
    assert sorted(post["text"] for post in seen) == sorted(f"Kegiatan {row}" for row in rows)
    answers = requests.get(f"{sandbox_url}/_inspect/requests", timeout=20).json()
    assert not [entry for entry in answers if entry["status"] == 429]
    with transaction() as session:
        attempts = session.scalars(select(PublicationAttempt)).all()
    assert Counter(attempt.error_class for attempt in attempts) == {None: 4, "RateLimited": 2}
    assert all(attempt.finished_at and attempt.finished_at <= datetime.now(UTC) for attempt in attempts)
