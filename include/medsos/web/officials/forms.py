"""What is typed on the forms of the page *Pejabat*, and how it becomes a change of the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from medsos.approval.appointment_rules import (
    DELEGABLE,
    KIND_NAMES,
    Problems,
    WantedDelegation,
    WantedOfficial,
    delegation_problems,
    delegations_between,
    end_problems,
    official_problems,
)
from medsos.approval.appointments import add_official, end_term, record_delegation
from medsos.approval.officials import APPROVES, cycles_made_by, holders
from medsos.indonesian import list_text, long_date
from medsos.offices.model import ROLE_NAMES, Office, Role
from medsos.store.models import Delegation, Official
from medsos.store.names import known_people
from medsos.web.office_view import local_day
from medsos.web.officials.accounts import Account, Accounts
from medsos.web.officials.view import account_note, find_term, table_of

OF_FIELD = {
    "role": "peran",
    "kind": "jenis",
    "username": "nama_masuk",
    "name": "nama",
    "position": "jabatan",
    "letter_number": "nomor_surat",
    "letter_date": "tanggal_surat",
    "valid_from": "mulai",
    "valid_until": "sampai",
    "last_day": "sampai",
}
"""Field of the record → name of the form's field."""

FIELDS = (*dict.fromkeys(OF_FIELD.values()), "orang", "kapan")
MAKES_CONTENT: tuple[Role, ...] = ("admin_medsos", "tim_medsos")
LONGEST_TYPED = 500


@dataclass(frozen=True)
class Form:
    """One form while it is filled in.

    :param typed: name of a field → what was typed, trimmed.
    :param by: who types.
    """

    office: Office
    typed: Mapping[str, str]
    by: str
    accounts: Accounts
    now: datetime
    row: Official | Delegation | None = field(default=None)

    @property
    def today(self) -> date:
        return local_day(self.office, self.now)

    def problems(self, session: Session) -> Problems:
        """Name of a field → sentence."""
        raise NotImplementedError

    def consequences(self, session: Session) -> list[str]:
        """What will happen, one sentence each, for the confirmation."""
        raise NotImplementedError

    def save(self, session: Session) -> None:
        raise NotImplementedError

    def person(self, session: Session) -> tuple[str, str]:
        """Log-in name and name: of the list, or as typed."""
        if chosen := self.typed["orang"]:
            return chosen, known_people(session, self.office).get(chosen, "")
        return self.typed["nama_masuk"], self.typed["nama"]

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.typed[name])
        except ValueError:
            return None

    def told(self, problems: Problems, session: Session) -> Problems:
        """The problems under the names of the form's fields."""
        found = {OF_FIELD.get(name, name): sentence for name, sentence in problems.items()}
        if self.typed["orang"] and "nama_masuk" in found:
            found["orang"] = found.pop("nama_masuk")
        if self.typed["orang"] and (self.typed["nama_masuk"] or self.typed["nama"]):
            found["orang"] = "Pilih salah satu: orang dari daftar, atau nama masuk yang diketik."
        for name in ("tanggal_surat", "mulai", "sampai"):
            if self.typed[name] and self.day(name) is None:
                found[name] = "Tanggal ini tidak dikenali. Pilih dari kalender."
        return found

    def user_id(self, username: str) -> str:
        account: Account | None = self.accounts(username)
        return account.user_id if account else username


class DelegationForm(Form):
    """Records a Plh. or Plt."""

    def wanted(self, session: Session) -> WantedDelegation:
        username, name = self.person(session)
        return WantedDelegation(
            role=self.typed["peran"],
            kind=self.typed["jenis"],
            username=username,
            name=name,
            letter_number=self.typed["nomor_surat"],
            letter_date=self.day("tanggal_surat"),
            valid_from=self.day("mulai"),
            valid_until=self.day("sampai"),
        )

    def problems(self, session: Session) -> Problems:
        found = delegation_problems(session, self.office, self.wanted(session), by=self.by, today=self.today)
        return self.told(found, session)

    def consequences(self, session: Session) -> list[str]:
        wanted = self.wanted(session)
        assert wanted.valid_from is not None  # noqa: S101  `problems` has looked
        assert wanted.valid_until is not None  # noqa: S101
        told = [
            f"{wanted.name} bertindak sebagai {KIND_NAMES[wanted.kind]} {ROLE_NAMES[wanted.role]} "
            f"{_term(wanted.valid_from, wanted.valid_until)}, berdasarkan "
            f"surat {wanted.letter_number} tanggal {long_date(self.day('tanggal_surat'), weekday=False)}."
        ]
        others = delegations_between(
            session, self.office.slug, wanted.role, wanted.valid_from, wanted.valid_until
        )
        told += [
            f"Pada masa itu {row.name} juga {KIND_NAMES[row.kind]} untuk peran ini; keduanya berhak."
            for row in others
        ]
        if wanted.role == APPROVES:
            told += self._excluded(session, wanted.username, wanted.name)
        if note := account_note(wanted.username, wanted.role, self.accounts):
            told.append(note)
        return told

    def _excluded(self, session: Session, username: str, name: str) -> list[str]:
        own = cycles_made_by(session, self.office.slug, username)
        told = []
        if own:
            listed = list_text([f"siklus {cycle.id} ({cycle.title})" for cycle in own[:5]])
            more = f", dan {len(own) - 5} lainnya" if len(own) > 5 else ""
            told.append(f"{name} ikut membuat {listed}{more}, jadi tidak dapat memutuskan siklus itu.")
        in_team = any(
            holder.username == username
            for role in MAKES_CONTENT
            for holder in holders(session, self.office.slug, role, self.today, at=self.now)
        )
        if in_team:
            told.append(
                f"{name} anggota tim pembuat konten: materi yang ia ajukan, rencanakan, atau perbaiki "
                "tidak dapat ia setujui, dan menunggu orang lain."
            )
        return told

    def save(self, session: Session) -> None:
        wanted = self.wanted(session)
        record_delegation(
            session,
            self.office,
            wanted,
            airflow_user_id=self.user_id(wanted.username),
            by=self.by,
            at=self.now,
        )


