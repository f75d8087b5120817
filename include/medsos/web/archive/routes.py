"""The page *Arsip*: looks for cycles by what they say, and hands out their packages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.evaluation.period import Period
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.store.models import Cycle, Design, Publication
from medsos.store.pictures import first_pictures
from medsos.store.session import reading
from medsos.web.cycles.routes import LAST_PAGE, PAGE_SIZE, readable_dags
from medsos.web.office_view import all_offices
from medsos.web.page import page
from medsos.web.periods import month_of, months_with
from medsos.web.visitors import Visitor, VisitorDep

router = APIRouter()

LONGEST_QUERY = 200
_AROUND = 90
"""Characters shown on each side of what was found."""


@dataclass(frozen=True)
class Hit:
    """A cycle that was found; `excerpt` is where one of the words stands, in three parts."""

    cycle: Cycle
    office: Office
    picture: str | None
    channels: tuple[str, ...]
    excerpt: tuple[str, str, str] | None


@dataclass(frozen=True)
class Hits:
    """One page of what was found, newest first, and what may be filtered by."""

    lines: tuple[Hit, ...]
    total: int
    months: tuple[Period, ...]


@router.get("/arsip-siklus")
async def search_archive(
    request: Request,
    visitor: VisitorDep,
    cari: str = "",
    bulan: str = "",
    jenis: str = "",
    kanal: str = "",
    halaman: int = 1,
) -> Response:
    """Cycles whose title, description or captions hold all words of `cari`."""
    offices = all_offices()
    chosen: dict[str, Any] = {
        "cari": " ".join(cari.replace("\0", " ").split())[:LONGEST_QUERY],
        "bulan": month_of(bulan),
        "jenis": jenis if jenis in CONTENT_TYPE_NAMES else "",
        "kanal": kanal if kanal in CHANNEL_NAMES else "",
    }
    number = max(1, min(halaman, LAST_PAGE))

    def read() -> Hits:
        with reading() as session:
            return _search(session, visitor, offices, chosen, number)

    found = await run_in_threadpool(read)
    return page(
        request,
        "arsip",
        username=visitor.username,
        offices=offices,
        found=found,
        chosen=chosen,
        number=number,
        pages=max(1, -(-found.total // PAGE_SIZE)),
    )


def _search(
    session: Session, visitor: Visitor, offices: list[Office], chosen: dict[str, Any], number: int
) -> Hits:
    by_slug = {office.slug: office for office in offices}
    zone = offices[0].zone if offices else None
    readable = and_(Cycle.dag_id.in_(readable_dags(session, visitor)), Cycle.office.in_(by_slug))
    words = chosen["cari"].split()
    query = select(Cycle).where(readable, *(_holds(word) for word in words))
    if chosen["jenis"]:
        query = query.where(Cycle.content_type == chosen["jenis"])
    if chosen["kanal"]:
        query = query.where(
            exists().where(Publication.cycle_id == Cycle.id, Publication.channel == chosen["kanal"])
        )
    if chosen["bulan"] and zone:
        begin, end = chosen["bulan"].bounds(zone)
        query = query.where(Cycle.requested_at >= begin, Cycle.requested_at < end)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    cycles = session.scalars(
        query.order_by(Cycle.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    pictures = first_pictures(session, [cycle.id for cycle in cycles])
    instants = session.scalars(select(Cycle.requested_at).where(readable))
    return Hits(
        lines=tuple(
            Hit(
                cycle,
                by_slug[cycle.office],
                pictures.get(cycle.id),
                _channels_up(session, cycle.id),
                _excerpt(session, cycle, words),
            )
            for cycle in cycles
        ),
        total=total,
        months=tuple(months_with(instants, zone)) if zone else (),
    )


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a cycle has this word, in whatever case, in its title, description or a caption."""
    caption = exists().where(Design.cycle_id == Cycle.id, Design.caption.icontains(word, autoescape=True))
    described = Cycle.request["body"].as_string().icontains(word, autoescape=True)
    return or_(Cycle.title.icontains(word, autoescape=True), described, caption)


def _channels_up(session: Session, cycle_id: int) -> tuple[str, ...]:
    """Channels on which the cycle is public."""
    up = session.scalars(
        select(Publication.channel).where(Publication.cycle_id == cycle_id, Publication.state == "published")
    ).all()
    return tuple(channel for channel in CHANNEL_NAMES if channel in up)


def _excerpt(session: Session, cycle: Cycle, words: list[str]) -> tuple[str, str, str] | None:
    """The surroundings of the first word that stands in the description or a caption."""
    if not words:
        return None
    captions = session.scalars(
        select(Design.caption).where(Design.cycle_id == cycle.id).order_by(Design.round.desc(), Design.id)
    )
    for text in (str(cycle.request.get("body") or ""), *captions):
        for word in words:
            at = text.lower().find(word.lower())
            if at >= 0:
                end = at + len(word)
                return _end_of(text[:at]), text[at:end], _beginning_of(text[end:])
    return None


def _end_of(text: str) -> str:
    """The last words of a text, not cut within one."""
    return text if len(text) <= _AROUND else "… " + text[-_AROUND:].partition(" ")[2]


def _beginning_of(text: str) -> str:
    return text if len(text) <= _AROUND else text[:_AROUND].rpartition(" ")[0] + " …"
