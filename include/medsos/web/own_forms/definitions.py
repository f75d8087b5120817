"""The forms of steps 1 and 2 as pages of ours: which task each belongs to, its fields, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from medsos.channels.limits import LIMITS, UNIT_NAMES, channel_text_length
from medsos.content.captions import longest_link, with_longest_link
from medsos.content.plan import WEB_LINK, ContentPlan
from medsos.errors import FormError
from medsos.offices.model import CHANNEL_NAMES
from medsos.operators.design import SAVE_PLAN, SEND_REVISION, plan_of_answer
from medsos.operators.meeting import OWN, SHARED, cycle_with_minutes, minutes_problems
from medsos.operators.plans import plan_problems

Name = Literal["notula", "rencana", "revisi"]


@dataclass(frozen=True)
class OwnForm:
    """One of the forms. `round_no` is 0 where rounds make no sense."""

    name: Name
    round_no: int = 0

    @property
    def task_id(self) -> str:
        return {
            "notula": "meeting.record_minutes",
            "rencana": "design.plan_content",
            "revisi": f"approval.round_{self.round_no}.revise_content",
        }[self.name]

    @property
    def step(self) -> str:
        """Key of the SOP step that the work belongs to."""
        return "meeting" if self.name == "notula" else "design"

    @property
    def options(self) -> tuple[str, ...]:
        """The words on the buttons, as the task knows them."""
        plan = SEND_REVISION if self.name == "revisi" else SAVE_PLAN
        return (OWN, SHARED) if self.name == "notula" else (plan,)


_REVISION = re.compile(r"approval\.round_(\d+)\.revise_content")


def own_form_of(task_id: str) -> OwnForm | None:
    """The form whose task this is, if it is one of steps 1 and 2."""
    if revision := _REVISION.fullmatch(task_id):
        return OwnForm("revisi", int(revision[1]))
    plain: tuple[OwnForm, ...] = (OwnForm("notula"), OwnForm("rencana"))
    return next((form for form in plain if form.task_id == task_id), None)


@dataclass(frozen=True)
class Count:
    """How long a text is against its channel's limit, as the platform counts. `link` stands for the mark."""

    unit: str
    unit_name: str
    length: int
    limit: int | None
    link: str = ""

    @property
    def too_long(self) -> bool:
        return self.limit is not None and self.length > self.limit


@dataclass(frozen=True)
class Field:
    """One field with what stands in it. `lines` is 1 for a line; `problem` says why it is not accepted."""

    name: str
    label: str
    value: str
    kind: Literal["text", "instant"] = "text"
    help: str = ""
    lines: int = 1
    problem: str = ""
    count: Count | None = None


@dataclass(frozen=True)
class Section:
    """Fields that belong together, for example those of one channel."""

    heading: str
    fields: tuple[Field, ...]


def minutes_sections(typed: Mapping[str, str], problems: Mapping[str, str]) -> tuple[Section, ...]:
    """The fields of the minutes."""

    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, typed.get(name, ""), problem=problems.get(name, ""), **more)

    when = (field("mulai", "Rapat mulai", kind="instant"), field("selesai", "Rapat selesai", kind="instant"))
    what = (
        field("peserta", "Peserta", lines=4, help="Satu nama per baris."),
        field("keputusan", "Keputusan rapat", lines=4),
    )
    return (Section("Notula rapat", (*when, *what)),)


def plan_sections(
    plan: ContentPlan, typed: Mapping[str, str], problems: Mapping[str, str]
) -> tuple[Section, ...]:
    """The fields of a plan: the words on the design, then caption and alt text of each channel."""

    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, typed.get(name, ""), problem=problems.get(name, ""), **more)

    design = (
        field("judul_desain", "Judul pada desain dan website", lines=2),
        field("ringkasan", "Ringkasan pada desain", lines=4),
    )
    sections = [Section("Kata-kata pada desain", design)]
    for channel in plan.texts:
        caption, alt = f"teks_{channel}", f"alt_{channel}"
        fields = (
            field(
                caption,
                "Artikel" if channel == "web" else "Keterangan",
                lines=8,
                count=_caption_count(channel, typed.get(caption, "")),
                help=_about_the_mark(channel, typed.get(caption, "")),
            ),
            field(
                alt,
                "Teks alternatif",
                lines=3,
                count=_alt_count(channel, typed.get(alt, "")),
                help="Menggambarkan desain bagi yang tidak dapat melihatnya.",
            ),
        )
        sections.append(Section(CHANNEL_NAMES[channel], fields))
    return tuple(sections)


def _about_the_mark(channel: str, text: str) -> str:
    if channel == "web" or WEB_LINK not in text:
        return ""
    return f"Tanda {WEB_LINK} diganti alamat postingan di website."


def _caption_count(channel: str, text: str) -> Count:
    limits = LIMITS[channel]
    length = channel_text_length(channel, with_longest_link(text.replace("\r\n", "\n").strip()))
    unit_name = UNIT_NAMES[limits.text_unit]
    return Count(limits.text_unit, unit_name, length, limits.text_length, longest_link())


def _alt_count(channel: str, text: str) -> Count:
    length = len(text.replace("\r\n", "\n").strip())
    return Count("characters", "karakter", length, LIMITS[channel].alt_text_length)


def typed_of_answer(values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """The fields as a browser shows them; times as `2026-11-23T09:30` of the office."""
    typed = {name: "" if value is None else str(value) for name, value in values.items()}
    for name in ("mulai", "selesai"):
        try:
            at = datetime.fromisoformat(typed.get(name, ""))
        except ValueError:
            continue
        typed[name] = f"{at.astimezone(zone) if at.tzinfo else at:%Y-%m-%dT%H:%M}"
    return typed


def answer_of_typed(form: OwnForm, typed: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The fields as the task expects them: times with their zone, numbers as numbers."""
    values: dict[str, Any] = {name: text.replace("\r\n", "\n") for name, text in typed.items()}
    if form.name != "notula":
        return values
    for name in ("mulai", "selesai"):
        try:
            at = datetime.fromisoformat(values.get(name, ""))
        except ValueError:
            values[name] = values.get(name) or None
        else:
            values[name] = (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()
    number = values.get("nomor_siklus", "").strip()
    values["nomor_siklus"] = int(number) if number.isdecimal() and len(number) < 10 else None
    return values


def problems_of_answer(
    session: Session,
    form: OwnForm,
    option: str,
    values: Mapping[str, Any],
    *,
    office: str,
    plan: ContentPlan | None,
    now: datetime,
) -> dict[str, str]:
    """What the task would refuse, by field; the same checks that it makes.

    :param plan: what was asked about; None for the minutes.
    """
    if plan is not None:
        return plan_problems(plan_of_answer(values, based_on=plan))
    if option != SHARED:
        return minutes_problems(values, now=now)
    try:
        cycle_with_minutes(session, office, values.get("nomor_siklus"))
    except FormError as error:
        return {"nomor_siklus": str(error)}
    return {}
