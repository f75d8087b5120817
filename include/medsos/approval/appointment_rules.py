"""What may be entered about officials and delegations, and what stands in the way of it.

Nobody appoints themselves, and nothing takes effect for the past.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from medsos.errors import FormError
from medsos.indonesian import long_date
from medsos.offices.model import ROLE_NAMES, Office, Role
from medsos.store.models import Delegation, Official

Kind = Literal["plh", "plt"]
KIND_NAMES: dict[str, str] = {"plh": "Plh.", "plt": "Plt."}
"""Pelaksana Harian: the official is away. Pelaksana Tugas: the post is vacant."""

DELEGABLE: tuple[Role, ...] = ("kasubbag", "sekretaris")
"""Roles that decide, and so need a letter to be stood in for."""

LONGEST = timedelta(days=365)
_USERNAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_LENGTHS = {"username": 100, "name": 200, "letter_number": 200, "position": 200}

Problems = dict[str, str]
"""Field → Indonesian sentence about what is wrong with it."""


@dataclass(frozen=True)
class WantedDelegation:
    """A delegation as it is asked for; dates local to the office, both inclusive."""

    role: str
    kind: str
    username: str
    name: str
    letter_number: str
    letter_date: date | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class WantedOfficial:
    """An official as it is asked for; without `valid_until` the term is open."""

    role: str
    username: str
    name: str
    position: str
    valid_from: date | None
    valid_until: date | None


def delegation_problems(
    session: Session, office: Office, wanted: WantedDelegation, *, by: str, today: date
) -> Problems:
    """What stands in the way of a delegation, per field; empty when it may be recorded."""
    problems = _person_problems(wanted.username, wanted.name, by)
    if wanted.role not in DELEGABLE:
        problems["role"] = "Pilih peran yang didelegasikan."
    if wanted.kind not in get_args(Kind):
        problems["kind"] = "Pilih Plh. atau Plt."
    problems |= _text_problems(
        "letter_number", wanted.letter_number, "Isi nomor surat perintah atau surat tugas."
    )
    if wanted.letter_date is None:
        problems["letter_date"] = "Pilih tanggal suratnya."
    elif wanted.letter_date > today:
        problems["letter_date"] = "Tanggal surat belum tiba. Periksa tanggalnya."
    problems |= _term_problems(wanted.valid_from, wanted.valid_until, today)
    if wanted.valid_until is None:
        problems.setdefault("valid_until", "Pilih hari terakhir berlakunya.")
    elif wanted.valid_from and wanted.valid_until - wanted.valid_from >= LONGEST:
        problems["valid_until"] = "Delegasi paling lama satu tahun. Pilih tanggal yang lebih awal."
    if problems:
        return problems
    return _conflicts(session, office, wanted)


def _conflicts(session: Session, office: Office, wanted: WantedDelegation) -> Problems:
    """What the record has against it."""
    term = given(wanted.valid_from), given(wanted.valid_until)
    officials = officials_between(session, office.slug, wanted.role, *term)
    if any(row.username == wanted.username for row in officials):
        return {"username": f"{wanted.name} sudah memegang peran ini pada tanggal tersebut."}
    if wanted.kind == "plh" and not officials:
        return {"kind": "Jabatan ini kosong pada tanggal tersebut, jadi yang tepat adalah Plt."}
    for row in delegations_between(session, office.slug, wanted.role, *term):
        if row.username == wanted.username:
            return {
                "username": f"{wanted.name} sudah menjadi {KIND_NAMES[row.kind]} sampai "
                f"{long_date(row.valid_until)}. Akhiri dulu, atau pilih tanggal sesudahnya."
            }
    return {}


def official_problems(
    session: Session, office: Office, wanted: WantedOfficial, *, by: str, today: date
) -> Problems:
    """What stands in the way of a new official, per field."""
    problems = _person_problems(wanted.username, wanted.name, by)
    if wanted.role not in ROLE_NAMES:
        problems["role"] = "Pilih perannya."
    problems |= _text_problems("position", wanted.position, "Isi nama jabatannya.")
    problems |= _term_problems(wanted.valid_from, wanted.valid_until, today)
    if problems:
        return problems
    begin, until = given(wanted.valid_from), wanted.valid_until or date.max
    there = officials_between(session, office.slug, wanted.role, begin, until)
    if any(row.username == wanted.username for row in there):
        return {"username": f"{wanted.name} sudah memegang peran ini pada tanggal tersebut."}
    same_term = select(Official.id).where(
        Official.office == office.slug,
        Official.role == wanted.role,
        Official.username == wanted.username,
        Official.valid_from == wanted.valid_from,
    )
    if session.scalar(same_term) is not None:
        return {"valid_from": "Masa jabatan dengan tanggal mulai ini sudah pernah ada. Pilih tanggal lain."}
    return {}


def end_problems(row: Official | Delegation, last_day: date | None, *, today: date) -> Problems:
    """What stands in the way of ending a term. `last_day` None ends it at once."""
    if is_over(row, today):
        return {"": "Masa ini sudah berakhir."}
    if last_day is None:
        return {}
    if last_day < today:
        return {"last_day": "Hari terakhir paling awal hari ini; yang sudah lewat tidak diubah."}
    if last_day < row.valid_from:
        return {"last_day": "Tanggal ini sebelum mulai berlaku. Untuk membatalkannya, pilih “Sekarang juga”."}
    if row.valid_until is not None and last_day >= row.valid_until:
        return {"last_day": f"Masa ini memang berakhir {long_date(row.valid_until)}. Pilih yang lebih awal."}
    return {}


def is_over(row: Official | Delegation, today: date) -> bool:
    """Whether a term lies behind us, or was ended."""
    return row.ended_at is not None or (row.valid_until is not None and row.valid_until < today)


def officials_between(session: Session, office: str, role: str, begin: date, end: date) -> list[Official]:
    """Officials whose term touches the days from `begin` to `end`."""
    return list(
        session.scalars(
            select(Official)
            .where(
                Official.office == office,
                Official.role == role,
                Official.ended_at.is_(None),
                Official.valid_from <= end,
                or_(Official.valid_until.is_(None), Official.valid_until >= begin),
            )
            .order_by(Official.valid_from, Official.id)
        )
    )


def delegations_between(session: Session, office: str, role: str, begin: date, end: date) -> list[Delegation]:
    """Delegations that touch the days from `begin` to `end`."""
    return list(
        session.scalars(
            select(Delegation)
            .where(
                Delegation.office == office,
                Delegation.role == role,
                Delegation.ended_at.is_(None),
                Delegation.valid_from <= end,
                Delegation.valid_until >= begin,
            )
            .order_by(Delegation.valid_from, Delegation.id)
        )
    )


def given(day: date | None) -> date:
    """A date that has to be there by now.

    :raises FormError: it is not.
    """
    if day is None:
        raise FormError("Tanggalnya belum diisi.")
    return day


def _person_problems(username: str, name: str, by: str) -> Problems:
    if not username:
        return {"username": "Pilih orangnya, atau isi nama masuk orang yang belum ada di daftar."}
    if not _USERNAME.fullmatch(username):
        return {"username": "Nama masuk hanya berisi huruf, angka, titik, garis bawah, dan tanda hubung."}
    if username.casefold() == by.casefold():
        return {"username": "Anda tidak dapat menunjuk diri sendiri. Mintalah orang lain mencatatnya."}
    return _text_problems("name", name, "Isi nama lengkapnya.")


def _text_problems(field: str, text: str, if_empty: str) -> Problems:
    if not text:
        return {field: if_empty}
    if len(text) > _LENGTHS[field]:
        return {field: f"Terlalu panjang: {len(text)} karakter; paling banyak {_LENGTHS[field]}."}
    return {}


def _term_problems(begin: date | None, end: date | None, today: date) -> Problems:
    if begin is None:
        return {"valid_from": "Pilih tanggal mulai berlakunya."}
    if begin < today:
        return {"valid_from": "Paling awal hari ini: hak memutuskan tidak berlaku surut."}
    if end is not None and end < begin:
        return {"valid_until": "Hari terakhir mendahului tanggal mulai. Periksa keduanya."}
    return {}
