"""What a post says while the website, whose address it carries, is up, down or not chosen."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from pathlib import Path

import pytest

from builders import NOW, design_row, make_cycle
from medsos.clock import utc_now
from medsos.errors import GivenUp, NotApproved, WebsiteAwaited
from medsos.evidence.archive import StoredFile
from medsos.operators import publishing
from medsos.operators.cycle import CycleRun
from medsos.operators.publishing import approved_post, ledger_of
from medsos.publishing.ledger import open_publication
from medsos.store.models import Approval, PlanRow, Publication
from medsos.store.session import transaction

SEAL = "a" * 64
CAPTION = "Rapat pleno.\n\nSelengkapnya: {tautan_web}\n\n#KPUMelayani"
WITHOUT_LINK = "Rapat pleno.\n\n#KPUMelayani"
WITH_LINK = "Rapat pleno.\n\nSelengkapnya: https://kota-bengkulu.kpu.go.id/rapat-k1/\n\n#KPUMelayani"


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(publishing, "WEBSITE_SECONDS", -1)
    monkeypatch.setattr(publishing, "WEBSITE_GLANCE_SECONDS", -1)


def approved_cycle(
    content_type: str = "sosialisasi_tahapan", channels: tuple[str, ...] = ("web", "facebook")
) -> int:
    request = {
        "title": "Rapat",
        "content_type": content_type,
        "body": "Isi.",
        "channels": list(channels),
    }
    cycle_id = make_cycle(content_type=content_type, request=request)
    poster = StoredFile(f"desain/{cycle_id}.jpg", hashlib.sha256(b"hello world").hexdigest(), 11)
    with transaction() as session:
        session.add(
            Approval(cycle_id=cycle_id, round=1, seal=SEAL, decision="setuju", decided_by="k", decided_at=NOW)
        )
        session.add(
            PlanRow(
                cycle_id=cycle_id,
                round=1,
                plan={"headline": "Judul yang disetujui"},
                author="admin",
                made_at=NOW,
            )
        )
        for channel in channels:
            session.add(design_row(cycle_id, channel, poster, caption=CAPTION, alt_text="Poster"))
    return cycle_id


def run_of(cycle_id: int, *, minutes: float = 0, channel: str = "facebook") -> CycleRun:
    run = CycleRun(
        cycle_id=cycle_id,
        office_slug="kota-bengkulu",
        task_id=f"upload.publish_{channel}",
        channel=channel,
        clock=lambda: NOW + timedelta(minutes=minutes),
    )
    run.archive.put(f"desain/{cycle_id}.jpg", b"hello world")
    return run


def row_of(run: CycleRun, channel: str, **values: object) -> Publication:
    with transaction() as session:
        row = open_publication(
            session, cycle_id=run.cycle_id, channel=channel, seal=SEAL, mode="api", now=run.clock()
        )
        for name, value in values.items():
            setattr(row, name, value)
    return row


def text_of(run: CycleRun) -> str:
    return approved_post(run, ledger_of(run, row_of(run, run.channel))).text


def up(run: CycleRun) -> None:
    row_of(run, "web", state="published", permalink="https://kota-bengkulu.kpu.go.id/rapat-k1/")


def test_with_the_website_up_the_post_carries_its_address() -> None:
    run = run_of(approved_cycle())
    up(run)
    assert text_of(run) == WITH_LINK


def test_a_website_on_its_way_is_waited_for_some_minutes_and_then_left_out() -> None:
    cycle_id = approved_cycle()
    for minutes in (0, 4, 9):
        run = run_of(cycle_id, minutes=minutes)
        with pytest.raises(WebsiteAwaited) as waiting:
            text_of(run)
        assert waiting.value.retry_at == run.clock() + timedelta(seconds=15)
    assert text_of(run_of(cycle_id, minutes=11)) == WITHOUT_LINK


def test_a_worker_is_held_for_the_website_only_while_another_one_publishes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "WEBSITE_SECONDS", 1.5)
    run = run_of(approved_cycle())
    began = time.monotonic()
    with pytest.raises(WebsiteAwaited):
        text_of(run)
    assert time.monotonic() - began < 1
    row_of(run, "web", lease_holder="w", lease_until=utc_now() + timedelta(minutes=1))
    began = time.monotonic()
    with pytest.raises(WebsiteAwaited):
        text_of(run)
    assert time.monotonic() - began > 1


def test_a_website_that_refused_is_not_waited_for() -> None:
    run = run_of(approved_cycle())
    row_of(run, "web", state="rejected")
    assert text_of(run) == WITHOUT_LINK


def test_without_the_website_among_the_channels_nothing_is_waited_for() -> None:
    assert text_of(run_of(approved_cycle(channels=("facebook",)))) == WITHOUT_LINK


def test_the_announcement_of_a_legal_product_waits_as_long_as_it_takes() -> None:
    cycle_id = approved_cycle("produk_hukum")
    with pytest.raises(WebsiteAwaited) as waiting:
        text_of(run_of(cycle_id, minutes=600))
    assert waiting.value.retry_at == NOW + timedelta(minutes=610)
    with pytest.raises(GivenUp):
        text_of(run_of(cycle_id, minutes=25 * 60))


def test_the_text_of_the_first_try_stays_whatever_becomes_of_the_website() -> None:
    run = run_of(approved_cycle(), minutes=11)
    assert text_of(run) == WITHOUT_LINK
    up(run)
    assert text_of(run) == WITHOUT_LINK


def test_the_title_is_the_approved_one() -> None:
    run = run_of(approved_cycle(channels=("web",)), channel="web")
    assert approved_post(run, ledger_of(run, row_of(run, "web"))).title == "Judul yang disetujui"


def test_a_damaged_local_copy_is_fetched_again_and_changed_archive_bytes_are_refused() -> None:
    run = run_of(approved_cycle(channels=("web",)), channel="web")
    ledger = ledger_of(run, row_of(run, "web"))
    (media,) = approved_post(run, ledger).media
    media.path.write_bytes(b"hello")
    assert approved_post(run, ledger).media[0].path.read_bytes() == b"hello world"
    media.path.unlink()
    archived = Path(run.archive.root) / f"desain/{run.cycle_id}.jpg"
    archived.write_bytes(b"something else")
    with pytest.raises(NotApproved):
        approved_post(run, ledger)
