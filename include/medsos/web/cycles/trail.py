"""Makes the audit trail of a cycle readable: who did what, when, and what it was before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.indonesian import moment_text
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.store.actions import ACTIONS, KINDS, Action, acted_by_itself, action_of
from medsos.store.models import AuditEntry
from medsos.store.names import known_people
from medsos.web import words

LABELS = {
    "title": "Judul", "content_type": "Jenis", "body": "Uraian", "activity_date": "Tanggal kegiatan",
    "place": "Tempat", "document_number": "Nomor dokumen", "document_date": "Tanggal dokumen",
    "channels": "Kanal", "upload_at": "Waktu unggah", "kahar": "Kahar", "kahar_reason": "Alasan kahar",
    "materials": "Bahan", "materials_sha256": "SHA-256 bahan", "reason": "Alasan", "started_at": "Mulai",
    "ended_at": "Selesai", "peserta": "Peserta", "keputusan": "Keputusan rapat", "cycle": "Siklus",
    "minutes": "Notula", "headline": "Judul pada desain", "summary": "Ringkasan", "texts": "Teks",
    "caption": "Keterangan", "alt_text": "Teks alternatif", "sha256": "SHA-256", "kind": "Jenis berkas",
    "decision": "Keputusan", "seal": "Segel", "note": "Catatan", "on_behalf_of": "Atas nama",
    "state": "Status", "status": "Status", "permalink": "Alamat", "address": "Alamat",
    "post_id": "Nomor postingan", "file": "Berkas",
    "published_at": "Waktu tayang", "commit_started_at": "Dikirim", "problem": "Kendala",
    "answer": "Jawaban", "path": "Berkas", "files": "Jumlah berkas", "page": "Halaman tautan",
    "channels_published": "Kanal tayang", "channels_total": "Kanal diminta", "last_id": "Sampai baris",
    "valid_from": "Berlaku sejak", "valid_until": "Berlaku sampai", "name": "Nama", "position": "Jabatan",
}  # fmt: skip
"""Key in the trail → what it is called on the page; a key that is missing stands for itself."""

VALUES: Mapping[str, Mapping[str, str]] = {
    "decision": words.DECIDED,
    "state": words.PUBLICATION,
    "status": words.STATUS,
    "kind": {**words.KIND, **words.EVIDENCE},
    "content_type": CONTENT_TYPE_NAMES,
}
"""Key → words for its values."""

KAHAR = ACTIONS["cycle.kahar"]

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Told:
    """One value of an entry. `before` is None where there was none, `after` where there is none any more."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class _Known:
    """The office's time zone, and the names of its people by log-in name."""

    zone: ZoneInfo
    names: Mapping[str, str]

    def name(self, username: str) -> str:
        return self.names.get(username, username)


@dataclass(frozen=True)
class TrailLine:
    """One entry. `subject` says of what: a round, a channel."""

    number: int
    at: datetime
    who: str
    action: Action
    subject: str
    told: tuple[Told, ...]


@dataclass(frozen=True)
class TrailView:
    """The trail of a cycle, newest first.

    :param kinds: key → name of the kinds that occur, to filter by.
    :param outstanding: lines that stand out, oldest first, whatever is filtered by; without *kahar*, of which
        the page speaks anyway.
    """

    lines: tuple[TrailLine, ...]
    kinds: dict[str, str]
    chosen: str
    total: int
    outstanding: tuple[TrailLine, ...]


def trail_view(session: Session, cycle_id: int, office: Office, *, kind: str = "") -> TrailView:
    """Everything of which the audit trail tells about a cycle.

    :param kind: key of `store.actions.KINDS`; anything else shows all.
    """
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.cycle_id == cycle_id).order_by(AuditEntry.id)
    )
    known = _Known(office.zone, known_people(session, office))
    lines = [_line(entry, known) for entry in entries]
    present = {line.action.kind for line in lines}
    chosen = kind if kind in present else ""
    return TrailView(
        lines=tuple(line for line in reversed(lines) if chosen in ("", line.action.kind)),
        kinds={key: name for key, name in KINDS.items() if key in present},
        chosen=chosen,
        total=len(lines),
        outstanding=tuple(line for line in lines if line.action.stands_out and line.action != KAHAR),
    )


def _line(entry: AuditEntry, known: _Known) -> TrailLine:
    return TrailLine(
        number=entry.id,
        at=entry.at,
        who="Sistem" if acted_by_itself(entry.actor) else known.name(entry.actor),
        action=action_of(entry.action),
        subject=_subject(entry.subject),
        told=tuple(_told(entry, known)),
    )


def _subject(subject: str) -> str:
    word, _, rest = subject.partition(" ")
    return CHANNEL_NAMES.get(rest, subject) if word == "kanal" else subject


def _told(entry: AuditEntry, known: _Known) -> list[Told]:
    before, after = _flat(entry.before, known), _flat(entry.after, known)
    return [
        Told(label, before.get(label), after.get(label))
        for label in dict.fromkeys([*after, *before])
        if before.get(label) != after.get(label)
    ]


def _flat(values: Mapping[str, Any], known: _Known, above: tuple[str, ...] = ()) -> dict[str, str]:
    """Nested values as one list of labelled texts; what is empty is left out."""
    flat: dict[str, str] = {}
    for key, value in values.items():
        labels = (*above, _label(key))
        if isinstance(value, Mapping):
            flat |= _flat(value, known, labels)
        elif value not in EMPTY:
            flat[" · ".join(labels)] = _text(key, value, known)
    return flat


def _label(key: str) -> str:
    """The name of a key; of a place of a design (“facebook 2”) or a channel."""
    channel, _, number = key.partition(" ")
    if channel in CHANNEL_NAMES:
        return CHANNEL_NAMES[channel] + (f", berkas {number}" if number else "")
    return LABELS.get(key, key)


def _text(key: str, value: Any, known: _Known) -> str:
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, list):
        return ", ".join(_text(key, item, known) for item in value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if key == "channels":
        return CHANNEL_NAMES.get(value, value)
    if key == "on_behalf_of":
        return known.name(value)
    if key.endswith("_at"):
        return _moment(value, known)
    return VALUES.get(key, {}).get(value, value)


def _moment(value: str, known: _Known) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment_text(at, known.zone, weekday=False) if at.tzinfo else value
