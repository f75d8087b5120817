"""The nightly tasks: tokens that are refused or end soon, and links that died, become findings once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from builders import make_cycle
from medsos.clock import utc_now
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.operators.health import CheckLinksOperator, CheckTokensOperator
from medsos.sandbox.testing import running_sandbox
from medsos.store.models import AuditEntry, Finding, Link, LinkCheck
from medsos.store.session import transaction


@pytest.fixture
def sandbox(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr("medsos.hooks.tokens.VariableTokens.load", lambda self: None)
    monkeypatch.setattr("medsos.channels.http.ATTEMPTS", 1)
    with running_sandbox(tmp_path / "sandbox") as url:
        accounts = requests.get(f"{url}/_inspect/accounts", timeout=20).json()
        for connection_id, definition in connection_for_sandbox(accounts, url).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))
        yield url


def tell(url: str, what: str, body: dict[str, Any]) -> None:
    requests.post(f"{url}/_inspect/{what}", json=body, timeout=20).raise_for_status()


def check_tokens() -> None:
    CheckTokensOperator(task_id="check", office="kota-bengkulu").execute({})


def check_links() -> None:
    CheckLinksOperator(task_id="check", office="kota-bengkulu").execute({})


def findings(*, ended: bool = False) -> list[tuple[str, str]]:
    with transaction() as session:
        rows = session.scalars(select(Finding).order_by(Finding.id))
        return [(row.kind, row.subject) for row in rows if (row.ended_at is not None) is ended]


def problems() -> str:
    with transaction() as session:
        return " ".join(row.problem for row in session.scalars(select(Finding)))


def test_healthy_tokens_are_nothing_to_tell(sandbox: str) -> None:
    check_tokens()
    assert findings() == []


def test_a_token_that_ends_soon_is_found_once_and_ends_when_it_was_renewed(sandbox: str) -> None:
    soon = int((utc_now() + timedelta(days=13)).timestamp())
    tell(sandbox, "settings", {"meta_token_expires_at": soon})
    check_tokens()
    check_tokens()
    assert findings() == [("token_ends", "facebook"), ("token_ends", "instagram")]
    assert "Facebook: token berakhir" in problems()
    assert "Admin → Connections (medsos_facebook)" in problems()
    later = int((utc_now() + timedelta(days=60)).timestamp())
    tell(sandbox, "settings", {"meta_token_expires_at": later})
    check_tokens()
    assert findings() == []


def test_a_refused_token_is_found_without_telling_it(sandbox: str) -> None:
    tell(sandbox, "settings", {"web_password_revoked": True})
    check_tokens()
    check_tokens()
    assert findings() == [("token_refused", "web")]
    assert "Website: kredensial ditolak" in problems()
    accounts = requests.get(f"{sandbox}/_inspect/accounts", timeout=20).json()
    with transaction() as session:
        trail = str([entry.after for entry in session.scalars(select(AuditEntry))])
    assert accounts["web"]["application_password"] not in problems() + trail
    tell(sandbox, "settings", {"web_password_revoked": False})
    check_tokens()
    assert findings(ended=True) == [("token_refused", "web")]


def test_a_right_without_which_nothing_comes_out_counts_as_refused(sandbox: str) -> None:
    tell(sandbox, "settings", {"meta_missing_permissions": ["pages_manage_posts"]})
    check_tokens()
    assert ("token_refused", "facebook") in findings()
    assert "pages_manage_posts (menerbitkan)" in problems()


def test_a_platform_that_is_down_neither_opens_nor_ends_anything(sandbox: str) -> None:
    tell(sandbox, "settings", {"web_password_revoked": True})
    check_tokens()
    tell(sandbox, "settings", {"web_password_revoked": False})
    tell(sandbox, "faults", {"preset": "html_503", "path": "/web/", "times": -1})
    check_tokens()
    assert findings() == [("token_refused", "web")]


def test_links_to_the_training_platforms_are_looked_at_and_a_dead_one_found(sandbox: str) -> None:
    cycle_id = make_cycle()
    with transaction() as session:
        for channel, path in (("web", "/web/"), ("x", "/x.com/kpukotabengkulu/status/1")):
            session.add(
                Link(cycle_id=cycle_id, kind="permalink", channel=channel, address=f"{sandbox}{path}",
                     made_at=utc_now() - timedelta(days=3))
            )  # fmt: skip
    check_links()
    assert findings() == []
    with transaction() as session:
        alive = {row.link_id: row.alive for row in session.scalars(select(LinkCheck))}
        assert list(alive.values()) == [True, False]
        for check in session.scalars(select(LinkCheck)):
            check.checked_at -= timedelta(days=1)
    check_links()
    check_links()
    [(kind, subject)] = findings()
    assert (kind, subject.partition(":")[0]) == ("link_dead", "x")
    with transaction() as session:
        assert session.scalars(select(Finding)).one().cycle_id == cycle_id
        assert len(session.scalars(select(LinkCheck)).all()) == 3
