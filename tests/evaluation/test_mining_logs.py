"""The event logs tell what the record tells, and other people's programs read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from cycle_story import APPROVED_AT_ONCE, CHANNELS, MORNING, Story, at
from event_logs import EventLogs, export, read_with_pm4py

from builders import make_cycle
from medsos.evaluation.mining import FORMATS, files_of
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.journal import record_event
from medsos.store.models import Cycle, Link, Minutes, PlanRow, Publication, PublicationAttempt
from medsos.store.session import reading, transaction

NOVEMBER = Period.month(date(2026, 11, 1))

SECOND_ROUND = """
11:16 approval.round_1.await_decision resumed
11:16 approval.round_1.await_decision finished
11:16 approval.round_1.revise_content started
11:16 approval.round_1.revise_content waiting
11:40 approval.round_1.revise_content resumed
11:40 approval.round_1.revise_content finished
11:40 approval.round_1.render_designs started
11:45 approval.round_1.render_designs finished
11:45 approval.round_2.await_decision started
11:45 approval.round_2.await_decision waiting
12:16 approval.round_2.await_decision resumed
12:16 approval.round_2.await_decision finished
12:17 approval.conclude started
12:17 approval.conclude finished
12:20 evaluation.evaluate_cycle started
"""


@pytest.fixture
def logs(tmp_path: Path, office: Office) -> Callable[..., EventLogs]:
    """Exports November 2026; every file is judged by the rules of its format."""
    return lambda **options: export(tmp_path / "keluar", office, options.pop("period", NOVEMBER), **options)


@pytest.fixture
def revised_and_rejected(new_story: Callable[..., Story]) -> Story:
    """Sent back in the first round, rejected in the second; its meeting was that of the first cycle."""
    story = new_story("Ucapan Hari Pahlawan", channels=["web"])
    story.tell(MORNING + SECOND_ROUND)
    with transaction() as session:
        for number in (1, 2):
            session.add(
                PlanRow(cycle_id=story.cycle_id, round=number, plan={}, author="admin", made_at=at("10:40"))
            )
        session.get_one(Cycle, story.cycle_id).minutes_id = session.query(Minutes).first().id
    story.decided("revisi", "tolak", note="Warna tidak sesuai surat 243.")
    story.designed("web")
    story.designed("web", round_no=2)
    story.evaluate("12:21")
    return story


def test_a_trace_tells_the_six_steps_in_the_words_and_the_order_of_the_sop(
    logs: Callable[..., EventLogs], finished_story: Story
) -> None:
    finished_story.evaluate()
    told = logs().activities(finished_story.cycle_id)
    in_order = list(dict.fromkeys(told))
    assert in_order == [
        "Terima Permohonan",
        "Rapat Pengelolaan Medsos",
        "Catat Notula",
        "Rencanakan Materi",
        "Buat Desain",
        "Materi Disetujui",
        "Persetujuan Kasubbag",
        "Putusan",
        "Tunggu Waktu Unggah",
        "Konten Tayang",
        "Unggah ke Kanal",
        "Bukti Disimpan",
        "Ambil Tangkapan Layar",
        "Buat Tautan",
    ]
    assert told.count("Konten Tayang") == told.count("Bukti Disimpan") == len(CHANNELS)


def test_an_event_names_its_step_its_time_in_utc_and_where_it_stands_in_the_record(
    logs: Callable[..., EventLogs], finished_story: Story
) -> None:
    finished_story.evaluate()
    events = logs().traces()[str(finished_story.cycle_id)]
    asked = next(e for e in events if e["lifecycle:transition"] == "suspend" and e["step_no"] == 3)
    assert asked["concept:name"] == "Persetujuan Kasubbag"
    assert asked["concept:instance"] == "approval.round_1.await_decision"
    assert asked["step"] == "Persetujuan Kasubbag"
    assert (asked["round"], asked["org:group"]) == (1, "kota-bengkulu")
    assert asked["time:timestamp"] == at("10:46")
    assert asked["event_id"].startswith("step_events:")
    begin, end = (e for e in events if e["concept:name"] == "Rapat Pengelolaan Medsos")
    assert (begin["lifecycle:transition"], end["lifecycle:transition"]) == ("start", "complete")
    assert (begin["time:timestamp"], end["time:timestamp"]) == (at("08:10"), at("09:40"))


def test_a_revision_is_work_of_step_two_and_makes_the_designs_of_the_next_round(
    logs: Callable[..., EventLogs], finished_story: Story, revised_and_rejected: Story
) -> None:
    told = logs()
    number = revised_and_rejected.cycle_id
    revised = [e for e in told.events("Perbaiki Materi") if e["lifecycle"] == "complete"]
    assert [e["step_no"] for e in revised] == ["2"]
    assert (f"siklus:{number}/putaran:2", "merencanakan") in revised[0]["objects"]
    judged = [e for e in told.events("Persetujuan Kasubbag") if e["lifecycle"] == "complete"]
    rounds = [key for event in judged for key, how in event["objects"] if how == "menilai"]
    assert rounds == [f"siklus:{number}/putaran:1", f"siklus:{number}/putaran:2"]
    assert told.over_time(f"siklus:{number}/putaran:1", "decision") == [
        ("1970-01-01T00:00:00.000+00:00", "menunggu"),
        ("2026-11-23T04:16:00.000+00:00", "revisi"),
    ]
    assert [e["note"] for e in told.events("Materi Ditolak")] == ["Warna tidak sesuai surat 243."]
    assert told.over_time(f"siklus:{number}", "status")[-1] == ("2026-11-23T05:21:00.000+00:00", "ditolak")


def test_a_shared_meeting_is_one_event_of_ocel_with_all_its_cycles_and_stands_in_each_trace(
    logs: Callable[..., EventLogs], finished_story: Story, revised_and_rejected: Story
) -> None:
    finished_story.evaluate()
    told = logs()
    met = told.events("Rapat Pengelolaan Medsos")
    assert [event["lifecycle"] for event in met] == ["start", "complete"]
    both = [(f"siklus:{story.cycle_id}", "siklus") for story in (finished_story, revised_and_rejected)]
    assert met[0]["objects"] == [("rapat:1", "rapat"), *both]
    used = {
        dict(map(reversed, event["objects"]))["siklus"]: [
            how for key, how in event["objects"] if key == "rapat:1"
        ]
        for event in told.events("Catat Notula")
    }
    assert used == {both[0][0]: ["mencatat"], both[1][0]: ["memakai"]}
    assert told.activities(revised_and_rejected.cycle_id)[1] == "Rapat Pengelolaan Medsos"


@pytest.fixture
def troubled(new_story: Callable[..., Story]) -> Story:
    """Facebook refused, then taken after a new token; Instagram failed for good; X uploaded by hand."""
    story = new_story("Sosialisasi Tahapan", channels=["facebook", "instagram", "x"])
    story.met("08:10", "09:40")
    story.tell(
        APPROVED_AT_ONCE
        + """
