"""Nothing unapproved can go out, and only the entitled approve."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from builders import NOW
from medsos.approval.decisions import latest_decision, record_decision, require_approval, require_seal
from medsos.approval.officials import entitled_approvers, holders, sync_officials
from medsos.approval.seal import compute_seal
from medsos.errors import FormError, NotApproved
from medsos.offices.model import Office, load_office
from medsos.settings import load_settings
from medsos.store.models import AuditEntry, Delegation, Design, FormAnswer
from medsos.store.session import transaction

SEAL = "b" * 64


@pytest.fixture
def office(cycle_id: int) -> Office:
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    with transaction() as session:
        sync_officials(session, office, now=NOW)
    return office


def decide(office: Office, cycle_id: int, decision: str = "setuju", **values: object) -> None:
    arguments = {"by": "kasubbag", "round_no": 1, "seal": SEAL, "at": NOW, "note": "", **values}
    with transaction() as session:
        record_decision(session, cycle_id=cycle_id, decision=decision, zone=office.zone, **arguments)  # type: ignore[arg-type]


def designs() -> list[Design]:
    return [
        Design(
            channel=c,
            position=0,
            kind="image",
            media_type="image/jpeg",
            sha256=h * 64,
            caption=t,
            alt_text="a",
        )
        for c, h, t in (("web", "1", "Artikel"), ("x", "2", "Cuitan"))
    ]


def test_without_a_recorded_decision_nothing_may_be_published(office: Office, cycle_id: int) -> None:
    with transaction() as session, pytest.raises(NotApproved, match="belum ada persetujuan"):
        require_approval(session, cycle_id)


def test_setuju_opens_the_way_and_names_who_decided(office: Office, cycle_id: int) -> None:
    decide(office, cycle_id)
    with transaction() as session:
        approval = require_approval(session, cycle_id)
    assert (approval.decided_by, approval.seal) == ("kasubbag", SEAL)


@pytest.mark.parametrize("decision", ["revisi", "tolak"])
def test_revisi_and_tolak_need_a_note_and_open_nothing(office: Office, cycle_id: int, decision: str) -> None:
    with pytest.raises(FormError, match="Catatan masih kosong"):
        decide(office, cycle_id, decision, note="  ")
    decide(office, cycle_id, decision, note="Foto terlalu gelap")
    with transaction() as session, pytest.raises(NotApproved):
        require_approval(session, cycle_id)


def test_the_requester_cannot_approve_even_as_a_delegate(office: Office, cycle_id: int) -> None:
    with transaction() as session:
        session.add(delegation(username="admin"))
    with pytest.raises(NotApproved):
        decide(office, cycle_id, by="admin")


def test_who_planned_or_revised_cannot_approve(office: Office, cycle_id: int) -> None:
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=cycle_id,
                task_id="approval.round_1.revise_content",
                round=1,
                option="Kirim revisi",
                answers={},
                answered_by="kasubbag",
                answered_at=NOW,
                accepted=True,
            )
        )
    with pytest.raises(NotApproved):
        decide(office, cycle_id, round_no=2)


def test_a_delegate_decides_on_behalf_of_the_kasubbag_only_within_the_dates(
    office: Office, cycle_id: int
) -> None:
    with transaction() as session:
        session.add(delegation(username="plh", valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 30)))
    with pytest.raises(NotApproved):
        decide(office, cycle_id, by="plh")
    decide(office, cycle_id, by="plh", at=NOW.replace(day=24))
    with transaction() as session:
        decision = latest_decision(session, cycle_id)
    assert decision is not None
    assert decision.on_behalf_of == "kasubbag"


def test_the_date_of_entitlement_is_the_offices_own(office: Office, cycle_id: int) -> None:
    with transaction() as session:
        session.add(delegation(username="plh", valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 24)))
    # 23 November 17.30 UTC is already the 24th in Bengkulu.
    decide(office, cycle_id, by="plh", at=NOW.replace(hour=17, minute=30))


def test_a_round_is_decided_once(office: Office, cycle_id: int) -> None:
    decide(office, cycle_id, "revisi", note="Perbaiki judul")
    decide(office, cycle_id, "revisi", note="Perbaiki judul")
    with pytest.raises(FormError, match="sudah diputuskan"):
        decide(office, cycle_id, "setuju")


def test_somebody_whose_term_ended_is_no_longer_asked(office: Office, cycle_id: int) -> None:
    with transaction() as session:
        assert [h.username for h in entitled_approvers(session, cycle_id, date(2026, 11, 23))] == ["kasubbag"]
        assert holders(session, "kota-bengkulu", "kasubbag", date(2022, 1, 1)) == []


def test_syncing_twice_changes_nothing_and_follows_airflows_id(office: Office) -> None:
    with transaction() as session:
        assert sync_officials(session, office, now=NOW, user_ids={"kasubbag": "7"}) == []
    with transaction() as session:
        assert holders(session, "kota-bengkulu", "kasubbag", date(2026, 1, 1))[0].airflow_user_id == "7"


def test_a_term_that_ends_in_the_file_ends_in_the_record_and_so_does_leaving_it(office: Office) -> None:
    people = [
        person.model_copy(update={"valid_until": date(2026, 11, 20)})
        if person.username == "kasubbag"
        else person
        for person in office.people
        if person.username != "sekretaris"
    ]
    with transaction() as session:
        changes = sync_officials(session, office.model_copy(update={"people": people}), now=NOW)
    assert len(changes) == 2
    with transaction() as session:
        assert holders(session, "kota-bengkulu", "kasubbag", date(2026, 11, 23)) == []
        assert holders(session, "kota-bengkulu", "kasubbag", date(2026, 11, 20)) != []
        assert holders(session, "kota-bengkulu", "sekretaris", date(2026, 11, 23)) == []
        audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "official.changed")).all()
    assert {"kasubbag", "sekretaris"} <= {word for entry in audited[-2:] for word in entry.subject.split()}


def test_the_seal_changes_with_any_byte_letter_order_or_channel() -> None:
    seal = compute_seal(designs(), cycle_id=1, title="Rapat")
    assert seal == compute_seal(designs(), cycle_id=1, title="Rapat")
    changed = []
    for name, value in (("sha256", "9" * 64), ("caption", "Artikel."), ("alt_text", "b"), ("kind", "cover")):
        rows = designs()
        setattr(rows[0], name, value)
        changed.append(compute_seal(rows, cycle_id=1, title="Rapat"))
    changed.append(compute_seal(designs(), cycle_id=1, title="Rapat."))
    changed += [
        compute_seal(designs()[:1], cycle_id=1, title="Rapat"),
        compute_seal(designs(), cycle_id=2, title="Rapat"),
    ]
    assert len({seal, *changed}) == 1 + len(changed)


def test_the_seal_is_taken_over_the_bytes_that_lie_there_now() -> None:
    tampered = compute_seal(designs(), cycle_id=1, title="Rapat", hash_of_file=lambda path: "0" * 64)
    assert tampered != compute_seal(designs(), cycle_id=1, title="Rapat")


def test_an_empty_round_cannot_be_sealed() -> None:
    with pytest.raises(NotApproved):
        compute_seal([], cycle_id=1, title="Rapat")


def test_a_different_seal_refuses_and_says_what_to_do(office: Office, cycle_id: int) -> None:
    decide(office, cycle_id)
    with transaction() as session:
        approval = require_approval(session, cycle_id)
    with pytest.raises(NotApproved, match="berubah setelah disetujui"):
        require_seal(approval, "c" * 64)


def delegation(**values: object) -> Delegation:
    defaults: dict[str, object] = {
        "office": "kota-bengkulu",
        "role": "kasubbag",
        "kind": "plh",
        "principal": "kasubbag",
        "airflow_user_id": str(values["username"]),
        "name": "Plh. Kasubbag",
        "letter_number": "12/ST/2026",
        "letter_date": date(2026, 11, 20),
        "valid_from": date(2026, 11, 1),
        "valid_until": date(2026, 11, 30),
        "recorded_at": NOW,
    }
    return Delegation(**{**defaults, **values})
