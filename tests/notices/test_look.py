"""A watch over waiting forms tells the right people the right things, each once, whatever dies meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from waiting_cycle import WIB, Watched, event, notices, waiting_cycle, watched, wib

from medsos.approval.decisions import record_decision
from medsos.errors import NoticeError
from medsos.offices.model import NoticeRules
from medsos.store.answering import store_answer
from medsos.store.models import AuditEntry, Cycle, Delegation
from medsos.store.session import transaction


@pytest.fixture
def watch(home: Path) -> Watched:
    return watched(home)


def test_a_weekend_and_a_holiday_bring_exactly_three_messages(watch: Watched) -> None:
    waiting_cycle("2026-12-23 14:00")
    for day in range(23, 32):
        for minute in range(0, 24 * 60, 15):
            watch.look(f"2026-12-{day} {minute // 60:02}:{minute % 60:02}")
    assert [(sent.to, f"{sent.at.astimezone(WIB):%d %H:%M}") for sent in watch.way.sent] == [
        ("kasubbag@kpu.example", "23 15:30"),
        ("kasubbag@kpu.example", "28 08:30"),
        ("sekretaris@kpu.example", "28 11:30"),
    ]
    assert [subject.split(" · ")[0] for subject in watch.way.subjects] == [
        "Pengingat: Persetujuan putaran 1 menunggu",
        "Pengingat: Persetujuan putaran 1 sudah mencapai target",
        "Eskalasi: Persetujuan putaran 1 belum dijawab",
    ]


def test_the_message_names_form_time_and_link_and_holds_no_surprise(watch: Watched) -> None:
    waiting_cycle("2026-11-23 07:30", title="Pleno <script>alert(1)</script> {{ 7*7 }}\nBcc: x@y.z")
    watch.look("2026-11-23 11:00")
    message = watch.way.sent[-1].message
    assert "http://kantor.example/medsos/persetujuan/1/1" in message.plain
    assert 'href="http://kantor.example/medsos/persetujuan/1/1"' in message.html
    assert "3 jam 30 menit dari target 3 jam" in message.plain
    assert "Senin, 23 November 2026 pukul 07.30 WIB" in message.plain
    assert "<script>" not in message.html
    assert "{{ 7*7 }}" in message.plain
    assert "\n" not in message.subject


def test_an_answered_form_brings_no_more(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.look("2026-11-23 09:00")
    event(cycle_id, "resumed", "2026-11-23 09:10")
    for hour in range(10, 16):
        watch.look(f"2026-11-23 {hour}:00")
    assert len(watch.way.sent) == 1


def test_a_decided_round_brings_no_more_even_before_its_task_knows(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    with transaction() as session:
        record_decision(
            session, cycle_id=cycle_id, round_no=1, seal="a" * 64, decision="setuju", by="kasubbag",
            at=wib("2026-11-23 08:00"), note="", zone=WIB,
        )  # fmt: skip
    watch.look("2026-11-23 15:00")
    assert notices(cycle_id) == []


def test_an_answer_that_airflow_has_not_heard_of_ends_the_reminders(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30", task_id="design.plan_content")
    with transaction() as session:
        store_answer(
            session, cycle_id=cycle_id, task_id="design.plan_content", round_no=0, option="Simpan rencana",
            values={}, by="admin", at=wib("2026-11-23 07:40"),
        )  # fmt: skip
    watch.look("2026-11-23 15:00")
    assert notices(cycle_id) == []


@pytest.mark.parametrize("status", ["selesai", "ditolak", "tidak_lengkap"])
def test_a_cycle_that_is_over_brings_nothing(watch: Watched, status: str) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30", status=status)
    watch.look("2026-11-23 15:00")
    assert notices(cycle_id) == []


def test_a_new_round_starts_its_own_count(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.look("2026-11-23 09:00")
    event(cycle_id, "resumed", "2026-11-23 09:30")
    event(cycle_id, "finished", "2026-11-23 09:30")
    event(cycle_id, "waiting", "2026-11-23 10:00", "approval.round_2.await_decision", for_people=["kasubbag"])
    watch.look("2026-11-23 11:00")
    assert len(watch.way.sent) == 1
    watch.look("2026-11-23 11:30")
    assert "Persetujuan putaran 2" in watch.way.subjects[-1]


def test_a_form_that_is_only_shown_again_keeps_its_count(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.look("2026-11-23 09:00")
    event(cycle_id, "waiting", "2026-11-23 09:05", for_people=["kasubbag"])
    watch.look("2026-11-23 09:10")
    watch.look("2026-11-23 10:30")
    assert [notice.threshold for notice in notices(cycle_id)] == ["50", "100"]
    assert len(watch.way.sent) == 2


def test_a_wait_for_a_time_or_a_platform_calls_nobody(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30", "meeting.record_minutes", ("admin",))
    event(cycle_id, "resumed", "2026-11-23 07:31", "meeting.record_minutes")
    event(cycle_id, "waiting", "2026-11-23 07:40", "upload.wait_until_scheduled")
    watch.look("2026-11-23 15:00")
    assert watch.way.sent == []


def test_forms_of_the_other_steps_go_to_those_whom_they_were_made_for(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30", "upload.publish_web", ("admin",))
    watch.look("2026-11-23 07:38")
    assert [sent.to for sent in watch.way.sent] == ["admin@kpu.example"]
    assert f"/medsos/unggahan/{cycle_id}/web" in watch.way.sent[0].message.plain
    assert "Unggahan di Website" in watch.way.subjects[0]


def test_the_delegate_of_today_is_told_and_who_made_the_content_is_not(watch: Watched) -> None:
    waiting_cycle("2026-11-23 07:30", requester="kasubbag")
    today = wib("2026-11-23").date()
    with transaction() as session:
        session.add(
            Delegation(
                office="kota-bengkulu", role="kasubbag", kind="plh", principal="kasubbag", username="analis",
                airflow_user_id="analis", name="Analis", letter_number="1", letter_date=today,
                valid_from=today, valid_until=today,
                recorded_at=wib("2026-11-20"),
            )
        )  # fmt: skip
    watch.look("2026-11-23 09:00")
    assert [sent.to for sent in watch.way.sent] == ["analis@kpu.example"]


def test_where_nobody_is_entitled_the_sekretaris_is_told_at_once(watch: Watched) -> None:
    waiting_cycle("2026-11-23 07:30", people=(), requester="kasubbag")
    watch.look("2026-11-23 09:00")
    assert [sent.to for sent in watch.way.sent] == ["sekretaris@kpu.example"]
    assert "belum ada pejabat yang berhak" in watch.way.sent[0].message.plain


def test_a_person_without_an_address_is_noted_and_nothing_crashes(watch: Watched) -> None:
    people = [
        p.model_copy(update={"email": None}) if p.username == "kasubbag" else p for p in watch.office.people
    ]
    watch.office = watch.office.model_copy(update={"people": people})
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.look("2026-11-23 09:00")
    (notice,) = notices(cycle_id)
    assert (notice.state, notice.recipient) == ("no_way", "kasubbag")
    assert "office.yaml" in notice.problem
    watch.look("2026-11-23 09:03")
    assert len(notices(cycle_id)) == 1


def test_without_any_way_notices_are_recorded_and_nothing_fails(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.clock.now = wib("2026-11-23 15:00")
    looker = watch.looker()
    object.__setattr__(looker, "ways", {})
    looker.look()
    assert {notice.state for notice in notices(cycle_id) if notice.threshold != "50"} == {"no_way"}
    assert all("Connection" in notice.problem for notice in notices(cycle_id) if notice.state == "no_way")


def test_a_channel_that_is_down_is_tried_again_with_growing_waits_until_it_works(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    tried = []
    for minute in range(0, 60, 1):
        before = notices(cycle_id)[0].tries if notices(cycle_id) else 0
        watch.look(f"2026-11-23 09:{minute:02}")
        if notices(cycle_id)[0].tries > before:
            tried.append(minute)
    assert tried == [0, 2, 7, 17, 37]
    assert notices(cycle_id)[0].problem == "Server surat tidak dapat dipakai."
    watch.way.fails = None
    watch.look("2026-11-23 10:10")
    (notice,) = notices(cycle_id)
    assert (notice.state, notice.problem, len(watch.way.sent)) == ("sent", "", 1)


def test_a_try_that_failed_in_the_evening_is_repeated_in_the_morning(watch: Watched) -> None:
    waiting_cycle("2026-11-23 14:28")
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    watch.look("2026-11-23 15:58")
    watch.way.fails = None
    for at in ("2026-11-23 16:10", "2026-11-23 23:00", "2026-11-24 07:00"):
        watch.look(at)
    assert watch.way.sent == []
    watch.look("2026-11-24 07:30")
    assert len(watch.way.sent) == 1


def test_a_channel_that_stays_down_is_given_up_with_a_note(home: Path) -> None:
    watch = watched(home, NoticeRules(reminders=[50], escalation=None, give_up_after_minutes=60))
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    for minute in range(0, 180, 3):
        watch.look(f"2026-11-23 {9 + minute // 60:02}:{minute % 60:02}")
    (notice,) = notices(cycle_id)
    assert (notice.state, notice.tries) == ("given_up", 6)
    assert notice.problem == "Server surat tidak dapat dipakai."


def test_an_address_that_does_not_exist_is_not_tried_again(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.fails = NoticeError("Server surat menolak (kode 550).", for_good=True)
    watch.look("2026-11-23 09:00")
    assert notices(cycle_id)[0].state == "given_up"


def test_a_failed_notice_is_dropped_once_the_form_is_answered(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.fails = NoticeError("Server surat tidak dapat dipakai.")
    watch.look("2026-11-23 09:00")
    event(cycle_id, "resumed", "2026-11-23 09:01")
    watch.way.fails = None
    watch.look("2026-11-23 09:10")
    assert notices(cycle_id)[0].state == "dropped"
    assert watch.way.sent == []


def test_a_task_killed_before_the_message_goes_out_is_made_up_for(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.dies_before = True
    with pytest.raises(KeyboardInterrupt):
        watch.look("2026-11-23 09:00")
    watch.way.dies_before = False
    watch.look("2026-11-23 09:01")
    assert watch.way.sent == []
    watch.look("2026-11-23 09:06")
    assert len(watch.way.sent) == 1
    assert notices(cycle_id)[0].state == "sent"


def test_a_task_killed_while_the_message_goes_out_sends_no_second_one(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.dies_after = True
    with pytest.raises(KeyboardInterrupt):
        watch.look("2026-11-23 09:00")
    watch.way.dies_after = False
    for minute in (1, 6, 30, 59):
        watch.look(f"2026-11-23 09:{minute:02}")
    assert len(watch.way.sent) == 1
    (notice,) = notices(cycle_id)
    assert notice.state == "unknown"
    assert "Mungkin sudah terkirim" in notice.problem


def test_a_watch_that_was_too_slow_leaves_the_message_to_the_one_that_took_over(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")

    def meanwhile() -> None:
        watch.way.slow = lambda: None
        watch.look("2026-11-23 09:05")

    watch.way.slow = meanwhile
    watch.look("2026-11-23 09:00")
    assert len(watch.way.sent) == 1
    assert [(notice.state, notice.tries) for notice in notices(cycle_id)] == [("sent", 1)]


def test_a_lost_answer_of_the_server_is_not_repeated(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.way.fails = NoticeError("Sambungan terputus saat mengirim.", perhaps_sent=True)
    watch.look("2026-11-23 09:00")
    watch.way.fails = None
    watch.look("2026-11-23 09:30")
    assert notices(cycle_id)[0].state == "unknown"
    assert watch.way.sent == []


def test_two_schedulers_at_once_send_each_message_once(watch: Watched) -> None:
    cycles = [waiting_cycle("2026-11-23 07:30") for _ in range(5)]
    watch.clock.now = wib("2026-11-23 15:00")
    barrier = threading.Barrier(2)
    errors: list[BaseException] = []

    def run() -> None:
        try:
            looker = watch.looker()
            barrier.wait()
            looker.look()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    ids = [sent.message.id for sent in watch.way.sent]
    assert len(ids) == len(set(ids)) == 2 * len(cycles)


def test_a_kahar_cycle_is_called_to_mind_on_a_sunday_night(watch: Watched) -> None:
    waiting_cycle("2026-11-22 20:00", kahar=True, kahar_reason="Gempa")
    watch.look("2026-11-22 21:30")
    assert len(watch.way.sent) == 1
    assert "KAHAR" in watch.way.sent[0].message.plain


def test_every_notice_leaves_a_row_in_the_audit_trail(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30")
    watch.look("2026-11-23 09:00")
    with transaction() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.cycle_id == cycle_id)).all()
    assert [(row.action, row.after["to"], row.after["threshold"]) for row in rows] == [
        ("notice.sent", "kasubbag", "50")
    ]


def test_an_error_of_our_own_in_one_notice_does_not_keep_back_the_others(
    watch: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = waiting_cycle("2026-11-23 07:30"), waiting_cycle("2026-11-23 07:31")
    looker_of = watch.looker

    def picture(cycle_id: int) -> bytes | None:
        if cycle_id == bad:
            raise ZeroDivisionError
        return None

    def looker() -> object:
        made = looker_of()
        object.__setattr__(made, "picture_of", picture)
        return made

    monkeypatch.setattr(watch, "looker", looker)
    watch.look("2026-11-23 09:05")
    assert notices(bad)[0].state == "failed"
    assert notices(good)[0].state == "sent"


def test_cycles_of_other_offices_are_left_to_their_own_watch(watch: Watched) -> None:
    cycle_id = waiting_cycle("2026-11-23 07:30", office="kota-lain")
    watch.look("2026-11-23 15:00")
    assert notices(cycle_id) == []
    with transaction() as session:
        assert session.get_one(Cycle, cycle_id).status == "berjalan"
