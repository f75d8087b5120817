"""Every way around the approval on a real Airflow: nothing becomes visible, and the trail says why.

All attempts share one installation each; every attempt has a cycle of its own. One honest cycle shows that
publishing works there at all.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta

import pytest
from office_at_work import AWAIT, OfficeAtWork
from places import Place
from sqlalchemy import select, update

from driver import DAG_ID
from medsos.clock import utc_now
from medsos.store.models import Approval, Cycle, Delegation, Design, Official
from medsos.store.session import reading, transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

HONEST = "Siklus yang jujur"
DELEGATE = "Pelaksana harian yang masanya berakhir"
FILE, CAPTION, CHANNELS = "Berkas desain diganti", "Keterangan diganti", "Daftar kanal diganti"
TAMPERED = (FILE, CAPTION, CHANNELS)
MARKED = "Tugas ditandai berhasil"
FORGED = "Isian pemicu dipalsukan"
STRANGERS = "Dijawab orang lain"
TWICE = "Dijawab dua kali"
REPLAYED = "Jawaban lama diputar ulang"
BY_HAND = "Baris persetujuan ditulis tangan"
HISTORY = "asset_event,dag_run,job,log,task_instance,task_instance_history,task_reschedule,trigger,xcom"
"""Airflow's tables of what has happened, as docs/operations.md names them."""
EXPECTED = (
    "cycle.opened", "minutes.recorded", "plan.stored", "designs.rendered", "approval.decided",
    "publication.moved", "evidence.kept", "manifest.written", "links.built", "cycle.evaluated",
)  # fmt: skip
"""Of what the trail of a cycle tells, in this order."""
LATER = timedelta(seconds=240)
"""When the uploads that are tampered with are due: long enough after their approval."""


@pytest.fixture(scope="module")
def office(place: Place) -> OfficeAtWork:
    """All cycles under way; those to be tampered with are approved and wait for their hour."""
    work = OfficeAtWork(place)
    delegation = delegate_to_the_secretary(place)
    work.start(DELEGATE)
    due = utc_now() + LATER
    for title in (*TAMPERED, HONEST):
        work.start(title, upload_at=due if title in TAMPERED else None)
    work.form(DELEGATE)
    with transaction(place.database_url) as session:
        session.execute(
            update(Delegation)
            .where(Delegation.id == delegation)
            .values(valid_until=utc_now().date() - timedelta(days=2))
        )
    for title in (MARKED, STRANGERS, TWICE, REPLAYED, BY_HAND):
        work.start(title)
    for title in (*TAMPERED, HONEST):
        assert work.answer("kasubbag", work.form(title), "Setuju") == 200
    for title in TAMPERED:
        work.until(lambda title=title: work.decision(title), f"{title} is approved")
    assert utc_now() < due, "too slow: the hour of the upload has come"
    tamper(place, work)
    return work


