"""What a notice says: one set of templates for subject, plain text and HTML, with a link to the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from medsos.indonesian import minutes_text, moment_text, number_text
from medsos.notices.due import WaitingForm
from medsos.notices.reviews import KIND, half_year_of
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.store.models import Finding, Notice

PICTURE_WIDTH = 480
"""Pixels; small enough for a phone's mail on a slow line (about 30 kB)."""

_FORMS = (
    (re.compile(r"meeting\.record_minutes"), "Notula rapat"),
    (re.compile(r"design\.plan_content"), "Rencana materi"),
    (re.compile(r"approval\.round_(?P<round>\d+)\.await_decision"), "Persetujuan putaran {round}"),
    (re.compile(r"approval\.round_(?P<round>\d+)\.revise_content"), "Perbaikan materi putaran {round}"),
    (re.compile(r"upload\.publish_(?P<channel>\w+)"), "Unggahan di {channel}"),
    (re.compile(r"upload\.capture_(?P<channel>\w+)"), "Tangkapan layar di {channel}"),
)
_APPROVAL = re.compile(r"approval\.round_(\d+)\.await_decision")
_UPLOAD = re.compile(r"upload\.(?:publish|capture)_([a-z]+)")


@dataclass(frozen=True)
class Message:
    """A notice in words. `picture` is a small JPEG or None; `id` is the same at every try."""

    id: str
    subject: str
    plain: str
    html: str
    picture: bytes | None = None


def form_name(task_id: str) -> str:
    """What people call a form, for example “Persetujuan putaran 1”; the task's id where it has no name."""
    for pattern, name in _FORMS:
        if match := pattern.fullmatch(task_id):
            parts = match.groupdict()
            return name.format_map({key: CHANNEL_NAMES.get(part, part) for key, part in parts.items()})
    return task_id


def form_link(form: WaitingForm, public_url: str) -> str:
    """Address of the form itself; who is not logged in comes to it after logging in."""
    if approval := _APPROVAL.fullmatch(form.task_id):
        return f"{public_url}/medsos/persetujuan/{form.cycle_id}/{approval[1]}"
    if upload := _UPLOAD.fullmatch(form.task_id):
        return f"{public_url}/medsos/unggahan/{form.cycle_id}/{upload[1]}"
    query = urlencode({"dag_id": form.dag_id, "run_id": form.run_id, "task_id": form.task_id})
    return f"{public_url}/medsos/formulir?{query}"


def compose(
    notice: Notice,
    form: WaitingForm,
    office: Office,
    *,
    waited: float,
    waits_for: list[str],
    public_url: str,
    picture: bytes | None,
    training: bool,
) -> Message:
    """The message of a notice.

    :param waited: minutes that the form has waited, as its thresholds count them.
    :param waits_for: names of those who may fill the form.
    :param picture: the preview, see `preview`.
    """
    values = {
        "notice": notice,
        "form": form,
        "office": office,
        "what": form_name(form.task_id),
        "title": " ".join(form.title.split()),
        "since": moment_text(form.since, office.zone),
        "waited": minutes_text(waited),
        "target": minutes_text(form.target_minutes),
        "percent": number_text(float(notice.threshold)),
        "over": waited >= form.target_minutes,
        "waits_for": waits_for,
        "link": form_link(form, public_url),
        "has_picture": picture is not None,
        "training": training,
    }
    return Message(
        id=f"<pemberitahuan-{notice.id}.{notice.cycle_id}@{urlsplit(public_url).hostname or 'medsos'}>",
        subject=" ".join(_templates().get_template("subject.txt.j2").render(values).split()),
        plain=_templates().get_template("notice.txt.j2").render(values).strip() + "\n",
        html=_templates().get_template("notice.html.j2").render(values),
        picture=picture,
    )


_FINDINGS = {
    "link_dead": "Tautan tidak menjawab",
    "token_ends": "Token segera berakhir",
    "token_refused": "Token ditolak",
    "review_waits": "Tinjauan SOP menunggu keputusan",
}


def finding_name(kind: str) -> str:
    """What people call such a finding; the kind itself where it has no name."""
    return _FINDINGS.get(kind, kind)


def compose_finding(
    notice: Notice, finding: Finding, office: Office, *, others: int, public_url: str, training: bool
) -> Message:
    """The message of a finding.

    :param others: how many more of its kind, on the same channel, this message tells of.
    """
    about = _about_review(finding, office) if finding.kind == KIND else _about_channel(finding)
    values = {
        "notice": notice,
        "finding": finding,
        "office": office,
        "what": finding_name(finding.kind),
        "since": moment_text(finding.since, office.zone),
        "others": others,
        "page": about.page,
        "link": f"{public_url}/medsos/{about.path}" if about.path else "",
        "again": about.again,
        "training": training,
    }
    mark = "[LATIHAN] " if training else ""
    return Message(
        id=f"<temuan-{finding.id}.{notice.id}@{urlsplit(public_url).hostname or 'medsos'}>",
        subject=f"{mark}{values['what']} · {about.where} · {office.short_name}",
        plain=_templates().get_template("finding.txt.j2").render(values).strip() + "\n",
        html=_templates().get_template("finding.html.j2").render(values),
    )


@dataclass(frozen=True)
class _About:
    """What the message of a finding says around it. `page` names what is at `path`, which may be empty."""

    where: str
    page: str
    path: str
    again: str


def _about_channel(finding: Finding) -> _About:
    channel = finding.subject.partition(":")[0]
    return _About(
        where=f"Siklus {finding.cycle_id}" if finding.cycle_id else CHANNEL_NAMES.get(channel, channel),
        page="halaman siklus",
        path=f"siklus/{finding.cycle_id}" if finding.cycle_id else "",
        again="Pemberitahuan ini dikirim satu kali; keadaannya tetap diperiksa setiap malam.",
    )


def _about_review(finding: Finding, office: Office) -> _About:
    half_year = half_year_of(finding)
    return _About(
        where=half_year.name,
        page="formulir tinjauan",
        path=f"tinjauan-sop/{office.slug}/{half_year.key}",
        again="Selama belum diputuskan, Anda diingatkan lagi setiap pekan kerja.",
    )


def preview(data: bytes) -> bytes | None:
    """A design as a small JPEG; None when the bytes are no picture."""
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data)) as opened:
            opened.draft("RGB", (PICTURE_WIDTH, PICTURE_WIDTH * 3))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except OSError:
        return None
    picture.thumbnail((PICTURE_WIDTH, PICTURE_WIDTH * 2))
    target = BytesIO()
    picture.save(target, "JPEG", quality=78, optimize=True)
    return target.getvalue()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("medsos.notices"),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