class OfficialForm(Form):
    """Enters an official."""

    def wanted(self, session: Session) -> WantedOfficial:
        username, name = self.person(session)
        return WantedOfficial(
            role=self.typed["peran"],
            username=username,
            name=name,
            position=self.typed["jabatan"],
            valid_from=self.day("mulai"),
            valid_until=self.day("sampai"),
        )

    def problems(self, session: Session) -> Problems:
        found = official_problems(session, self.office, self.wanted(session), by=self.by, today=self.today)
        return self.told(found, session)

    def consequences(self, session: Session) -> list[str]:
        wanted = self.wanted(session)
        end = f"sampai dengan {long_date(wanted.valid_until)}" if wanted.valid_until else "sampai diakhiri"
        told = [
            f"{wanted.name} memegang peran {ROLE_NAMES[wanted.role]} sebagai {wanted.position}, dari "
            f"{long_date(wanted.valid_from)} {end}."
        ]
        there = [
            holder.name
            for holder in holders(session, self.office.slug, wanted.role, self.today)  # type: ignore[arg-type]
        ]
        if there and wanted.role in DELEGABLE:
            told.append(
                f"Pemegang peran ini hari ini, {list_text(there)}, tetap memegangnya sampai masanya diakhiri."
            )
        if note := account_note(wanted.username, wanted.role, self.accounts):
            told.append(note)
        return told

    def save(self, session: Session) -> None:
        wanted = self.wanted(session)
        add_official(
            session,
            self.office,
            wanted,
            airflow_user_id=self.user_id(wanted.username),
            by=self.by,
            at=self.now,
        )


class EndForm(Form):
    """Ends the term of an official or a delegate."""

    @property
    def term(self) -> Official | Delegation:
        assert self.row is not None  # noqa: S101  the route has found it
        return self.row

    @property
    def last_day(self) -> date | None:
        return self.day("sampai") if self.typed["kapan"] == "nanti" else None

    def problems(self, session: Session) -> Problems:
        if self.typed["kapan"] not in ("sekarang", "nanti"):
            return {"kapan": "Pilih kapan masanya berakhir."}
        if self.typed["kapan"] == "nanti" and self.last_day is None:
            return {"sampai": "Pilih hari terakhir berlakunya."}
        return self.told(end_problems(self.term, self.last_day, today=self.today), session)

    def consequences(self, session: Session) -> list[str]:
        row, last = self.term, self.last_day
        what = f"{row.name} tidak lagi memegang peran {ROLE_NAMES[row.role]}"
        when = f"setelah {long_date(last)}" if last else "mulai saat ini"
        return [
            f"{what} {when}.",
            "Keputusan yang sudah diambilnya tetap sah, dan riwayatnya tetap tersimpan.",
        ]

    def save(self, session: Session) -> None:
        row: Official | Delegation | None = find_term(session, table_of(self.term), self.term.id)
        if row is not None:
            end_term(session, self.office, row, self.last_day, by=self.by, at=self.now)


def _term(begin: date, end: date) -> str:
    if begin == end:
        return f"hanya pada {long_date(begin)}"
    return f"dari {long_date(begin)} sampai dengan {long_date(end)}"


def typed_of(given: Mapping[str, Any]) -> dict[str, str]:
    """Every field of these forms as text; what is no text or far too long counts as not typed."""
    found = {name: given.get(name, "") for name in FIELDS}
    return {
        name: value.strip() if isinstance(value, str) and len(value) <= LONGEST_TYPED else ""
        for name, value in found.items()
    }