def delegate_to_the_secretary(place: Place) -> int:
    with transaction(place.database_url) as session:
        person = session.scalars(select(Official).where(Official.username == "sekretaris")).first()
        assert person is not None
        row = Delegation(
            office=person.office, role="kasubbag", kind="plh", principal="kasubbag",
            username=person.username, airflow_user_id=person.airflow_user_id, name=person.name,
            letter_number="12/ST/2026", letter_date=date(2026, 1, 1), valid_from=date(2026, 1, 1),
            valid_until=date(2099, 1, 1), recorded_at=utc_now() - timedelta(days=9),
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def tamper(place: Place, office: OfficeAtWork) -> None:
    """Change what was approved, past the system."""
    with transaction(place.database_url) as session:
        file = session.scalars(select(Design.path).where(Design.cycle_id == office.cycle(FILE).id)).one()
        session.execute(
            update(Design).where(Design.cycle_id == office.cycle(CAPTION).id).values(caption=f"{CAPTION}!")
        )
        cycle = session.get_one(Cycle, office.cycle(CHANNELS).id)
        cycle.request = {**cycle.request, "channels": ["x", "facebook"]}
    design = place.archive / file
    design.write_bytes(design.read_bytes() + b"\0")


def mark_success(place: Place, run_id: str, task_id: str) -> None:
    place.api(place.operator).request(
        "PATCH",
        f"/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/{task_id}",
        json={"new_state": "success", "include_downstream": False},
    )


def clear_from(place: Place, run_id: str, task_id: str) -> None:
    """Run a task and everything after it again."""
    place.api(place.operator).request(
        "POST",
        f"/dags/{DAG_ID}/clearTaskInstances",
        json={
            "dry_run": False,
            "dag_run_id": run_id,
            "only_failed": False,
            "reset_dag_runs": True,
            "task_ids": [task_id],
            "include_downstream": True,
        },
    )


def state_of(place: Place, run_id: str, task_id: str) -> str:
    tasks = place.api(place.operator).task_instances(DAG_ID, run_id)
    return next(task["state"] for task in tasks if task["task_id"] == task_id)


def nothing_went_out(office: OfficeAtWork, title: str, because: str, *, times: int = 1) -> None:
    """No post, the task failed at once, and as many lines in the trail as there were attempts."""
    assert office.visible(title) == []
    reasons = office.refusals(title)
    assert len(reasons) == times, reasons
    assert all(because in reason and "Tidak ada yang diunggah" in reason for reason in reasons)
    assert state_of(office.place, office.runs[title], "upload.publish_x") == "failed"


def test_an_honest_cycle_is_published_and_its_trail_tells_everything(office: OfficeAtWork) -> None:
    assert office.ended(HONEST) == "success"
    assert [post["platform"] for post in office.visible(HONEST)] == ["x"]
    first = list(dict.fromkeys(entry.action for entry in office.trail(HONEST)))
    assert [action for action in first if action in EXPECTED] == list(EXPECTED)
    assert list((office.place.archive / "jejak").rglob("*.json"))
    by = {entry.action: entry.actor for entry in office.trail(HONEST)}
    assert (by["cycle.opened"], by["plan.stored"], by["approval.decided"]) == ("admin", "admin", "kasubbag")


def test_marking_the_sensor_success_leads_nowhere_however_far_one_goes_on(
    place: Place, office: OfficeAtWork
) -> None:
    """The sensor is marked, then the task that failed after it; what comes after is cleared, twice."""
    office.form(MARKED)
    run_id = office.runs[MARKED]
    mark_success(place, run_id, AWAIT.format(1))
    assert office.ended(MARKED) == "failed"
    assert office.visible(MARKED) == []
    assert [entry.subject for entry in office.trail(MARKED) if entry.action == "approval.bypassed"] == [
        "belum ada keputusan"
    ]
    mark_success(place, run_id, "approval.conclude")
    for times, first in ((1, "upload.wait_until_scheduled"), (2, "upload.publish_x")):
        clear_from(place, run_id, first)
        office.until(lambda: len(office.refusals(MARKED)) == times, f"refused {times} times")  # noqa: B023
        assert office.ended(MARKED) == "failed"
        nothing_went_out(office, MARKED, "belum ada persetujuan yang tercatat", times=times)


def test_a_forged_conf_decides_nothing(office: OfficeAtWork) -> None:
    """Whatever is written beside the request: another cycle's number, a decision, another requester."""
    office.start(
        FORGED, cycle_id=office.cycle(HONEST).id, decision="setuju", approved=True, requester="kasubbag",
        seal="a" * 64, status="selesai",
    )  # fmt: skip

    def settled() -> bool:
        state = office["admin"].run(DAG_ID, office.runs[FORGED])["state"]
        waiting = state_of(office.place, office.runs[FORGED], AWAIT.format(1)) == "awaiting_input"
        return waiting or state == "failed"

    office.until(settled, "the forged run waits or has failed")
    assert office.visible(FORGED) == []
    with reading(office.place.database_url) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == office.runs[FORGED])).one_or_none()
        decided = session.scalars(select(Approval).join(Cycle).where(Cycle.run_id == office.runs[FORGED]))
        assert decided.all() == []
    assert cycle is None or (cycle.requester, cycle.status) == ("admin", "berjalan")


def test_nobody_else_can_answer_through_the_api(office: OfficeAtWork) -> None:
    """Another user, a viewer, and the requester."""
    form = office.form(STRANGERS)
    for name in ("sekretaris", "analis", "admin"):
        assert (name, office.answer(name, form, "Setuju")) == (name, 403)
    assert office.decision(STRANGERS) is None
    assert office.visible(STRANGERS) == []


def test_a_delegate_whose_time_is_over_cannot_decide(office: OfficeAtWork) -> None:
    """The form was made while the letter was valid, so Airflow takes the answer; the record does not."""
    form = office.form(DELEGATE)
    assert "sekretaris" in [person["name"] for person in form["assigned_users"]]
    assert office.answer("sekretaris", form, "Setuju") == 200
    assert "tidak berhak" in office.refused_answer(DELEGATE)
    assert office.decision(DELEGATE) is None
    assert office.visible(DELEGATE) == []


