"""Fixtures that make cycles out of hand-written histories."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cycle_story import CHANNELS, UPLOADED, Story, at

from medsos.evidence.archive import Archive
from medsos.offices.model import Brand, Office, load_brand, load_office
from medsos.settings import load_settings
from medsos.sop.model import Sop, load_sop
from medsos.store.models import Cycle
from medsos.store.session import transaction


@pytest.fixture
def office() -> Office:
    return load_office(load_settings().offices_dir, "kota-bengkulu")


@pytest.fixture
def sop() -> Sop:
    return load_sop(load_settings().sop_dir)


@pytest.fixture
def brand(office: Office) -> Brand:
    return load_brand(load_settings().offices_dir, office.slug)


@pytest.fixture
def archive(home: Path) -> Archive:
    return Archive(home / "archive")


@pytest.fixture
def new_story(office: Office, sop: Sop, brand: Brand, archive: Archive) -> Callable[..., Story]:
    """Makes cycles; each call one more."""

    def make(
        title: str = "Simulasi Pemungutan Suara", channels: list[str] | None = None, kahar_reason: str = ""
    ) -> Story:
        with transaction() as session:
            number = session.query(Cycle).count() + 1
            cycle = Cycle(
                office=office.slug,
                title=title,
                content_type="foto_kegiatan",
                requester="admin",
                requested_at=at("08:00"),
                sop_version=sop.version,
                kahar=bool(kahar_reason),
                kahar_reason=kahar_reason,
                dag_id="content_cycle__kota_bengkulu",
                run_id=f"manual__{number}",
                request={"channels": CHANNELS if channels is None else channels},
                archive_folder=f"kota-bengkulu/2026/11/{number:06d}-cerita",
            )
            session.add(cycle)
            session.flush()
            return Story(cycle.id, office, sop, brand, archive)

    return make


@pytest.fixture
def finished_story(new_story: Callable[..., Story]) -> Story:
    """A cycle in which all went well: approved at once, five channels, five screenshots."""
    story = new_story()
    story.met("08:10", "09:40")
    story.tell(UPLOADED)
    story.decided("setuju")
    story.designed(*CHANNELS)
    for number, channel in enumerate(CHANNELS):
        story.published(channel, f"13:0{number + 1}")
    return story
