"""SOP step 1: the minutes of the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from medsos.errors import FormError
from medsos.operators.cycle import CycleRun
from medsos.operators.forms import Answer, FormOperator, instant_field, parse_instant
from medsos.operators.parked_form import Form, text_field
from medsos.operators.people import team, title_of
from medsos.operators.plans import was_decided

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from medsos.approval.officials import Holder
    from medsos.store.models import Cycle, Minutes

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
                f"[**Buka formulir**]({run.settings.public_url}/medsos/notula/{run.cycle_id}), juga dari "
                "ponsel, atau isi di sini.\n\n"
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


def minutes_problems(values: Mapping[str, Any], *, now: datetime) -> dict[str, str]:
    """What keeps the minutes from being stored: one sentence per field; empty when nothing does.

    :param values: the form's fields, times as aware ISO text. :param now: aware.
    """
    problems, times = {}, {}
    for name, label in (("mulai", "Waktu mulai rapat"), ("selesai", "Waktu selesai rapat")):
        try:
            times[name] = parse_instant(values.get(name), label)
        except FormError as error:
            problems[name] = str(error)
    if not problems and times["selesai"] <= times["mulai"]:
        problems["selesai"] = "Rapat selesai sebelum mulai. Periksa kedua waktunya."
    elif "selesai" in times and times["selesai"] > now:
        problems["selesai"] = "Waktu selesai rapat belum lewat. Notula dicatat setelah rapat berakhir."
    for name, label in (("peserta", "Peserta"), ("keputusan", "Keputusan rapat")):
        if not str(values.get(name) or "").strip():
            problems[name] = f"{label} belum diisi."
    return problems


def cycle_with_minutes(session: Session, office: str, number: Any) -> Cycle:
    """The cycle whose minutes are to be shared.

    :raises FormError: it is no cycle of this office, or has no minutes.
    """
    from medsos.store.models import Cycle

    known = str(number or "").isdigit() and 0 < int(number) < 2**31
    other = session.get(Cycle, int(number)) if known else None
    if other is None or other.office != office or other.minutes_id is None:
        raise FormError(
            f"Siklus nomor {number or '(kosong)'} tidak ditemukan atau belum memiliki notula. "
            "Periksa nomornya pada daftar siklus."
        )
    return other


def _store(run: CycleRun, answer: Answer) -> None:
    from sqlalchemy import select

    from medsos.store.audit import append_audit
    from medsos.store.models import Cycle, Minutes
    from medsos.store.session import transaction

    if problems := minutes_problems(answer.values, now=answer.at):
        raise FormError(" ".join(problems.values()))
    started = parse_instant(answer.values.get("mulai"), "Waktu mulai rapat")
    ended = parse_instant(answer.values.get("selesai"), "Waktu selesai rapat")
    texts = {name: str(answer.values[name]).strip() for name in ("peserta", "keputusan")}
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

    with transaction() as session:
        other = cycle_with_minutes(session, run.office_slug, answer.values.get("nomor_siklus"))
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
