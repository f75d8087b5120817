"""Both databases give the same event logs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from builders import NOW, make_cycle, publication_row
from medsos.evaluation.mining import files_of
from medsos.evaluation.period import Period
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.journal import record_event
from medsos.store.models import Cycle, Minutes
from medsos.store.session import reading, transaction


def test_times_numbers_and_json_come_out_alike(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDSOS_DATABASE_URL", database)
    cycle_id = make_cycle(
        completed_at=NOW + timedelta(hours=3), kahar=True, kahar_reason="Banjir", title="Pleno & 🗳️"
    )
    with transaction() as session:
        minutes = Minutes(
            office="kota-bengkulu",
            cycle_id=cycle_id,
            started_at=NOW,
            ended_at=NOW + timedelta(minutes=90),
            attendees="",
            decision="",
            recorded_by="admin",
            recorded_at=NOW,
        )
        session.add(minutes)
        session.flush()
        session.get_one(Cycle, cycle_id).minutes_id = minutes.id
        session.add(
            publication_row(cycle_id, "web", published_at=NOW + timedelta(hours=2), permalink="https://a")
        )
        for event, microseconds in (("started", 123_999), ("failed", 999_999)):
            record_event(
                session,
                cycle_id=cycle_id,
                task_id="upload.publish_web",
                event=event,  # type: ignore[arg-type]
                at=NOW + timedelta(microseconds=microseconds),
                channel="web",
                detail={"error": "Gagal"} if event == "failed" else {},
            )

    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    with reading() as session:
        files = files_of(session, offices=[office], period=Period.month(date(2026, 11, 1)))
        ocel, xes = (b"".join(file.pieces).decode() for file in files)

    for text in (
        "2026-11-23T03:00:00.123+00:00",
        "2026-11-23T03:00:00.999+00:00",
        "2026-11-23T04:30:00.000+00:00",
    ):
        assert text in ocel
        assert text in xes
    assert '{"name":"kahar","time":"1970-01-01T00:00:00.000+00:00","value":"true"}' in ocel
    assert '<boolean key="kahar" value="true"/><string key="kahar_reason" value="Banjir"/>' in xes
    assert '"type":"Konten Tayang","time":"2026-11-23T05:00:00.000+00:00"' in ocel
    assert '<string key="title" value="Pleno &amp; 🗳️"/>' in xes
    assert [line.count("Gagal") for line in (ocel, xes)] == [1, 1]
