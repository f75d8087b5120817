"""A task takes the answer that our page has stored, counts it once, and loses none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException
from sqlalchemy import select

from builders import NOW, make_cycle
from medsos.approval.officials import sync_officials
from medsos.errors import Transient
from medsos.offices.model import load_office
from medsos.operators.given_answers import TRIES_WITH_ONE_ANSWER
from medsos.operators.meeting import OWN, MinutesForm
from medsos.operators.parked_form import AnswerRefused
from medsos.operators.publish import FacebookPublishOperator
from medsos.operators.publish_forms import CANCEL, question_about
from medsos.settings import load_settings
from medsos.store.answering import open_answer, store_answer
from medsos.store.models import Approval, FormAnswer, Minutes, Publication, StepEvent, StoredAnswer
from medsos.store.session import transaction

TASK = "meeting.record_minutes"
MINUTES = {
    "mulai": (NOW - timedelta(hours=2)).isoformat(),
    "selesai": (NOW - timedelta(hours=1)).isoformat(),
    "peserta": "Ketua\nTim",
    "keputusan": "Diunggah hari ini.",
    "nomor_siklus": None,
}


@pytest.fixture
def cycle(home: object) -> int:
    request = {
        "title": "Rapat", "content_type": "sosialisasi_tahapan", "body": "Isi.", "channels": ["facebook"],
    }  # fmt: skip
    with transaction() as session:
        sync_officials(session, load_office(load_settings().offices_dir, "kota-bengkulu"), now=NOW)
    return make_cycle(request=request)


def form(cycle_id: int) -> MinutesForm:
    return MinutesForm(task_id=TASK, office="kota-bengkulu", cycle_id=str(cycle_id))


def store(cycle_id: int, values: dict[str, Any] = MINUTES, *, by: str = "admin", **more: Any) -> StoredAnswer:
    given = {"task_id": TASK, "round_no": 0, "option": OWN, "at": NOW, **more}
    with transaction() as session:
        return store_answer(session, cycle_id=cycle_id, values=values, by=by, **given)


def event(values: dict[str, Any], *, by: str = "admin", option: str = OWN) -> dict[str, Any]:
    return {
        "chosen_options": [option],
        "params_input": values,
        "responded_at": datetime.now(UTC),
        "responded_by_user": {"id": by, "name": by},
    }


def rows(table: type[Any], cycle_id: int) -> list[Any]:
    with transaction() as session:
        return list(session.scalars(select(table).where(table.cycle_id == cycle_id).order_by(table.id)))


def test_a_new_try_takes_the_stored_answer_instead_of_asking_again(cycle: int) -> None:
    store(cycle)
    form(cycle).execute({})
    (minutes,) = rows(Minutes, cycle)
    assert (minutes.decision, minutes.recorded_by) == ("Diunggah hari ini.", "admin")
    (stored,) = rows(StoredAnswer, cycle)
    assert stored.settled_at is not None
    assert stored.outcome == ""
    events = [(row.event, row.actor) for row in rows(StepEvent, cycle)]
    assert events == [("resumed", "admin"), ("finished", "")]


@pytest.mark.parametrize("messenger", ["admin", "staf"])
def test_the_news_from_airflow_and_the_stored_answer_count_once(cycle: int, messenger: str) -> None:
    store(cycle)
    form(cycle).execute_complete({}, event(MINUTES, by=messenger))
    (answer,) = rows(FormAnswer, cycle)
    assert (answer.answered_by, answer.accepted) == ("admin", True)
    assert len(rows(Minutes, cycle)) == 1


def test_of_two_answers_the_one_stored_first_counts_and_the_other_is_kept_with_the_reason(cycle: int) -> None:
    store(cycle)
    form(cycle).execute_complete({}, event({**MINUTES, "keputusan": "Lain."}, by="staf"))
    other, counted = rows(FormAnswer, cycle)
    assert (other.answered_by, other.accepted) == ("staf", False)
    assert "admin sudah menjawab" in other.problem
    assert (counted.answered_by, counted.accepted) == ("admin", True)
    assert rows(Minutes, cycle)[0].decision == "Diunggah hari ini."


def test_a_second_press_on_our_page_does_not_replace_the_first(cycle: int) -> None:
    assert store(cycle).answered_by == "admin"
    assert store(cycle, {**MINUTES, "keputusan": "Lain."}, by="staf").answered_by == "admin"
    assert len(rows(StoredAnswer, cycle)) == 1


def test_a_refused_answer_is_put_away_and_a_better_one_may_follow(cycle: int) -> None:
    store(cycle, {**MINUTES, "peserta": ""})
    with pytest.raises(AnswerRefused, match="Peserta belum diisi"):
        form(cycle).execute({})
    (refused,) = rows(StoredAnswer, cycle)
    assert "Peserta belum diisi" in refused.outcome
    store(cycle)
    form(cycle).execute({})
    assert len(rows(Minutes, cycle)) == 1
    assert [row.accepted for row in rows(FormAnswer, cycle)] == [False, True]


def test_a_try_that_breaks_leaves_the_answer_for_the_next(
    cycle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cycle)
    with monkeypatch.context() as broken:
        broken.setattr(MinutesForm, "accept", lambda *_: (_ for _ in ()).throw(Transient("sibuk")))
        for _ in range(3):
            with pytest.raises(Transient):
                form(cycle).execute({})
    form(cycle).execute({})
    assert len(rows(Minutes, cycle)) == 1
    assert [row.accepted for row in rows(FormAnswer, cycle)] == [True]


def test_an_answer_over_which_every_try_breaks_is_given_back_to_the_person(
    cycle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cycle)
    monkeypatch.setattr(MinutesForm, "accept", lambda *_: (_ for _ in ()).throw(Transient("rusak")))
    for _ in range(TRIES_WITH_ONE_ANSWER):
        with pytest.raises(Transient):
            form(cycle).execute({})
    (stored,) = rows(StoredAnswer, cycle)
    assert (stored.outcome, rows(FormAnswer, cycle)[0].problem) == ("rusak", "rusak")


def test_an_answer_about_an_earlier_commit_is_not_taken_for_one_about_the_next(cycle: int) -> None:
    task_id = "upload.publish_facebook"
    with transaction() as session:
        session.add(
            Approval(
                cycle_id=cycle, round=1, seal="a" * 64, decision="setuju", decided_by="k", decided_at=NOW
            )
        )
        row = Publication(
            cycle_id=cycle, channel="facebook", seal="a" * 64, mode="api", state="needs_person", journal={},
            created_at=NOW, commit_started_at=NOW,
        )  # fmt: skip
        session.add(row)
    task = FacebookPublishOperator(task_id=task_id, office="kota-bengkulu", cycle_id=str(cycle))
    run = _run_of(task)
    store(cycle, {}, task_id=task_id, option=CANCEL, about=question_about(run))
    with transaction() as session:
        session.get_one(Publication, row.id).commit_started_at = NOW + timedelta(minutes=5)
    task.people = lambda _: []  # type: ignore[method-assign]
    with pytest.raises(AirflowRescheduleException):
        task.ask(run, {})
    with transaction() as session:
        assert open_answer(session, cycle, task_id, 0) is None
        assert session.get_one(Publication, row.id).state == "needs_person"
    assert "Keadaannya berubah" in rows(FormAnswer, cycle)[0].problem


def test_that_nobody_may_answer_is_written_down_once(cycle: int) -> None:
    task = form(cycle)
    task.people = lambda _: []  # type: ignore[method-assign]
    for _ in range(3):
        with pytest.raises(AirflowRescheduleException):
            task.execute({})
    assert [row.event for row in rows(StepEvent, cycle)] == ["started", "waiting"]
    assert rows(StepEvent, cycle)[-1].detail == {"for_people": []}


def _run_of(task: Any) -> Any:
    from medsos.operators.cycle import cycle_run

    return cycle_run(task)
