"""Whoever made the content never approves it, and the right to decide is judged at the moment of deciding."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from builders import NOW, make_cycle
from medsos.approval.decisions import record_decision
from medsos.approval.officials import (
    cycles_made_by,
    entitled_approvers,
    holders,
    makers,
    sync_officials,
    who_may_decide,
)
from medsos.approval.undecidable import undecidable
from medsos.errors import NotApproved
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.models import Approval, Cycle, Delegation, Design, FormAnswer, Official, PlanRow
from medsos.store.session import transaction

OFFICE = load_office(load_settings().offices_dir, "kota-bengkulu")
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)

PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), OFFICE.zone)


def official(username: str = "kasubbag", **values: object) -> Official:
    given = {"role": "kasubbag", "position": "Kasubbag", "valid_from": date(2023, 1, 2), "valid_until": None}
    return Official(
        office="kota-bengkulu", username=username, airflow_user_id=username, name=f"Nama {username}",
        **{**given, **values},
    )  # fmt: skip


def delegate(username: str, **values: object) -> Delegation:
    given: dict[str, object] = {
        "kind": "plh", "principal": "kasubbag", "letter_number": "1", "letter_date": TODAY,
        "valid_from": TODAY, "valid_until": TODAY, "recorded_at": local(TODAY - DAY, 8),
    }  # fmt: skip
    return Delegation(
        office="kota-bengkulu", role="kasubbag", username=username, airflow_user_id=username,
        name=f"Nama {username}", **{**given, **values},
    )  # fmt: skip


def answer(cycle_id: int, task_id: str, by: str, *, accepted: bool = True) -> FormAnswer:
    return FormAnswer(
        cycle_id=cycle_id, task_id=task_id, round=1, option="Simpan", answers={}, answered_by=by,
        answered_at=NOW, accepted=accepted,
    )  # fmt: skip


def plan(cycle_id: int, round_no: int, author: str) -> PlanRow:
    return PlanRow(cycle_id=cycle_id, round=round_no, plan={}, author=author, made_at=NOW)


def decide(cycle_id: int, by: str, at: datetime) -> None:
    with transaction() as session:
        record_decision(
            session, cycle_id=cycle_id, round_no=1, seal="a" * 64, decision="setuju", by=by, at=at,
            note="", zone=OFFICE.zone,
        )  # fmt: skip


MADE_IT = {
    "requested it": lambda cycle_id: [],
    "planned the first round": lambda cycle_id: [plan(cycle_id, 1, "pembuat"), plan(cycle_id, 2, "lain")],
    "planned a later round": lambda cycle_id: [plan(cycle_id, 1, "lain"), plan(cycle_id, 2, "pembuat")],
    "answered the plan": lambda cycle_id: [answer(cycle_id, "design.plan_content", "pembuat")],
    "answered the plan, refused": lambda cycle_id: [
        answer(cycle_id, "design.plan_content", "pembuat", accepted=False),
        answer(cycle_id, "design.plan_content", "lain"),
    ],
    "revised": lambda cycle_id: [answer(cycle_id, "approval.round_1.revise_content", "pembuat")],
}


@pytest.mark.parametrize("how", MADE_IT)
@pytest.mark.parametrize("as_delegate", [False, True])
def test_whoever_had_a_hand_in_the_content_is_refused_in_every_capacity(
    home: object, how: str, as_delegate: bool
) -> None:
    cycle_id = make_cycle(requester="pembuat" if how == "requested it" else "pemohon")
    with transaction() as session:
        session.add_all(MADE_IT[how](cycle_id))
        session.add(delegate("pembuat") if as_delegate else official("pembuat"))
        session.add(official("kasubbag"))
    with pytest.raises(NotApproved, match="bukan dari pembuat"):
        decide(cycle_id, "pembuat", local(TODAY, 9))
    with transaction() as session:
        assert "pembuat" in makers(session, cycle_id)
        assert [cycle.id for cycle in cycles_made_by(session, "kota-bengkulu", "pembuat")] == [cycle_id]
        assert [h.username for h in entitled_approvers(session, cycle_id, TODAY)] == ["kasubbag"]
    decide(cycle_id, "kasubbag", local(TODAY, 9))


@pytest.mark.parametrize(
    "task", ["meeting.record_minutes", "upload.publish_facebook", "approval.round_1.await_decision"]
)
def test_forms_that_make_no_content_make_nobody_a_maker(home: object, task: str) -> None:
    cycle_id = make_cycle(requester="pemohon")
    with transaction() as session:
        session.add(official())
        session.add(answer(cycle_id, task, "kasubbag"))
        assert makers(session, cycle_id) == {"pemohon"}
    decide(cycle_id, "kasubbag", local(TODAY, 9))


def test_with_nobody_in_office_the_reason_is_said(home: object) -> None:
    cycle_id = make_cycle()
    with transaction() as session:
        deciders = who_may_decide(session, session.get_one(Cycle, cycle_id), NOW, OFFICE.zone)
    assert deciders.sentence.startswith("Saat ini tidak ada Kasubbag Teknis PP, Parhubmas yang menjabat")
    assert "halaman Pejabat" in deciders.sentence


def test_with_only_makers_in_office_they_are_named(home: object) -> None:
    cycle_id = make_cycle(requester="kasubbag")
    with transaction() as session:
        session.add_all([official(), delegate("admin"), plan(cycle_id, 1, "admin")])
        deciders = who_may_decide(session, session.get_one(Cycle, cycle_id), NOW, OFFICE.zone)
    assert deciders.entitled == ()
    assert deciders.sentence.startswith(
        "Nama kasubbag dan Nama admin berwenang memutuskan, tetapi ikut membuat"
    )


def test_with_somebody_entitled_nothing_has_to_be_said(home: object) -> None:
    cycle_id = make_cycle()
    with transaction() as session:
        session.add_all([official(), delegate("plh")])
        deciders = who_may_decide(session, session.get_one(Cycle, cycle_id), NOW, OFFICE.zone)
    assert [(h.username, h.on_behalf_of, h.kind) for h in deciders.entitled] == [
        ("kasubbag", None, ""),
        ("plh", "kasubbag", "plh"),
    ]
    assert deciders.sentence == ""


def test_who_holds_the_role_in_their_own_right_decides_in_their_own_name(home: object) -> None:
    with transaction() as session:
        session.add_all([delegate("kasubbag", principal="lain"), official("kasubbag")])
        (holder,) = holders(session, "kota-bengkulu", "kasubbag", TODAY)
    assert holder.on_behalf_of is None


def test_leaving_the_file_at_noon_leaves_the_morning_s_decision_valid(home: object) -> None:
    with transaction() as session:
        sync_officials(session, OFFICE, now=local(TODAY - DAY, 8))
        others = [person for person in OFFICE.people if person.username != "kasubbag"]
        without = OFFICE.model_copy(update={"people": others})
        assert len(sync_officials(session, without, now=local(TODAY, 12))) == 1
        assert sync_officials(session, without, now=local(TODAY, 13)) == []
    with transaction() as session:

        def in_office(hour: int) -> list[str]:
            found = holders(session, "kota-bengkulu", "kasubbag", TODAY, at=local(TODAY, hour))
            return [holder.username for holder in found]

        assert in_office(11) == ["kasubbag"]
        assert in_office(12) == []
        sync_officials(session, OFFICE, now=local(TODAY, 15))
        assert in_office(16) == ["kasubbag"]


def design(cycle_id: int, round_no: int) -> Design:
    return Design(
        cycle_id=cycle_id, round=round_no, channel="web", position=0, kind="image", path="a", sha256="a" * 64,
        media_type="image/jpeg", size_bytes=1, caption="", alt_text="", notes=[],
    )  # fmt: skip


def test_the_cycles_that_nobody_may_decide_are_found_among_those_that_wait(home: object) -> None:
    own, free, decided, _undrawn, over = (
        make_cycle(requester=who, status=status)
        for who, status in (
            ("kasubbag", "berjalan"), ("lain", "berjalan"), ("kasubbag", "berjalan"),
            ("kasubbag", "berjalan"), ("kasubbag", "ditolak"),
        )
    )  # fmt: skip
    now = local(TODAY, 9)
    with transaction() as session:
        session.add_all(
            [design(own, 1), design(own, 2), design(free, 1), design(decided, 1), design(over, 1)]
        )
        session.add_all([approval(own, 1), approval(decided, 1)])
        assert [cycle.id for cycle, _ in undecidable(session, OFFICE, now)] == [own, free]
        session.add(official("kasubbag"))
        ((cycle, deciders),) = undecidable(session, OFFICE, now)
        assert cycle.id == own
        assert deciders.sentence == who_may_decide(session, cycle, now, OFFICE.zone).sentence
        session.add(delegate("plh"))
        assert undecidable(session, OFFICE, now) == []
        assert [cycle.id for cycle, _ in undecidable(session, OFFICE, now + DAY)] == [own]


def approval(cycle_id: int, round_no: int) -> Approval:
    return Approval(
        cycle_id=cycle_id, round=round_no, seal="a" * 64, decision="revisi", decided_by="x", decided_at=NOW
    )


NEAR = st.integers(-2, 2).map(lambda days: TODAY + timedelta(days=days))
MOMENT = st.builds(local, NEAR, st.sampled_from([0, 6, 7, 12, 23]), st.sampled_from([0, 1, 59])) | st.builds(
    lambda day: local(day + DAY, 0) - timedelta(microseconds=1), NEAR
)


@PROPERTY
@given(begin=NEAR, end=NEAR, recorded=MOMENT, ended=st.none() | MOMENT, at=MOMENT)
@example(TODAY, TODAY, local(TODAY, 0), None, local(TODAY, 0))
@example(TODAY, TODAY, local(TODAY, 0), None, local(TODAY + DAY, 0))
@example(TODAY, TODAY, local(TODAY, 7), local(TODAY, 12), local(TODAY, 12))
def test_a_delegate_decides_from_the_first_to_the_last_day_and_between_record_and_end(
    home: object, begin: date, end: date, recorded: datetime, ended: datetime | None, at: datetime
) -> None:
    entitled = begin <= at.date() <= end and recorded <= at and (ended is None or at < ended)
    with transaction() as session:
        row = delegate("plh", valid_from=begin, valid_until=end, recorded_at=recorded, ended_at=ended)
        session.add(row)
        session.flush()
        found = holders(session, "kota-bengkulu", "kasubbag", at.date(), at=at)
        assert [holder.username for holder in found] == (["plh"] if entitled else [])
        session.rollback()


@PROPERTY
@given(begin=NEAR, end=st.none() | NEAR, ended=st.none() | MOMENT, at=MOMENT)
@example(TODAY, TODAY, None, local(TODAY, 23, 59))
@example(TODAY, None, None, local(TODAY - DAY, 23, 59))
def test_an_official_decides_from_the_first_to_the_last_day_unless_ended_before(
    home: object, begin: date, end: date | None, ended: datetime | None, at: datetime
) -> None:
    entitled = begin <= at.date() and (end is None or at.date() <= end) and (ended is None or at < ended)
    with transaction() as session:
        session.add(official(valid_from=begin, valid_until=end, ended_at=ended))
        session.flush()
        found = holders(session, "kota-bengkulu", "kasubbag", at.date(), at=at)
        assert [holder.username for holder in found] == (["kasubbag"] if entitled else [])
        session.rollback()


@PROPERTY
@given(ended=MOMENT, on=NEAR)
def test_by_the_date_alone_nobody_counts_who_was_ended_on_it_or_before(
    home: object, ended: datetime, on: date
) -> None:
    with transaction() as session:
        session.add(official(ended_at=ended))
        session.flush()
        found = holders(session, "kota-bengkulu", "kasubbag", on)
        if ended.date() <= on:
            assert found == []
        session.rollback()


@PROPERTY
@given(
    people=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["requester", "plan", "revise", "none"])),
        max_size=5,
    )
)
def test_no_maker_is_ever_entitled_whatever_the_mix(home: object, people: list[tuple[str, str]]) -> None:
    requester = next((name for name, what in people if what == "requester"), "z")
    cycle_id = make_cycle(requester=requester)
    with transaction() as session:
        session.add_all([official("a"), official("b"), delegate("c")])
        for number, (name, what) in enumerate(people, start=1):
            if what == "plan":
                session.add(plan(cycle_id, number, name))
            elif what == "revise":
                session.add(
                    answer(cycle_id, "approval.round_1.revise_content", name, accepted=number % 2 == 0)
                )
        session.flush()
        made = {requester, *(name for name, what in people if what in ("plan", "revise"))}
        deciders = who_may_decide(session, session.get_one(Cycle, cycle_id), local(TODAY, 9), OFFICE.zone)
        assert {holder.username for holder in deciders.entitled} == {"a", "b", "c"} - made
        assert {holder.username for holder in deciders.excluded} == {"a", "b", "c"} & made
        assert bool(deciders.sentence) == (not deciders.entitled)
        for name in "abc":
            mine = [cycle.id for cycle in cycles_made_by(session, "kota-bengkulu", name)]
            assert (cycle_id in mine) == (name in made)
        session.rollback()
