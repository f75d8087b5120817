"""The minutes of each step equal those that somebody counts with pencil and clock."""

from __future__ import annotations

from typing import Any

import pytest
from cycle_story import APPROVED_AT_ONCE, CHANNELS, MORNING, UPLOADED, Story, at

from medsos.store.models import StepDuration


def steps(story: Story, clock_time: str = "13:14", *, days: int = 0) -> dict[str, StepDuration]:
    return {row.step_key: row for row in story.evaluate(clock_time, days=days).steps}


def test_a_smooth_cycle_takes_what_the_clock_shows(finished_story: Story) -> None:
    rows = steps(finished_story)
    assert {key: (row.working_minutes, row.elapsed_minutes) for key, row in rows.items()} == {
        "meeting": (90, 90),  # 08:10–09:40 by the minutes, not by the form
        "design": (45, 45),  # 10:00–10:45
        "approval": (30, 30),  # 10:46–11:16
        "upload": (7, 7),  # 13:00–13:07; 11:16–13:00 was the agreed hour
        "link": (2, 2),  # 13:10–13:12
        "evaluation": (1, 1),  # 13:13–13:14, still running
    }
    assert {key: row.waiting_minutes for key, row in rows.items()} == {
        "meeting": 0,
        "design": 40,  # the plan form, 10:00–10:40
        "approval": 30,
        "upload": 0,
        "link": 0,
        "evaluation": 0,
    }
    assert {row.rework_minutes for row in rows.values()} == {0}
    assert (rows["design"].rounds, rows["approval"].rounds, rows["upload"].rounds) == (1, 1, 0)
    assert all(row.on_time for row in rows.values())
    assert rows["meeting"].deviation_minutes == -30
    assert (rows["upload"].started_at, rows["upload"].finished_at) == (at("13:00"), at("13:07"))
    assert [row.step_no for row in rows.values()] == [1, 2, 3, 4, 5, 6]
    assert [row.target_minutes for row in rows.values()] == [120, 180, 180, 15, 10, 15]


def test_three_rounds_add_rework_to_step_2_and_waiting_to_step_3(new_story: Any) -> None:
    story = new_story()
    story.met("08:10", "09:40")
    story.tell(
        MORNING  # asked at 10:46
        + """
        11:46 approval.round_1.await_decision resumed
        11:46 approval.round_1.await_decision finished
        11:50 approval.round_1.revise_content started
        11:50 approval.round_1.revise_content waiting
        12:10 approval.round_1.revise_content resumed
        12:11 approval.round_1.revise_content finished
        12:11 approval.round_1.render_designs started
        12:15 approval.round_1.render_designs finished
        12:16 approval.round_2.await_decision started
        12:16 approval.round_2.await_decision waiting
        13:46 approval.round_2.await_decision resumed
        13:46 approval.round_2.await_decision finished
        13:50 approval.round_2.revise_content started
        13:50 approval.round_2.revise_content waiting
        14:00 approval.round_2.revise_content resumed
        14:00 approval.round_2.revise_content finished
        14:00 approval.round_2.render_designs started
        14:05 approval.round_2.render_designs finished
        14:06 approval.round_3.await_decision started
        14:06 approval.round_3.await_decision waiting
        14:36 approval.round_3.await_decision resumed
        14:36 approval.round_3.await_decision finished
        """
    )
    story.decided("revisi", "revisi", "setuju")
    rows = steps(story, "15:00")
    design, approval = rows["design"], rows["approval"]
    assert design.rework_minutes == 10 + 15  # 11:50–12:00, then the break, and 13:50–14:05
    assert (design.working_minutes, design.elapsed_minutes) == (45 + 10 + 15, 45 + 25 + 15)
    assert design.waiting_minutes == 40 + 10 + 10
    assert (design.rounds, design.finished_at) == (3, at("14:05"))
    assert approval.working_minutes == approval.waiting_minutes == 60 + 46 + 30
    assert approval.elapsed_minutes == 60 + 90 + 30
    assert (approval.rounds, approval.started_at, approval.finished_at) == (3, at("10:46"), at("14:36"))
    assert (approval.on_time, approval.deviation_minutes) == (True, 136 - 180)


def test_a_decision_that_comes_the_next_day_took_the_working_time_between(new_story: Any) -> None:
    story = new_story()
    story.tell(MORNING + "1d 08:46 approval.round_1.await_decision resumed")
    story.decided("setuju")
    approval = steps(story, "09:00", days=1)["approval"]
    assert approval.working_minutes == 74 + 180 + 76  # 10:46–12:00, 13:00–16:00, 07:30–08:46
    assert approval.elapsed_minutes == 22 * 60
    assert (approval.on_time, approval.deviation_minutes) == (False, 330 - 180)


def test_a_rejected_cycle_has_six_rows_and_no_verdict_on_upload_and_links(new_story: Any) -> None:
    story = new_story()
    story.met("08:10", "09:40")
    story.tell(
        MORNING
        + """
        11:00 approval.round_1.await_decision resumed
        11:00 approval.round_1.await_decision finished
        11:01 evaluation.evaluate_cycle started
        """
    )
    story.decided("tolak")
    rows = steps(story, "11:02")
    assert len(rows) == 6
    for key in ("upload", "link"):
        row = rows[key]
        assert (row.started_at, row.finished_at, row.elapsed_minutes, row.working_minutes) == (None,) * 4
        assert (row.on_time, row.deviation_minutes) == (None, None)
    assert rows["approval"].working_minutes == 14
    assert rows["evaluation"].working_minutes == 1