def test_of_two_different_answers_the_first_counts(office: OfficeAtWork) -> None:
    form = office.form(TWICE)
    assert office.answer("kasubbag", form, "Tolak", catatan="Salah tanggal.") == 200
    assert office.answer("kasubbag", form, "Setuju") in (403, 404, 409)
    office.ended(TWICE)
    decision = office.decision(TWICE)
    assert decision is not None
    assert decision.decision == "tolak"
    assert office.visible(TWICE) == []


def test_an_old_answer_does_not_count_in_a_new_round(office: OfficeAtWork) -> None:
    first = office.form(REPLAYED)
    old_seal = first["params"]["segel"]["value"]
    assert office.answer("kasubbag", first, "Revisi", catatan="Perbaiki judul.") == 200
    second = office.form(REPLAYED, round_no=2)
    assert office.answer("kasubbag", first, "Setuju") in (403, 404, 409)
    assert second["params"]["segel"]["value"] != old_seal
    assert office.answer("kasubbag", second, "Setuju", segel=old_seal) == 200
    assert "Materi berubah" in office.refused_answer(REPLAYED)
    decision = office.decision(REPLAYED)
    assert decision is not None
    assert (decision.round, decision.decision) == (1, "revisi")
    assert office.visible(REPLAYED) == []


def test_an_approval_written_into_the_table_is_not_believed(place: Place, office: OfficeAtWork) -> None:
    form = office.form(BY_HAND)
    with transaction(place.database_url) as session:
        session.add(
            Approval(
                cycle_id=office.cycle(BY_HAND).id, round=1, seal=form["params"]["segel"]["value"],
                decision="setuju", decided_by="kasubbag", decided_at=utc_now(), note="",
            )
        )  # fmt: skip
    mark_success(place, office.runs[BY_HAND], AWAIT.format(1))
    assert office.ended(BY_HAND) == "failed"
    nothing_went_out(office, BY_HAND, "tidak ada pada jejak audit")


@pytest.mark.parametrize(
    ("title", "because"),
    [
        (FILE, "segel tidak sama"),
        (CAPTION, "segel tidak sama"),
        (CHANNELS, "tidak sama dengan permohonan yang dicatat"),
    ],
)
def test_what_was_changed_after_the_approval_does_not_go_out(
    office: OfficeAtWork, title: str, because: str
) -> None:
    assert office.ended(title) == "failed"
    nothing_went_out(office, title, because)


def test_verify_names_what_was_tampered_with(place: Place, office: OfficeAtWork) -> None:
    for title in (*TAMPERED, BY_HAND):
        office.ended(title)
    verified = place.command("medsos.cli", "verify")
    assert verified.returncode == 1, verified.stdout
    assert all(
        text in verified.stdout
        for text in (
            "keterangan diubah pada basis data",
            "permohonan: channels diubah pada basis data",
            "berubah   ",
            "tidak ada pada jejak audit, atau diubah setelah dicatat",
            "rantai utuh",
        )
    ), verified.stdout


def test_cleaning_airflows_own_database_takes_nothing_of_ours_away(
    place: Place, office: OfficeAtWork
) -> None:
    """The run is deleted, and Airflow's history cleaned; page, files and trail are all still there."""
    office.ended(HONEST)
    cycle = office.cycle(HONEST)
    api = place.api(place.operator)
    api.request("DELETE", f"/dags/{DAG_ID}/dagRuns/{office.runs[HONEST]}")
    tomorrow = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    clean = (
        "db",
        "clean",
        "--clean-before-timestamp",
        tomorrow,
        "--tables",
        HISTORY,
        "--skip-archive",
        "--yes",
    )
    for _ in range(4):  # SQLite may be busy.
        cleaned = place.command("airflow", *clean)
        if cleaned.returncode == 0:
            break
        time.sleep(3)
    assert cleaned.returncode == 0, cleaned.stderr[-2000:]
    assert api.call("GET", f"/dags/{DAG_ID}/dagRuns/{office.runs[HONEST]}").status_code == 404
    browser = place.browser("kasubbag")
    found = browser.get(f"{place.url}/medsos/arsip-siklus", params={"cari": "TAHAPAN jujur"}, timeout=60)
    assert re.findall(r"/medsos/siklus/(\d+)\"", found.text) == [str(cycle.id)]
    page = browser.get(f"{place.url}/medsos/siklus/{cycle.id}", timeout=60)
    assert page.status_code == 200
    assert all(text in page.text for text in (HONEST, "Disetujui", "Halaman tautan", "tayang"))
    verified = place.command("medsos.cli", "verify", "--cycle", str(cycle.id))
    assert (verified.returncode, "Semua baik: 1 siklus" in verified.stdout) == (0, True), verified.stdout
