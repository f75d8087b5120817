"""Fills the evaluation tables with a half-year of finished cycles, for tests of recap and review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from builders import make_cycle
from medsos.evidence.archive import Archive
from medsos.evidence.manifest import write_manifest
from medsos.sop.model import Sop
from medsos.store.models import ChannelResult, CycleScorecard, StepDuration
from medsos.store.session import transaction

NEEDED = {"meeting": 100.0, "design": 170.0, "approval": 230.0, "upload": 9.0, "link": 8.0, "evaluation": 3.0}
"""Working minutes of each step; the approval needs longer than its target."""


def finished_cycles(
    archive: Archive,
    sop: Sop,
    ends: list[datetime],
    *,
    needed: Mapping[str, float] = NEEDED,
    office: str = "kota-bengkulu",
) -> list[int]:
    """One cycle per end, with rows and manifest as step 6 would have left them; returns their numbers."""
    return [_finished(archive, sop, end, needed, office) for end in ends]


def _finished(archive: Archive, sop: Sop, end: datetime, needed: Mapping[str, float], office: str) -> int:
    cycle_id = make_cycle(
        office=office,
        dag_id=f"content_cycle__{office.replace('-', '_')}",
        status="selesai",
        requested_at=end - timedelta(days=2),
        completed_at=end,
        title=f"Kegiatan {end:%d-%m-%Y}",
        archive_folder=f"{office}/{end:%Y/%m}/{end:%d%H%M}-kegiatan",
    )
    with transaction() as session:
        for step in sop.steps:
            session.add(_step(cycle_id, sop, step.key, end, needed[step.key], office))
        session.add(
            CycleScorecard(
                cycle_id=cycle_id,
                office=office,
                title=f"Kegiatan {end:%d-%m-%Y}",
                content_type="foto_kegiatan",
                status="selesai",
                requested_at=end - timedelta(days=2),
                completed_at=end,
                rounds=1,
                approved_by="kasubbag",
                working_minutes=sum(needed.values()),
                target_minutes=float(sop.total_minutes),
                steps_on_time=sum(needed[step.key] <= step.target_minutes for step in sop.steps),
                steps_total=6,
                channels_published=1,
                channels_total=1,
                evidence_complete=True,
                kahar=False,
            )
        )
        session.add(
            ChannelResult(
                cycle_id=cycle_id,
                channel="web",
                mode="api",
                state="published",
                published_at=end,
                permalink=f"https://kota.example/kegiatan-{cycle_id}",
                attempts=1,
                evidence_kind="screenshot",
                evidence_sha256=f"{cycle_id:064x}",
                upload_seconds=20.0,
            )
        )
        session.flush()
        write_manifest(session, archive, cycle_id, now=end)
    return cycle_id


def _step(cycle_id: int, sop: Sop, key: str, end: datetime, minutes: float, office: str) -> StepDuration:
    step = sop.step(key)
    return StepDuration(
        cycle_id=cycle_id,
        office=office,
        content_type="foto_kegiatan",
        sop_version=sop.version,
        step_no=step.number,
        step_key=key,
        started_at=end - timedelta(minutes=minutes),
        finished_at=end,
        target_minutes=float(step.target_minutes),
        elapsed_minutes=minutes,
        working_minutes=minutes,
        waiting_minutes=0.0,
        rework_minutes=0.0,
        rounds=1,
        on_time=minutes <= step.target_minutes,
        deviation_minutes=minutes - step.target_minutes,
        kahar=False,
    )