def test_a_shared_meeting_is_shown_but_counts_only_where_its_minutes_were_written(
    finished_story: Story, new_story: Any
) -> None:
    follower = new_story()
    follower.met("08:10", "09:40", written_in=finished_story.cycle_id)
    follower.tell(APPROVED_AT_ONCE)
    row = steps(follower)["meeting"]
    assert (row.started_at, row.finished_at) == (at("08:10"), at("09:40"))
    assert (row.elapsed_minutes, row.working_minutes) == (0, 0)
    assert (row.on_time, row.deviation_minutes) == (None, None)
    assert steps(finished_story)["meeting"].working_minutes == 90


def test_without_minutes_step_1_is_empty(new_story: Any) -> None:
    story = new_story()
    story.tell(APPROVED_AT_ONCE)
    row = steps(story)["meeting"]
    assert (row.started_at, row.working_minutes, row.on_time) == (None, None, None)


def test_a_retry_counts_from_the_first_try_to_the_first_success(new_story: Any) -> None:
    story = new_story()
    story.tell(
        APPROVED_AT_ONCE.replace(
            "10:45 design.render_designs finished",
            """
            10:42 design.render_designs failed
            10:44 design.render_designs started
            10:50 design.render_designs finished
            """,
        )
        + """
        13:00 upload.publish_web started
        13:01 upload.publish_web failed
        13:06 upload.publish_web started
        13:07 upload.publish_web finished
        13:07 upload.capture_web started
        13:08 upload.capture_web finished
        13:20 link.build_links started
        13:21 link.build_links failed
        13:26 link.build_links started
        13:27 link.build_links finished
        14:00 link.build_links started
        14:02 link.build_links finished
        """
    )
    rows = steps(story)
    assert rows["design"].working_minutes == 50  # 10:00–10:50
    assert rows["upload"].working_minutes == 8  # 13:00–13:08
    assert rows["link"].working_minutes == 7  # 13:20–13:27; the later re-run of a finished task adds nothing


def test_a_form_that_fails_and_asks_again_waits_twice_but_not_in_between(new_story: Any) -> None:
    story = new_story()
    story.tell(
        MORNING
        + """
        11:00 approval.round_1.await_decision failed
        11:20 approval.round_1.await_decision started
        11:20 approval.round_1.await_decision waiting
        11:25 approval.round_1.await_decision waiting
        11:30 approval.round_1.await_decision resumed
        """
    )
    story.decided("setuju")
    assert steps(story)["approval"].waiting_minutes == 14 + 10


def test_step_4_ends_with_the_last_screenshot_and_ignores_a_channel_that_never_went_up(
    new_story: Any,
) -> None:
    story = new_story()
    story.tell(
        APPROVED_AT_ONCE
        + """
        13:00 upload.publish_web started
        13:02 upload.publish_web finished
        13:03 upload.capture_web started
        13:04 upload.capture_web finished
        13:01 upload.publish_facebook started
        13:40 upload.publish_facebook failed
        13:01 upload.publish_instagram started
        13:09 upload.publish_instagram finished
        13:10 upload.capture_instagram started
        13:30 upload.capture_instagram failed
        """
    )
    row = steps(story)["upload"]
    # Instagram has no screenshot, so it counts up to its upload.
    assert (row.started_at, row.finished_at, row.working_minutes) == (at("13:00"), at("13:09"), 9)


def test_when_no_channel_went_up_step_4_has_a_start_and_no_end(new_story: Any) -> None:
    story = new_story()
    story.tell(APPROVED_AT_ONCE + "13:00 upload.publish_web started\n13:05 upload.publish_web failed")
    row = steps(story)["upload"]
    assert (row.started_at, row.finished_at, row.working_minutes, row.on_time) == (
        at("13:00"),
        None,
        None,
        None,
    )


def test_two_channels_waiting_for_a_person_at_once_wait_only_once(new_story: Any) -> None:
    story = new_story()
    story.tell(
        APPROVED_AT_ONCE
        + """
        13:00 upload.publish_facebook started
        13:00 upload.publish_facebook waiting
        13:10 upload.publish_facebook resumed
        13:10 upload.publish_facebook finished
        13:05 upload.publish_tiktok started
        13:05 upload.publish_tiktok waiting
        13:20 upload.publish_tiktok resumed
        13:20 upload.publish_tiktok finished
        """
    )
    row = steps(story)["upload"]
    assert (row.working_minutes, row.waiting_minutes) == (20, 20)


def test_events_may_arrive_in_any_order(finished_story: Story, new_story: Any) -> None:
    backwards = new_story()
    backwards.met("08:10", "09:40")
    backwards.tell("\n".join(reversed(UPLOADED.splitlines())))
    backwards.decided("setuju")
    one, other = steps(finished_story), steps(backwards)
    assert {key: row.working_minutes for key, row in one.items()} == {
        key: row.working_minutes for key, row in other.items()
    }


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_channel_can_be_the_one_that_ends_step_4(new_story: Any, channel: str) -> None:
    story = new_story(channels=[channel])
    story.tell(
        APPROVED_AT_ONCE
        + f"""
        13:00 upload.publish_{channel} started
        13:01 upload.publish_{channel} finished
        13:02 upload.capture_{channel} finished
        """
    )
    assert steps(story)["upload"].working_minutes == 2