13:00 upload.publish_facebook started
13:00 upload.publish_facebook failed
13:00 upload.publish_instagram started
13:01 upload.publish_instagram failed
13:01 upload.publish_x started
13:01 upload.publish_x waiting
13:20 upload.publish_facebook started
13:21 upload.publish_facebook finished
13:50 evaluation.evaluate_cycle started
"""
    )
    story.decided("setuju")
    story.published("facebook", "13:20:30")
    story.published("instagram", "13:00:10", state="rejected")
    story.published("x", "13:31", proof="manual")
    with transaction() as session:
        of_channel = {row.channel: row for row in session.query(Publication)}
        of_channel["x"].mode = "manual"
        of_channel["facebook"].created_at = at("13:00:05")
        session.query(PublicationAttempt).where(
            PublicationAttempt.publication_id == of_channel["facebook"].id
        ).update({"started_at": at("13:00:05"), "finished_at": at("13:00:40"), "state_after": "rejected"})
        for event, moment in (("resumed", "13:31"), ("finished", "13:31:05")):
            record_event(
                session,
                cycle_id=story.cycle_id,
                task_id="upload.publish_x",
                event=event,  # type: ignore[arg-type]
                at=at(moment),
                channel="x",
                actor="admin" if event == "resumed" else "",
            )
    story.evaluate("13:51")
    return story


def test_what_became_of_each_channel_is_told_with_its_time_and_who_did_it(
    logs: Callable[..., EventLogs], troubled: Story
) -> None:
    told = logs()
    up = {event["channel"]: event for event in told.events("Konten Tayang")}
    assert {channel: event["time"][11:19] for channel, event in up.items()} == {
        "facebook": "06:20:30",
        "x": "06:31:00",
    }
    assert (up["facebook"]["mode"], up["facebook"]["resource"]) == ("api", "sistem")
    assert (up["x"]["mode"], up["x"]["resource"]) == ("manual", "admin")
    refused = told.events("Unggahan Ditolak Kanal")
    assert [(event["channel"], event["time"][11:19]) for event in refused] == [
        ("instagram", "06:00:10"),
        ("facebook", "06:00:40"),
    ]
    key = next(key for key, how in up["facebook"]["objects"] if how == "unggahan")
    assert told.over_time(key, "state") == [
        ("1970-01-01T00:00:00.000+00:00", "new"),
        ("2026-11-23T06:00:40.000+00:00", "rejected"),
        ("2026-11-23T06:20:30.000+00:00", "published"),
    ]
    failed = told.activities(troubled.cycle_id, transition="ate_abort")
    assert failed == ["Unggah ke Kanal", "Unggah ke Kanal"]
    by_hand = [event for event in told.events("Bukti Disimpan") if event["kind"] == "manual"]
    assert [event["resource"] for event in by_hand] == ["admin"]


def test_links_lead_to_their_cycle(logs: Callable[..., EventLogs], finished_story: Story) -> None:
    with transaction() as session:
        session.add(
            Link(
                cycle_id=finished_story.cycle_id,
                kind="permalink",
                channel="web",
                address="https://web.example/1",
                made_at=at("13:12"),
            )
        )
    finished_story.evaluate()
    told = logs()
    (link,) = told.events("Tautan Dicatat")
    assert ("tautan:1", "tautan") in link["objects"]
    assert told.object("tautan:1")["relationships"] == [
        {"objectId": f"siklus:{finished_story.cycle_id}", "qualifier": "bagian dari"}
    ]
    assert told.activities(finished_story.cycle_id)[-2:] == ["Tautan Dicatat", "Buat Tautan"]


def test_what_happened_in_one_instant_follows_the_procedure(
    logs: Callable[..., EventLogs], new_story: Callable[..., Story]
) -> None:
    story = new_story(channels=["web"])
    tasks = ["evaluation.evaluate_cycle", "approval.round_1.await_decision", "design.plan_content"]
    story.tell("".join(f"09:00 {task} finished\n09:00 {task} started\n" for task in tasks))
    story.evaluate("09:00")
    events = logs().traces()[str(story.cycle_id)]
    assert [(e["concept:name"], e["lifecycle:transition"]) for e in events] == [
        ("Rencanakan Materi", "start"),
        ("Rencanakan Materi", "complete"),
        ("Persetujuan Kasubbag", "start"),
        ("Persetujuan Kasubbag", "complete"),
        ("Evaluasi dan Laporan", "start"),
        ("Evaluasi dan Laporan", "complete"),
    ]


def test_a_task_that_the_table_does_not_know_is_told_all_the_same(
    logs: Callable[..., EventLogs], new_story: Callable[..., Story]
) -> None:
    story = new_story(channels=["web"])
    story.tell("09:00 upload.ask_the_moon started\n09:01 upload.ask_the_moon finished")
    story.evaluate("09:02")
    (begin, _) = logs().events("Tugas Lain")
    assert (begin["task_id"], begin["step_no"]) == ("upload.ask_the_moon", "4")


def test_a_cycle_belongs_to_the_month_in_which_it_was_completed_in_its_office(
    logs: Callable[..., EventLogs], new_story: Callable[..., Story], office: Office
) -> None:
    late, early, running = new_story("Terlambat"), new_story("Tepat"), new_story("Berjalan")
    elsewhere = make_cycle(office="kota-lain", completed_at=at("12:00"), status="selesai")
    for story in (late, early, running):
        story.tell("09:00 accept_request started")
    # 30 November ends in Bengkulu at 17.00 UTC.
    with transaction() as session:
        session.get_one(Cycle, early.cycle_id).completed_at = at("00:00", days=8) - timedelta(seconds=1)
        session.get_one(Cycle, late.cycle_id).completed_at = at("00:00", days=8)
    assert list(logs().traces()) == [str(early.cycle_id)]
    assert list(logs(period=Period.month(date(2026, 12, 1))).traces()) == [str(late.cycle_id)]
    assert str(elsewhere) not in logs(period=Period.half_year(2026, 2)).traces()


def test_a_period_without_cycles_gives_two_valid_logs_of_nothing(
    logs: Callable[..., EventLogs], home: Path
) -> None:
    told = logs()
    assert (told.ocel["events"], told.ocel["objects"], told.traces()) == ([], [], {})


def test_the_same_record_gives_the_same_bytes(
    tmp_path: Path, office: Office, finished_story: Story, revised_and_rejected: Story, troubled: Story
) -> None:
    finished_story.evaluate()
    once, again = (export(tmp_path / name, office, NOVEMBER) for name in ("satu", "dua"))
    assert once.ocel_path.read_bytes() == again.ocel_path.read_bytes()
    assert once.xes_path.read_bytes() == again.xes_path.read_bytes()


def test_files_are_named_after_office_and_period(home: Path, office: Office) -> None:
    with reading() as session:
        files = list(files_of(session, offices=[office], period=NOVEMBER))
        both = [office, office.model_copy(update={"slug": "kota-lain"})]
        (joined,) = files_of(session, offices=both, period=Period.half_year(2026, 2), formats=["xes"])
    assert [file.name for file in files] == [
        "proses-kota-bengkulu-2026-11.jsonocel",
        "proses-kota-bengkulu-2026-11.xes",
    ]
    assert joined.name == "proses-gabungan-2026-semester-2.xes"
    assert [file.format for file in files] == list(FORMATS)


def test_pm4py_reads_both_and_discovers_where_the_process_begins(
    logs: Callable[..., EventLogs], finished_story: Story, revised_and_rejected: Story, troubled: Story
) -> None:
    finished_story.evaluate()
    told = logs()
    found = read_with_pm4py(told)

    ocel, xes = found["ocel"], found["xes"]
    assert ocel["events"] == len(told.ocel["events"])
    assert ocel["relations"] == sum(len(event["relationships"]) for event in told.ocel["events"])
    assert ocel["objects"] == len(told.ocel["objects"])
    assert ocel["object_types"] == ["Bukti", "Pejabat", "Putaran Desain", "Rapat", "Siklus", "Unggahan"]
    assert ocel["rounds"] == [1, 2]
    assert {"pelaksana", "menilai", "mencatat", "memakai"} <= set(ocel["qualifiers"])
    assert {"dibahas dalam", "membuktikan", "bagian dari"} <= set(ocel["object_relations"])
    assert [f"siklus:{finished_story.cycle_id}", "status"] in ocel["changes"]

    assert xes["cases"] == 3
    assert xes["events"] == sum(len(events) for events in told.traces().values())
    assert xes["time_zone"] == "UTC"
    assert xes["titles"] == ["Simulasi Pemungutan Suara", "Sosialisasi Tahapan", "Ucapan Hari Pahlawan"]
    # The cycle that shares a meeting began on the same morning: all three begin with the request.
    assert xes["first"] == ocel["first"] == {"Terima Permohonan": 3}
    assert ["Revisi Diminta", "Persetujuan Kasubbag", 1] in xes["edges"]
    assert ["Persetujuan Kasubbag", "Perbaiki Materi", 1] in xes["edges"]
