"""A cycle as it stands in the record and the archive, for the pages to show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from builders import NOW, design_row, evidence_row, make_cycle, picture, publication_row
from medsos.approval.officials import sync_officials
from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_cycle
from medsos.evidence.archive import Archive
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.journal import record_event
from medsos.store.models import Approval, Cycle, FormAnswer, Link, Minutes, PlanRow, Publication
from medsos.store.session import transaction

CHANNELS = ("web", "facebook", "instagram", "x", "tiktok")
SIZES = {
    "web": (1200, 675),
    "facebook": (1080, 1350),
    "instagram": (1080, 1350),
    "x": (1600, 900),
    "tiktok": (1080, 1920),
}
DAG = "content_cycle__kota_bengkulu"
BODY = (
    "KPU Kota Bengkulu mengadakan simulasi pemungutan dan penghitungan suara di TPS 04 Kelurahan Bentiring."
    "\n\nSimulasi diikuti petugas KPPS, saksi, dan pengawas. Warga dapat melihat tata cara memilih dari awal "
    "sampai akhir."
)
CAPTIONS = {
    "web": BODY,
    "facebook": BODY + "\n\nSelengkapnya: {tautan_web}\n\n#KPUMelayani #KPUKotaBengkulu",
    "instagram": BODY + "\n\n#KPUMelayani #KPUKotaBengkulu",
    "x": "Simulasi pemungutan suara di TPS 04 Kelurahan Bentiring, Kota Bengkulu. #KPUMelayani",
    "tiktok": "Begini tata cara memilih, dari awal sampai akhir. #KPUMelayani #KPUKotaBengkulu",
}


def office_with_people() -> None:
    """Enter the officials of the shipped office."""
    with transaction() as session:
        sync_officials(session, load_office(load_settings().offices_dir, "kota-bengkulu"), now=NOW)


def new_cycle(title: str = "Simulasi Pemungutan Suara di TPS 04", **values: Any) -> int:
    """A running cycle with minutes, whose designs are not drawn yet."""
    request = {
        "title": title,
        "content_type": "foto_kegiatan",
        "body": BODY,
        "activity_date": "2026-11-21",
        "place": "TPS 04 Kelurahan Bentiring",
        "channels": list(CHANNELS),
        **values.pop("request", {}),
    }
    with transaction() as session:
        number = session.query(Cycle).count() + 1
    folder = f"kota-bengkulu/2026/11/{number:06d}-contoh"
    cycle_id = make_cycle(title=title, request=request, archive_folder=folder, **values)
    with transaction() as session:
        minutes = Minutes(
            office="kota-bengkulu",
            cycle_id=cycle_id,
            started_at=NOW - timedelta(hours=2),
            ended_at=NOW - timedelta(hours=1),
            attendees="Ketua Tim Pembina\nTim Teknis",
            decision="Foto simulasi diunggah hari ini di semua kanal.",
            recorded_by="admin",
            recorded_at=NOW,
        )
        session.add(minutes)
        session.flush()
        session.get_one(Cycle, cycle_id).minutes_id = minutes.id
    tell(cycle_id, "meeting.record_minutes", "started waiting resumed finished", minutes=-60)
    return cycle_id


def design_round(
    archive: Archive,
    cycle_id: int,
    round_no: int = 1,
    *,
    captions: Mapping[str, str] = CAPTIONS,
    headline: str = "Simulasi Pemungutan Suara",
    alt_text: str = "Petugas KPPS menyusun bilik suara di ruang simulasi",
    pictures: Mapping[str, bytes] | None = None,
    notes: tuple[str, ...] = (),
) -> None:
    """The plan of a round and a picture per channel."""
    with transaction() as session:
        folder = session.get_one(Cycle, cycle_id).archive_folder
        plan = {"headline": headline, "summary": "Tata cara memilih dari awal sampai akhir."}
        session.add(
            PlanRow(
                cycle_id=cycle_id, round=round_no, plan={**plan, "texts": {}}, author="admin", made_at=NOW
            )
        )
        for channel, caption in captions.items():
            size = SIZES[channel]
            data = (pictures or {}).get(channel) or picture(size, f"{channel} r{round_no}")
            stored = archive.put(f"{folder}/desain/putaran-{round_no}/{channel}.jpg", data)
            session.add(
                design_row(
                    cycle_id,
                    channel,
                    stored,
                    round=round_no,
                    width=size[0],
                    height=size[1],
                    caption=caption,
                    alt_text=alt_text,
                    notes=list(notes),
                )
            )
    if round_no == 1:
        tell(cycle_id, "design.plan_content", "started waiting resumed finished", minutes=-20)
        tell(cycle_id, "design.render_designs", "started finished", minutes=-5)
    tell(cycle_id, f"approval.round_{round_no}.await_decision", "started waiting", minutes=round_no)


def decide(cycle_id: int, round_no: int, decision: str, note: str = "") -> None:
    """The decision of the Kasubbag, as the sensor records it."""
    with transaction() as session:
        session.add(
            Approval(
                cycle_id=cycle_id,
                round=round_no,
                seal=compute_seal(
                    designs_of_round(session, cycle_id, round_no),
                    cycle_id=cycle_id,
                    title=title_of_round(session, cycle_id, round_no),
                ),
                decision=decision,
                decided_by="kasubbag",
                decided_at=NOW + timedelta(minutes=12 * round_no),
                note=note,
            )
        )
    tell(cycle_id, f"approval.round_{round_no}.await_decision", "resumed finished", minutes=12 * round_no)


def upload_under_way(
    archive: Archive, *, channel: str = "facebook", state: str = "new", mode: str = "manual", **values: Any
) -> int:
    """An approved cycle whose upload to one channel stands in `state`; returns its number."""
    office_with_people()
    cycle_id = new_cycle()
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "setuju")
    with transaction() as session:
        session.add(
            publication_row(
                cycle_id,
                channel,
                seal=session.query(Approval).filter_by(cycle_id=cycle_id).one().seal,
                mode=mode,
                state=state,
                created_at=NOW + timedelta(minutes=20),
                **values,
            )
        )
    return cycle_id


def publish_all(archive: Archive, cycle_id: int, *, pictures: Mapping[str, bytes] | None = None) -> None:
    """Every channel up, with its screenshot, the link page and the evaluation."""
    with transaction() as session:
        cycle = session.get_one(Cycle, cycle_id)
        for number, channel in enumerate(CHANNELS):
            session.add(
                publication_row(
                    cycle_id,
                    channel,
                    published_at=NOW + timedelta(minutes=30 + number),
                    permalink=f"https://{channel}.example/kpukotabengkulu/{cycle_id}",
                )
            )
        page = archive.put(f"{cycle.archive_folder}/tautan/tautan.html", b"<!doctype html><h1>Tautan</h1>")
        archive.put(f"{cycle.archive_folder}/laporan/laporan.html", b"<!doctype html><h1>Laporan</h1>")
        session.add(Link(cycle_id=cycle_id, kind="page", address=page.path, made_at=NOW))
    for number, channel in enumerate(CHANNELS):
        data = (pictures or {}).get(channel) or picture((1280, 4000), f"{channel} tayang", "#37474f")
        prove(archive, cycle_id, f"{channel}.png", data, captured_at=NOW + timedelta(minutes=31 + number))
        tell(cycle_id, f"upload.publish_{channel}", "started finished", minutes=29 + number)
        tell(cycle_id, f"upload.capture_{channel}", "started finished", minutes=30 + number)
    tell(cycle_id, "link.build_links", "started finished", minutes=40)
    tell(cycle_id, "evaluation.evaluate_cycle", "started finished", minutes=41)
    with transaction() as session:
        evaluate_cycle(session, cycle_id, rules=Rules(), now=NOW + timedelta(minutes=42))


def prove(
    archive: Archive,
    cycle_id: int,
    name: str,
    data: bytes,
    *,
    kind: str = "screenshot",
    captured_at: datetime = NOW,
) -> None:
    """A proof that the cycle is up.

    :param name: of the file: the channel, and what kind of file.
    """
    with transaction() as session:
        channel = name.partition(".")[0]
        row = session.query(Publication).filter_by(cycle_id=cycle_id, channel=channel).one()
        folder = session.get_one(Cycle, cycle_id).archive_folder
        stored = archive.put(f"{folder}/bukti/{name}", data)
        session.add(evidence_row(row, kind, stored, captured_at))


def answered(cycle_id: int, task_id: str, option: str, answers: dict[str, Any], **values: Any) -> None:
    """A form was sent; accepted unless `values` name the problem."""
    defaults = {"round": 0, "answered_by": "admin", "answered_at": NOW, "problem": ""}
    given = {**defaults, **values}
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=cycle_id,
                task_id=task_id,
                option=option,
                answers=answers,
                accepted=not given["problem"],
                **given,
            )
        )


def tell(cycle_id: int, task_id: str, events: str, *, minutes: float) -> None:
    """Write step events, some seconds apart, beginning that many minutes after `NOW`."""
    with transaction() as session:
        for number, event in enumerate(events.split()):
            record_event(
                session,
                cycle_id=cycle_id,
                task_id=task_id,
                event=event,  # type: ignore[arg-type]
                at=NOW + timedelta(minutes=minutes, seconds=20 * number),
            )


def asked(
    cycle_id: int,
    task_id: str = "approval.round_1.await_decision",
    *,
    subject: str = "Langkah 3 · Persetujuan putaran 1 · Siklus 1: Simulasi",
    people: tuple[str, ...] = ("kasubbag",),
    state: str = "awaiting_input",
    asked_at: datetime | None = None,
    options: tuple[str, ...] = ("Setuju", "Revisi", "Tolak"),
) -> dict[str, Any]:
    """A form as Airflow's REST API tells it."""
    with transaction() as session:
        cycle = session.get_one(Cycle, cycle_id)
    return {
        "options": list(options),
        "subject": subject,
        "assigned_users": [{"id": name, "name": name} for name in people],
        "created_at": (asked_at or datetime.now(UTC) - timedelta(minutes=25)).isoformat(),
        "response_received": state != "awaiting_input",
        "task_instance": {
            "dag_id": cycle.dag_id,
            "dag_run_id": cycle.run_id,
            "task_id": task_id,
            "state": state,
        },
    }
