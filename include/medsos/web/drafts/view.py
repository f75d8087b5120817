"""Gathers what the pages of a request that is being written show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import HTTPException
from sqlalchemy.orm import Session

from medsos.content.materials import KINDS, MATERIALS, MaterialRule
from medsos.drafts.book import draft_of, drafts_of, file_counts, files_of, title_of
from medsos.drafts.uploads import offset_of
from medsos.errors import RequestError
from medsos.offices.model import Office
from medsos.store.models import Draft, DraftFile
from medsos.store.session import reading
from medsos.web.office_view import all_offices, office_of
from medsos.web.visitors import Visitor

HINTS = {
    "foto_kegiatan": "Kegiatan kantor, dengan 1 sampai 4 foto.",
    "video": "Satu video MP4 atau MOV; boleh ditambah foto.",
    "ucapan_hari_besar": "Ucapan kantor; foto boleh ada, boleh tidak.",
    "ucapan_duka": "Ucapan belasungkawa; foto boleh ada, boleh tidak.",
    "sosialisasi_tahapan": "Pengumuman dan ajakan; foto boleh ada, boleh tidak.",
    "produk_hukum": "Keputusan dan peraturan, satu PDF dengan nomor dan tanggalnya.",
}
"""What each content type is for, on the page where it is chosen."""


@dataclass(frozen=True)
class Faults:
    """What stands in the way, by field; under "" what is about no single field."""

    by_field: Mapping[str, Sequence[str]] = field(default_factory=dict)
    status: int = 422

    def __bool__(self) -> bool:
        return any(self.by_field.values())

    def at(self, name: str) -> Sequence[str]:
        return self.by_field.get(name, ())

    @property
    def general(self) -> Sequence[str]:
        return self.at("")


def faults_of(error: RequestError) -> Faults:
    found: dict[str, list[str]] = {}
    for name, sentence in zip(error.fields, error.problems, strict=True):
        found.setdefault(name, []).append(sentence)
    return Faults(found)


@dataclass(frozen=True)
class FileLine:
    """A file on the page. `offset`: bytes that are there already."""

    file: DraftFile
    offset: int

    @property
    def percent(self) -> int:
        return self.offset * 100 // self.file.size_bytes

    @property
    def kind_name(self) -> str:
        return KINDS[self.file.kind].name if self.file.kind in KINDS else ""


@dataclass(frozen=True)
class RequestView:
    """One draft with what belongs to it."""

    draft: Draft
    office: Office
    files: tuple[FileLine, ...]

    @property
    def dag_id(self) -> str:
        return dag_of(self.office)

    @property
    def content_type(self) -> str:
        return str(self.draft.typed["content_type"])

    @property
    def rule(self) -> MaterialRule:
        return MATERIALS[self.content_type]

    @property
    def whole_files(self) -> list[DraftFile]:
        return [line.file for line in self.files if line.file.whole]

    @property
    def title(self) -> str:
        return title_of(self.draft)


@dataclass(frozen=True)
class DraftLine:
    """One line of *Draf saya*."""

    draft: Draft
    office: Office
    title: str
    files: int


def dag_of(office: Office) -> str:
    return f"content_cycle__{office.dag_suffix}"


def offices_for(visitor: Visitor) -> list[Office]:
    """Offices for which the visitor may request content."""
    return [office for office in all_offices() if visitor.may_start(dag_of(office))]


def request_view(session: Session, draft_id: str, visitor: Visitor) -> RequestView:
    """:raises HTTPException: 404, there is no such draft of this visitor; 403, who may no longer request."""
    draft = draft_of(session, draft_id, visitor.username)
    if draft is None:
        raise HTTPException(404, "Draf ini tidak ada, atau bukan milik Anda.")
    office = office_of(draft.office)
    if not visitor.may_start(dag_of(office)):
        raise HTTPException(403, "Peran Anda di Airflow tidak boleh mengajukan konten untuk kantor ini.")
    return RequestView(
        draft, office, tuple(FileLine(file, offset_of(file)) for file in files_of(session, draft.id))
    )


def read_view(draft_id: str, visitor: Visitor) -> RequestView:
    """`request_view`, only to be read."""
    with reading() as session:
        return request_view(session, draft_id, visitor)


def my_drafts(session: Session, visitor: Visitor) -> list[DraftLine]:
    """The visitor's drafts; those of offices that are gone are left out."""
    offices = {office.slug: office for office in offices_for(visitor)}
    drafts = [draft for draft in drafts_of(session, visitor.username) if draft.office in offices]
    counts = file_counts(session, drafts)
    return [
        DraftLine(draft, offices[draft.office], title_of(draft), counts.get(draft.id, 0)) for draft in drafts
    ]
