"""The task of the watch: what waits is called to mind through the office's Connections, once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import requests
from airflow.sdk.exceptions import AirflowFailException
from PIL import Image
from sqlalchemy import select

from builders import make_cycle
from medsos.approval.officials import sync_officials
from medsos.clock import utc_now
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.offices.model import load_office
from medsos.operators.watch import RemindOperator, preview_of_cycle
from medsos.sandbox.testing import running_sandbox
from medsos.settings import load_settings
from medsos.store.journal import record_event
from medsos.store.models import Design, Notice
from medsos.store.session import transaction
from quick_office import SLUG, add_quick_office

FORM = "approval.round_1.await_decision"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    folder = tmp_path / "include"
    shutil.copytree(load_settings({}).sop_dir, folder / "sop")
    shutil.copytree(load_settings({}).offices_dir, folder / "offices")
    add_quick_office(folder)
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def mailbox(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        accounts = requests.get(f"{url}/_inspect/accounts", timeout=20).json()
        for connection_id, definition in connection_for_sandbox(accounts, url).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))
        yield url


@pytest.fixture
def waiting(data: Path) -> int:
    """An approval of the quick office that has waited for a minute: longer than all its thresholds."""
    cycle_id = make_cycle(office=SLUG, title="Rapat pleno terbuka")
    with transaction() as session:
        sync_officials(session, load_office(data / "offices", SLUG), now=utc_now())
        record_event(
            session, cycle_id=cycle_id, task_id=FORM, event="waiting", round_no=1,
            at=utc_now() - timedelta(seconds=60), detail={"for_people": ["kasubbag"]},
        )  # fmt: skip
    return cycle_id


def give_design(home: Path, cycle_id: int, content: bytes) -> None:
    path = home / "archive" / "desain" / "web.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with transaction() as session:
        session.add(
            Design(
                cycle_id=cycle_id, round=1, channel="web", position=0, kind="image", path="desain/web.png",
                sha256="a" * 64, media_type="image/png", size_bytes=len(content), width=1080, height=1080,
                caption="", alt_text="", notes=[],
            )
        )  # fmt: skip


def remind() -> None:
    RemindOperator(task_id="remind", office=SLUG).execute({})


def test_the_task_sends_what_is_due_and_nothing_when_it_runs_again(
    mailbox: str, waiting: int, home: Path
) -> None:
    target = BytesIO()
    Image.new("RGB", (1080, 1080), "#8f1d2c").save(target, "PNG")
    give_design(home, waiting, target.getvalue())
    remind()
    remind()
    letters = requests.get(f"{mailbox}/_inspect/mailbox", timeout=20).json()
    assert sorted(letter["to"][0] for letter in letters) == [
        "kasubbag",
        "kasubbag@latihan.example",
        "sekretaris",
        "sekretaris@latihan.example",
    ]
    for letter in letters:
        assert f"http://localhost:8080/medsos/persetujuan/{waiting}/1" in letter["plain"]
        assert len(letter["pictures"]) == 1


def test_without_connections_the_notice_says_so_and_the_task_succeeds(waiting: int) -> None:
    remind()
    with transaction() as session:
        notices = session.scalars(select(Notice).where(Notice.cycle_id == waiting)).all()
    assert [notice.state for notice in notices] == ["no_way", "no_way"]


def test_a_mistake_in_the_offices_files_is_what_the_task_says(data: Path, waiting: int) -> None:
    (data / "offices" / SLUG / "hours.yaml").write_text("weekly: { senin: [] }\n", encoding="utf-8")
    with pytest.raises(AirflowFailException, match=r"hours\.yaml baris 1"):
        remind()


def test_a_picture_that_is_missing_or_none_keeps_no_reminder_back(home: Path, waiting: int) -> None:
    assert preview_of_cycle(waiting) is None
    give_design(home, waiting, b"bukan gambar")
    assert preview_of_cycle(waiting) is None
    (home / "archive" / "desain" / "web.png").unlink()
    assert preview_of_cycle(waiting) is None
