"""SOP step 1: the minutes of the meeting."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from airflow.sdk import Param

from medsos.errors import FormError
from medsos.operators.cycle import CycleRun
from medsos.operators.forms import Answer, Form, FormOperator, instant_field, parse_instant, text_field
from medsos.operators.people import team, title_of
from medsos.operators.plans import was_decided

if TYPE_CHECKING:
    from medsos.approval.officials import Holder
    from medsos.store.models import Minutes

OWN = "Simpan notula"
SHARED = "Pakai notula siklus lain"


class MinutesForm(FormOperator):
    """Asks the Tim Medsos for the minutes, or for the cycle in which this meeting was recorded already."""

    def people(self, run: CycleRun) -> list[Holder]:
        return team(run)

    def already(self, run: CycleRun) -> str | None:
        return "decided" if was_decided(run) else None

    def form(self, run: CycleRun) -> Form:
        target = run.sop.step("meeting").target_minutes
        return Form(
            subject=f"Langkah 1 · Notula rapat · {title_of(run)}",
            body=(
                f"Catat rapat yang menyepakati konten ini (target SOP: {target} menit). Satu rapat boleh "
                f"dipakai beberapa konten: isi nomor siklusnya, lalu tekan **{SHARED}**."
            ),
            fields={
                "mulai": instant_field("Rapat mulai"),
                "selesai": instant_field("Rapat selesai"),
                "peserta": text_field("Peserta", lines=4, description="Satu nama per baris."),
                "keputusan": text_field("Keputusan rapat", lines=4),
                "nomor_siklus": Param(
                    None,
                    type=["integer", "null"],
                    title="Nomor siklus lain",
                    description=f"Hanya bila menekan “{SHARED}”.",
                ),
            },
            options=(OWN, SHARED),
        )

    def accept(self, run: CycleRun, answer: Answer) -> None:
        if answer.option == SHARED:
            _point_to(run, answer)
        else:
            _store(run, answer)


def _store(run: CycleRun, answer: Answer) -> None:
    from sqlalchemy import select

    from medsos.store.audit import append_audit
    from medsos.store.models import Cycle, Minutes
    from medsos.store.session import transaction

    started = parse_instant(answer.values.get("mulai"), "Waktu mulai rapat")
    ended = parse_instant(answer.values.get("selesai"), "Waktu selesai rapat")
    if ended <= started:
        raise FormError("Rapat selesai sebelum mulai. Periksa kedua waktunya.")
    if ended > answer.at:
        raise FormError("Waktu selesai rapat belum lewat. Notula dicatat setelah rapat berakhir.")
    texts = {}
    for name, label in (("peserta", "Peserta"), ("keputusan", "Keputusan rapat")):
        texts[name] = str(answer.values.get(name) or "").strip()
        if not texts[name]:
            raise FormError(f"{label} belum diisi.")
    with transaction() as session:
        minutes = session.scalars(select(Minutes).where(Minutes.cycle_id == run.cycle_id)).first()
        before = _told(minutes) if minutes is not None else {}
        if minutes is None:
            minutes = Minutes(office=run.office_slug, cycle_id=run.cycle_id)
            session.add(minutes)
        minutes.started_at, minutes.ended_at = started, ended
        minutes.attendees, minutes.decision = texts["peserta"], texts["keputusan"]
        minutes.recorded_by, minutes.recorded_at = answer.by, answer.at
        session.flush()
        session.get_one(Cycle, run.cycle_id).minutes_id = minutes.id
        append_audit(
            session,
            at=answer.at,
            actor=answer.by,
            action="minutes.recorded",
            cycle_id=run.cycle_id,
            subject=f"notula {minutes.id}",
            before=before,
            after=_told(minutes),
        )


def _told(minutes: Minutes) -> dict[str, str]:
    """The minutes as the audit trail tells them."""
    return {
        "started_at": minutes.started_at.astimezone(UTC).isoformat(),
        "ended_at": minutes.ended_at.astimezone(UTC).isoformat(),
        "peserta": minutes.attendees,
        "keputusan": minutes.decision,
    }


def _point_to(run: CycleRun, answer: Answer) -> None:
    from medsos.store.audit import append_audit
    from medsos.store.models import Cycle
    from medsos.store.session import transaction

    number = answer.values.get("nomor_siklus")
    with transaction() as session:
        other = session.get(Cycle, int(number)) if number and 0 < int(number) < 2**31 else None
        if other is None or other.office != run.office_slug or other.minutes_id is None:
            raise FormError(
                f"Siklus nomor {number or '(kosong)'} tidak ditemukan atau belum memiliki notula. "
                "Periksa nomornya pada daftar siklus."
            )
        cycle = session.get_one(Cycle, run.cycle_id)
        before, cycle.minutes_id = cycle.minutes_id, other.minutes_id
        append_audit(
            session,
            at=answer.at,
            actor=answer.by,
            action="minutes.shared",
            cycle_id=run.cycle_id,
            subject=f"notula {other.minutes_id}",
            before={"minutes": before} if before else {},
            after={"cycle": other.id, "minutes": other.minutes_id},
        )
