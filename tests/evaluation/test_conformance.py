"""What was not as the SOP has it is found, and a cycle that went by the book has nothing to find."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from cycle_story import APPROVED_AT_ONCE, MORNING, UPLOADED, Story, at

from medsos.evaluation.conformance import deviations
from medsos.evaluation.explain import explain
from medsos.evaluation.rules import Rules
from medsos.store.models import Official, StepEvent
from medsos.store.session import transaction

Found = set[tuple[int, str, str]]


def found(*stories: Story) -> Found:
    for story in stories:
        story.evaluate()
    with transaction() as session:
        frame = deviations(session, [story.cycle_id for story in stories], rules=Rules())
    return {(row["step_no"], row["kind"], row["detail"]) for row in frame.to_dict("records")}


def answered(story: Story, task_id: str, actor: str, clock_time: str) -> None:
    with transaction() as session:
        for name, role in (("admin", "admin_medsos"), ("kasubbag", "kasubbag")):
            if not session.query(Official).filter_by(username=name).count():
                session.add(
                    Official(
                        office=story.office.slug,
                        role=role,
                        username=name,
                        airflow_user_id=name,
                        name=name,
                        position="-",
                        valid_from=date(2026, 1, 1),
                        valid_until=None,
                    )
                )
        session.add(
            StepEvent(
                cycle_id=story.cycle_id,
                step_key=task_id.split(".")[0],
                task_id=task_id,
                event="resumed",
                actor=actor,
                at=at(clock_time),
                detail={},
            )
        )


def test_a_cycle_by_the_book_shows_no_deviation(finished_story: Story) -> None:
    assert found(finished_story) == set()


def test_a_design_without_minutes_skipped_the_meeting(new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.tell(APPROVED_AT_ONCE)
    assert (1, "skipped", "") in found(story)


def test_a_rejected_cycle_does_not_skip_upload_and_links(new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.met("08:10", "09:40")
    story.tell(
        MORNING + "11:00 approval.round_1.await_decision resumed\n11:01 evaluation.evaluate_cycle started"
    )
    story.decided("tolak")
    assert found(story) == set()


def test_a_meeting_after_the_design_is_out_of_order(finished_story: Story, new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.met("10:30", "11:30")
    story.tell(UPLOADED)
    story.decided("setuju")
    story.published("web", "13:01")
    assert (2, "out_of_order", "") in found(story)
    assert (2, "out_of_order", "") not in found(finished_story)


def test_a_task_that_ended_twice_was_repeated(finished_story: Story) -> None:
    finished_story.tell("14:00 link.build_links started\n14:01 link.build_links finished")
    assert found(finished_story) == {(5, "repeated", "tugas link.build_links selesai 2 kali")}


def test_a_second_round_is_no_repetition(finished_story: Story) -> None:
    finished_story.tell(
        """
        12:00 approval.round_1.render_designs finished
        12:10 approval.round_2.await_decision finished
        """
    )
    assert not {kind for _, kind, _ in found(finished_story)} & {"repeated"}


def test_who_answers_without_the_role_is_named(finished_story: Story) -> None:
    answered(finished_story, "design.plan_content", "analis", "10:40")
    answered(finished_story, "approval.round_1.await_decision", "kasubbag", "11:16")
    assert found(finished_story) == {
        (2, "wrong_role", "analis bukan Kasubbag Teknis PP, Parhubmas dan Admin Medsos")
    }


def test_a_role_that_began_later_does_not_count_yet(finished_story: Story) -> None:
    answered(finished_story, "approval.round_1.await_decision", "admin", "11:16")
    assert {(step, kind) for step, kind, _ in found(finished_story)} == {(3, "wrong_role")}


def test_a_post_without_a_picture_lacks_its_proof(new_story: Any) -> None:
    story = new_story(channels=["web", "facebook"])
    story.met("08:10", "09:40")
    story.tell(UPLOADED)
    story.decided("setuju")
    story.published("web", "13:01")
    story.published("facebook", "13:02", proof="read_back")
    assert found(story) == {(4, "no_proof", "Facebook tanpa tangkapan layar")}


def test_every_duration_is_traced_to_its_events(finished_story: Story) -> None:
    finished_story.evaluate()
    with transaction() as session:
        lines = list(explain(session, finished_story.cycle_id, rules=Rules(), now=at("13:14")))
        numbers = {number for (number,) in session.query(StepEvent.id)}
    text = "\n".join(lines)
    assert "3 · Persetujuan Kasubbag: 30 menit kerja dari target 180, tepat waktu" in text
    assert "kerja     23-11-2026 08.10.00 – 23-11-2026 09.40.00  90 menit kerja (notula)" in text
    assert "menunggu  23-11-2026 10.46.00 – 23-11-2026 11.16.00  30 menit kerja (kejadian " in text
    assert "masih berjalan" in text
    assert lines[-1] == "\nPenyimpangan dari SOP: tidak ada"
    mentioned = {int(number) for number in re.findall(r"(?:kejadian |\d+–)(\d+)(?=[–,)])", text)}
    assert mentioned
    assert mentioned <= numbers
