"""What an analyst reads in the tables is what happened, however often it is computed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from cycle_story import APPROVED_AT_ONCE, CHANNELS, DAY, MORNING, UPLOADED, Story, at
from sqlalchemy import delete, select

from builders import publication_row
from medsos.evaluation.period import Period
from medsos.evaluation.recap import monthly_recap
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import evaluate_period
from medsos.settings import load_settings
from medsos.store.models import AuditEntry, ChannelResult, Cycle, CycleScorecard, MonthlyRecap, StepDuration
from medsos.store.session import transaction

TABLES = (StepDuration, ChannelResult, CycleScorecard)


def everything() -> list[tuple[object, ...]]:
    with transaction() as session:
        return sorted(
            (table.__tablename__, *(getattr(row, column.name) for column in table.__table__.columns))
            for table in TABLES
            for row in session.scalars(select(table))
        )


def test_the_scorecard_of_a_finished_cycle(finished_story: Story) -> None:
    card = finished_story.evaluate().scorecard
    assert (card.status, card.rounds, card.approved_by) == ("selesai", 1, "kasubbag")
    assert (card.steps_on_time, card.steps_total) == (6, 6)
    assert (card.channels_published, card.channels_total, card.evidence_complete) == (5, 5, True)
    assert (card.working_minutes, card.target_minutes) == (90 + 45 + 30 + 7 + 2 + 1, 520)
    assert card.completed_at == at("13:14")
    with transaction() as session:
        assert session.get_one(Cycle, finished_story.cycle_id).status == "selesai"


def test_evaluating_twice_gives_the_same_rows(finished_story: Story) -> None:
    finished_story.evaluate()
    finished_story.tell("13:14 evaluation.evaluate_cycle finished")
    first = everything()
    finished_story.evaluate("18:00")
    assert everything() == first
    assert len(first) == 6 + 5 + 1


def test_a_late_event_corrects_the_rows(finished_story: Story) -> None:
    finished_story.evaluate()
    finished_story.tell("13:05 upload.publish_web waiting\n13:06 upload.publish_web resumed")
    rows = {row.step_key: row for row in finished_story.evaluate().steps}
    assert rows["upload"].waiting_minutes == 1


def test_each_channel_has_its_row_with_proof_and_seconds(finished_story: Story) -> None:
    rows = {row.channel: row for row in finished_story.evaluate().channels}
    assert list(rows) == CHANNELS
    facebook = rows["facebook"]
    assert (facebook.state, facebook.mode, facebook.attempts) == ("published", "api", 1)
    assert facebook.permalink == "https://facebook.example/kpukotabengkulu/posts/1"
    assert (facebook.evidence_kind, len(facebook.evidence_sha256 or "")) == ("screenshot", 64)
    assert facebook.upload_seconds == 60  # 13:01–13:02


def test_a_failed_channel_leaves_the_cycle_incomplete(new_story: Any) -> None:
    story = new_story(channels=["web", "facebook", "tiktok"])
    story.tell(UPLOADED)
    story.decided("setuju")
    story.published("web", "13:01")
    story.published("facebook", "13:02", state="rejected")
    evaluation = story.evaluate()
    assert {row.channel: row.state for row in evaluation.channels} == {
        "web": "published",
        "facebook": "rejected",
        "tiktok": "tidak_diunggah",
    }
    card = evaluation.scorecard
    assert (card.status, card.channels_published, card.channels_total) == ("tidak_lengkap", 1, 3)


def test_only_chosen_channels_count(new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.tell(APPROVED_AT_ONCE)
    story.decided("setuju")
    story.published("web", "13:01")
    card = story.evaluate().scorecard
    assert (card.status, card.channels_published, card.channels_total) == ("selesai", 1, 1)


@pytest.mark.parametrize(
    ("proof", "status"), [("manual", "selesai"), ("read_back", "tidak_lengkap"), (None, "tidak_lengkap")]
)
def test_an_upload_without_a_picture_of_it_is_not_complete(
    new_story: Any, proof: str | None, status: str
) -> None:
    story = new_story(channels=["web"])
    story.decided("setuju")
    story.published("web", "13:01", proof=proof)
    card = story.evaluate().scorecard
    assert (card.status, card.evidence_complete) == (status, status == "selesai")


def test_a_post_that_is_up_counts_even_if_a_later_seal_failed(new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.decided("setuju")
    story.published("web", "13:01")
    with transaction() as session:
        session.add(
            publication_row(story.cycle_id, "web", seal="b" * 64, state="rejected", created_at=at("14:00"))
        )
    assert story.evaluate().scorecard.status == "selesai"


def test_a_rejected_cycle_is_evaluated_as_such(new_story: Any) -> None:
    story = new_story()
    story.met("08:10", "09:40")
    story.tell(
        MORNING + "11:00 approval.round_1.await_decision resumed\n11:01 evaluation.evaluate_cycle started"
    )
    story.decided("revisi", "tolak")
    evaluation = story.evaluate("11:02")
    card = evaluation.scorecard
    assert (card.status, card.approved_by, card.rounds) == ("ditolak", None, 2)
    assert (card.channels_published, card.channels_total, card.evidence_complete) == (0, 5, False)
    assert (card.steps_on_time, card.steps_total) == (4, 4)  # steps 4 and 5 were not carried out


def test_kahar_is_carried_into_every_row(new_story: Any) -> None:
    story = new_story(kahar_reason="Banjir")
    story.tell(APPROVED_AT_ONCE)
    evaluation = story.evaluate()
    assert evaluation.scorecard.kahar
    assert all(row.kahar for row in evaluation.steps)


def test_the_month_shows_median_ninetieth_percentile_and_share_on_time(new_story: Any) -> None:
    for decided_at in ("10:56", "11:06", "11:16", "15:46"):  # 10, 20, 30 and 240 minutes
        story = new_story(channels=["web"])
        story.tell(MORNING + f"{decided_at} approval.round_1.await_decision resumed")
        story.decided("setuju")
        story.evaluate("16:00")
    rows = recap(story, date(2026, 11, 23))
    approval = rows[3]
    assert (approval.cycles, approval.on_time_rate, approval.target_minutes) == (4, 0.75, 180)
    assert (approval.median_minutes, approval.max_minutes) == (25, 240)
    assert approval.p90_minutes == pytest.approx(30 + 0.7 * 210)
    assert (rows[1].cycles, rows[1].on_time_rate, rows[1].median_minutes) == (0, None, None)


def test_a_shared_meeting_does_not_dilute_the_month(finished_story: Story, new_story: Any) -> None:
    finished_story.evaluate()
    follower = new_story()
    follower.met("08:10", "09:40", written_in=finished_story.cycle_id)
    follower.evaluate()
    meeting = recap(follower, date(2026, 11, 1))[1]
    assert (meeting.cycles, meeting.median_minutes) == (1, 90)


def test_the_month_is_the_office_s_own_and_repeating_changes_nothing(finished_story: Story) -> None:
    # 1 December 06:00 in Bengkulu is still November in UTC.
    finished_story.evaluate("06:00", days=8)
    assert recap(finished_story, date(2026, 11, 1))[5].cycles == 0
    first = recap(finished_story, date(2026, 12, 1))
    assert first[5].cycles == 1
    assert recap(finished_story, date(2026, 12, 1))[5].median_minutes == first[5].median_minutes
    with transaction() as session:
        assert session.query(MonthlyRecap).count() == 12


def test_a_period_recaps_each_of_its_months_as_alone(new_story: Any) -> None:
    # 1 December 06:00 in Bengkulu is still November in UTC.
    for number, (clock_time, day) in enumerate([("16:00", 0), ("23:00", 7), ("06:00", 8), ("16:00", 40)]):
        story = new_story(channels=["web"])
        story.tell(MORNING + f"{10 + number}:56 approval.round_1.await_decision resumed")
        story.decided("setuju")
        story.evaluate(clock_time, days=day)
    for month in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)):
        recap(story, month)
    alone = recap_table()
    with transaction() as session:
        session.execute(delete(MonthlyRecap))
        period = Period(date(2026, 11, 20), date(2027, 1, 3))
        rows = monthly_recap(session, office=story.office.slug, period=period, rules=Rules())
    assert recap_table() == alone
    assert len(rows) == len(alone) == 18
    assert [row["cycles"] for row in alone if row["step_no"] == 3] == [2, 1, 1]


def recap_table() -> list[dict[str, Any]]:
    """Every row of the recap."""
    query = select(MonthlyRecap.__table__).order_by(MonthlyRecap.month, MonthlyRecap.step_no)
    with transaction() as session:
        return [dict(row) for row in session.execute(query).mappings()]


def recap(story: Story, month: date) -> dict[int, MonthlyRecap]:
    """The rows of a month as they stand in the table."""
    with transaction() as session:
        monthly_recap(session, office=story.office.slug, period=Period.month(month), rules=Rules())
    with transaction() as session:
        rows = session.scalars(select(MonthlyRecap).where(MonthlyRecap.month == month.replace(day=1)))
        return {row.step_no: row for row in rows}


def corrections() -> list[AuditEntry]:
    with transaction() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation.corrected")))


def test_evaluating_for_the_first_time_or_again_is_no_correction(finished_story: Story) -> None:
    assert finished_story.evaluate().evaluated.corrections == ()
    finished_story.tell("13:14 evaluation.evaluate_cycle finished")
    assert finished_story.evaluate("18:00").evaluated.corrections == ()
    assert corrections() == []


def test_a_corrected_row_keeps_what_it_was_in_the_audit(finished_story: Story) -> None:
    finished_story.evaluate()
    finished_story.tell("13:14 evaluation.evaluate_cycle finished")
    finished_story.tell("13:05 upload.publish_web waiting\n13:06 upload.publish_web resumed")
    finished_story.evaluate("18:00")
    [entry] = corrections()
    assert entry.before == {"step_durations 4": {"waiting_minutes": 0.0}}
    assert entry.after == {"step_durations 4": {"waiting_minutes": 1.0}}
    assert (entry.cycle_id, entry.subject) == (finished_story.cycle_id, "Simulasi Pemungutan Suara")


def test_a_channel_that_is_no_longer_asked_for_leaves_the_tables_and_stays_in_the_audit(
    finished_story: Story,
) -> None:
    finished_story.evaluate()
    with transaction() as session:
        cycle = session.get_one(Cycle, finished_story.cycle_id)
        cycle.request = {**cycle.request, "channels": ["web"]}
    rows = finished_story.evaluate()
    assert [row.channel for row in rows.channels] == ["web"]
    [entry] = corrections()
    assert entry.before["channel_results tiktok"]["state"] == "published"
    assert entry.after["channel_results tiktok"] == {}
    assert entry.after["cycle_scorecards"] == {"channels_published": 1, "channels_total": 1}


def test_only_the_cycles_concerned_are_corrected(finished_story: Story, new_story: Any) -> None:
    finished_story.evaluate()
    other = new_story(channels=["web"])
    other.met("08:10", "09:40")
    other.tell(UPLOADED)
    other.evaluate()
    other.tell("13:05 upload.publish_web waiting\n13:06 upload.publish_web resumed")
    november = Period.month(date(2026, 11, 1))
    evaluated = evaluate_period(november, offices=["kota-bengkulu"], rules=Rules(), now=at("18:00"))
    assert evaluated.cycles == 2
    assert [(one.cycle_id, one.row) for one in evaluated.corrections] == [
        (other.cycle_id, "step_durations 4")
    ]


def test_a_day_off_decreed_later_corrects_the_minutes(
    finished_story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished_story.tell("13:14 evaluation.evaluate_cycle finished")
    finished_story.evaluate()
    data = tmp_path / "data"
    shutil.copytree(load_settings().data_dir / "offices", data / "offices")
    shutil.copytree(load_settings().data_dir / "sop", data / "sop")
    decree = {"holidays": {"added": [{"date": DAY.date(), "name": "Cuti bersama"}]}}
    (data / "offices" / "kota-bengkulu" / "hours.yaml").write_text(yaml.safe_dump(decree))
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(data))
    rows = finished_story.evaluate("18:00")
    assert [row.working_minutes for row in rows.steps] == [0] * 6
    assert [row.elapsed_minutes for row in rows.steps] == [90, 45, 30, 7, 2, 1]
    [entry] = corrections()
    assert entry.before["step_durations 1"] == {"working_minutes": 90, "deviation_minutes": -30}
