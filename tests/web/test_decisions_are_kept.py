"""A decision counts from the press of the button, whatever Airflow does with the news of it."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from airflow_stand_in import Airflow
from fastapi.testclient import TestClient
from page_reading import Visit, text_of
from web_samples import asked, design_round, new_cycle, office_with_people

from builders import NOW
from medsos.evidence.archive import Archive
from medsos.sensors.approval import ApprovalSensor
from medsos.store.journal import record_event
from medsos.store.models import (
    Approval,
    AuditEntry,
    Cycle,
    Delegation,
    Design,
    FormAnswer,
    Official,
    StepEvent,
)
from medsos.store.session import transaction

TASK = "approval.round_1.await_decision"


def opened(browser: TestClient, cycle_id: int) -> dict[str, str]:
    page = browser.get(f"/medsos/persetujuan/{cycle_id}/1").text
    return dict(re.findall(r'name="(token|segel)" value="([^"]+)"', page))


def press(browser: TestClient, cycle_id: int, fields: dict[str, str], option: str, note: str = "") -> Any:
    return browser.post(
        f"/medsos/persetujuan/{cycle_id}/1",
        data={**fields, "keputusan": option, "catatan": note, "yakin": "ya"},
        headers={"sec-fetch-site": "same-origin"},
    )


def decisions() -> list[Approval]:
    with transaction() as session:
        return session.query(Approval).order_by(Approval.id).all()


def delegate(username: str, *, days: tuple[int, int]) -> None:
    """A Plh. for the Kasubbag, from and until that many days from today at the office."""
    today = datetime.now(ZoneInfo("Asia/Jakarta")).date()
    with transaction() as session:
        session.add(
            Delegation(
                office="kota-bengkulu", role="kasubbag", kind="plh", principal="kasubbag", username=username,
                airflow_user_id=f"id-{username}", name=f"Plh. {username}", letter_number="800/1",
                letter_date=today, valid_from=today + timedelta(days=days[0]),
                valid_until=today + timedelta(days=days[1]), recorded_at=NOW,
            )
        )  # fmt: skip


def end_office_of(username: str) -> None:
    with transaction() as session:
        for row in session.query(Official).filter_by(username=username, role="kasubbag"):
            row.valid_until = row.valid_from


def sensor(cycle_id: int) -> ApprovalSensor:
    return ApprovalSensor(
        task_id=TASK, office="kota-bengkulu", cycle_id=str(cycle_id), round_no=1, last_round=False
    )


def event(option: str, by: str, **values: Any) -> dict[str, Any]:
    """What Airflow hands to a task that goes on."""
    return {
        "chosen_options": [option],
        "params_input": values,
        "responded_at": datetime.now(UTC),
        "responded_by_user": {"id": by, "name": by},
    }


@pytest.mark.parametrize("status", [403, 404, 409, 500])
def test_the_decision_stands_although_airflow_refuses_the_news(
    visit: Visit, waiting: int, airflow: Airflow, status: int
) -> None:
    airflow.refuse_with = status
    browser = visit("kasubbag")
    sent = press(browser, waiting, opened(browser, waiting), "Setuju")
    assert sent.status_code == 303
    assert "Keputusan tersimpan: Setuju" in text_of(browser.get(sent.headers["location"]).text)
    (made,) = decisions()
    assert (made.decision, made.decided_by) == ("setuju", "kasubbag")
    assert airflow.answers == []


@pytest.mark.parametrize("person", ["kasubbag", "admin"])
@pytest.mark.parametrize("page", ["persetujuan/{}/1", "perlu-tindakan"])
def test_the_next_view_by_a_person_of_the_office_tells_airflow_what_it_missed(
    visit: Visit, waiting: int, airflow: Airflow, page: str, person: str
) -> None:
    airflow.refuse_with = 500
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Revisi", "Ganti judulnya.")
    airflow.refuse_with = None
    visit(person).get("/medsos/" + page.format(waiting))
    (answer,) = airflow.answers
    assert answer[:2] == (TASK, "Revisi")
    assert len(decisions()) == 1
    visit(person).get("/medsos/" + page.format(waiting))
    assert len(airflow.answers) == 1


def test_somebody_who_answers_no_forms_tells_airflow_nothing(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    airflow.refuse_with = 500
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Setuju")
    airflow.refuse_with = None
    assert "Disetujui" in text_of(visit("analis").get(f"/medsos/persetujuan/{waiting}/1").text)
    assert airflow.answers == []


def test_a_decision_is_taken_while_airflow_does_not_answer_at_all(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    airflow.is_down = True
    browser = visit("kasubbag")
    assert press(browser, waiting, opened(browser, waiting), "Setuju").status_code == 303
    assert [row.decision for row in decisions()] == ["setuju"]
    airflow.is_down = False
    browser.get(f"/medsos/persetujuan/{waiting}/1")
    assert [answer[1] for answer in airflow.answers] == ["Setuju"]


def test_pressing_twice_is_one_decision(visit: Visit, waiting: int) -> None:
    browser = visit("kasubbag")
    fields = opened(browser, waiting)
    assert press(browser, waiting, fields, "Setuju").status_code == 303
    assert press(browser, waiting, fields, "Setuju").status_code == 303
    assert len(decisions()) == 1
    with transaction() as session:
        assert session.query(AuditEntry).filter_by(action="approval.decided").count() == 1


def test_of_two_different_decisions_the_first_counts_and_the_second_is_told_so(
    visit: Visit, waiting: int
) -> None:
    delegate("sekretaris", days=(-1, 1))
    first, second = visit("kasubbag"), visit("sekretaris")
    fields = opened(second, waiting)
    assert press(first, waiting, opened(first, waiting), "Setuju").status_code == 303
    late = press(second, waiting, fields, "Tolak", "Belum waktunya.")
    assert late.status_code == 422
    assert "sudah diputuskan oleh Kasubbag (contoh)" in text_of(late.text)
    (made,) = decisions()
    assert made.decision == "setuju"


def test_a_delegate_recorded_after_the_form_was_made_decides_at_once(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    assert [user["name"] for user in airflow.forms[0]["assigned_users"]] == ["kasubbag"]
    delegate("sekretaris", days=(0, 3))
    browser = visit("sekretaris")
    assert press(browser, waiting, opened(browser, waiting), "Setuju").status_code == 303
    (made,) = decisions()
    assert (made.decided_by, made.on_behalf_of) == ("sekretaris", "kasubbag")
    # Airflow's own check of who is assigned lets the news through.
    assert {"id": "id-sekretaris", "name": "sekretaris"} in airflow.forms[0]["assigned_users"]
    assert len(airflow.answers) == 1


def test_who_is_no_longer_entitled_cannot_decide_with_a_page_opened_before(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    browser = visit("kasubbag")
    fields = opened(browser, waiting)
    end_office_of("kasubbag")
    refused = press(browser, waiting, fields, "Setuju")
    assert refused.status_code == 403
    assert "Anda tidak berhak memutuskan" in text_of(refused.text)
    assert decisions() == []
    assert airflow.answers == []


def test_a_file_changed_in_the_archive_cannot_be_approved(
    visit: Visit, waiting: int, archive: Archive
) -> None:
    browser = visit("kasubbag")
    fields = opened(browser, waiting)
    with transaction() as session:
        path = session.query(Design).filter_by(cycle_id=waiting, channel="x").one().path
    file = archive.root / path
    file.chmod(0o644)
    file.write_bytes(b"lain")
    refused = press(browser, waiting, fields, "Setuju")
    assert refused.status_code == 409
    assert "tidak dicatat" in text_of(refused.text)
    assert decisions() == []


def test_a_form_marked_as_done_in_airflow_takes_no_decision(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    browser = visit("kasubbag")
    fields = opened(browser, waiting)
    airflow.forms[0]["task_instance"]["state"] = "success"
    refused = press(browser, waiting, fields, "Setuju")
    assert refused.status_code == 422
    assert decisions() == []


def test_while_nobody_is_entitled_the_cycle_says_so_and_a_new_delegate_need_not_wait(
    visit: Visit, archive: Archive, airflow: Airflow
) -> None:
    office_with_people()
    cycle_id = new_cycle(requester="kasubbag")
    design_round(archive, cycle_id)
    with transaction() as session:
        record_event(
            session, cycle_id=cycle_id, task_id=TASK, event="waiting", at=NOW, round_no=1,
            detail={"for_people": []},
        )  # fmt: skip
    text = text_of(visit("admin").get("/medsos/perlu-tindakan").text)
    assert "ikut membuat materi ini dan karena itu tidak boleh menyetujuinya" in text
    assert "Simulasi Pemungutan Suara di TPS 04" in text
    delegate("sekretaris", days=(0, 0))
    browser = visit("sekretaris")
    assert press(browser, cycle_id, opened(browser, cycle_id), "Setuju").status_code == 303
    assert [row.decided_by for row in decisions()] == ["sekretaris"]


def test_a_delegate_from_outside_the_office_file_is_called_by_name(visit: Visit, waiting: int) -> None:
    delegate("rahma", days=(0, 0))
    browser = visit("rahma")
    assert press(browser, waiting, opened(browser, waiting), "Setuju").status_code == 303
    for path in (f"persetujuan/{waiting}/1", f"siklus/{waiting}"):
        text = text_of(visit("analis").get(f"/medsos/{path}").text)
        assert "oleh Plh. rahma atas nama Kasubbag (contoh)" in text
    assert "Plh. rahma, " in text.partition("Jejak audit")[2]


def test_the_task_takes_the_recorded_decision_instead_of_asking_again(visit: Visit, waiting: int) -> None:
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Setuju")
    task = sensor(waiting)
    assert task.execute({}) == "setuju"
    assert task.execute({}) == "setuju"
    with transaction() as session:
        events = (
            session.query(StepEvent).filter_by(cycle_id=waiting, task_id=TASK).order_by(StepEvent.id).all()
        )
        kept = session.query(FormAnswer).filter_by(cycle_id=waiting, task_id=TASK).all()
    assert [row.event for row in events][-2:] == ["resumed", "finished"]
    assert [row.event for row in events].count("resumed") == 1
    assert [(row.answered_by, row.accepted) for row in kept] == [("kasubbag", True)]


def test_the_news_of_a_recorded_decision_counts_once_whoever_brings_it(visit: Visit, waiting: int) -> None:
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Setuju")
    task = sensor(waiting)
    assert task.execute_complete({}, event("Setuju", "admin")) == "setuju"
    assert len(decisions()) == 1
    with transaction() as session:
        (kept,) = session.query(FormAnswer).filter_by(cycle_id=waiting, task_id=TASK)
    assert (kept.answered_by, kept.accepted) == ("kasubbag", True)


def test_another_answer_on_airflow_s_page_changes_nothing_and_is_kept_with_the_reason(
    visit: Visit, waiting: int
) -> None:
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Setuju")
    task = sensor(waiting)
    assert task.execute_complete({}, event("Tolak", "sekretaris", catatan="Tidak.")) == "setuju"
    with transaction() as session:
        other, counted = session.query(FormAnswer).filter_by(cycle_id=waiting).order_by(FormAnswer.id)
    assert (other.answered_by, other.accepted) == ("sekretaris", False)
    assert "yang pertama berlaku" in other.problem
    assert (counted.answered_by, counted.accepted) == ("kasubbag", True)


def test_an_answer_that_airflow_lost_is_shown_with_what_was_typed(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    airflow.forms[0]["task_instance"]["try_number"] = 2
    airflow.lost[1] = {
        "response_received": True,
        "chosen_options": ["Revisi"],
        "params_input": {"catatan": "Ganti fotonya.", "segel": "x"},
        "responded_by_user": {"id": "kasubbag", "name": "kasubbag"},
        "responded_at": datetime.now(UTC).isoformat(),
    }
    browser = visit("kasubbag")
    for _ in range(2):
        page = browser.get(f"/medsos/persetujuan/{waiting}/1").text
        assert "Airflow kehilangannya" in text_of(page)
        assert "Ganti fotonya.</textarea>" in page
    assert "Airflow kehilangannya" in text_of(browser.get(f"/medsos/siklus/{waiting}").text)
    with transaction() as session:
        assert session.query(FormAnswer).filter_by(cycle_id=waiting).count() == 1
    assert decisions() == []


def test_the_list_is_of_those_who_are_entitled_now(visit: Visit, waiting: int, airflow: Airflow) -> None:
    delegate("sekretaris", days=(0, 0))
    assert "Menunggu Anda (1)" in text_of(visit("sekretaris").get("/medsos/perlu-tindakan").text)
    end_office_of("kasubbag")
    assert "Menunggu Anda (0)" in text_of(visit("kasubbag").get("/medsos/perlu-tindakan").text)


def test_what_has_used_up_more_of_its_target_comes_first_in_working_time(
    visit: Visit, waiting: int, airflow: Airflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    monkeypatch.setattr("medsos.web.waiting.routes.utc_now", lambda: monday)
    friday = monday - timedelta(days=3)
    titles = {"Baru": (monday - timedelta(minutes=5), 3), "Sejak Jumat": (friday + timedelta(hours=6), 1)}
    airflow.forms.clear()
    for title, (since, _) in titles.items():
        airflow.forms.append(asked(new_cycle(title), asked_at=since))
    text = text_of(visit("kasubbag").get("/medsos/perlu-tindakan").text)
    assert text.index("Sejak Jumat") < text.index("Baru")
    # A weekend lies in between; it counts for nothing.
    assert "Menunggu 5 menit dari target 3 jam, sisa 2 jam 55 menit" in text
    assert "hari" not in text.split("Sejak Jumat")[1].split("dari target")[0]


def test_a_decided_round_no_longer_waits_for_anybody(visit: Visit, waiting: int, airflow: Airflow) -> None:
    airflow.refuse_with = 500
    browser = visit("kasubbag")
    press(browser, waiting, opened(browser, waiting), "Setuju")
    assert "Menunggu Anda (0)" in text_of(browser.get("/medsos/perlu-tindakan").text)


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> None:
    """Each test has a form that has waited for long."""
    if "waiting" in request.fixturenames:
        airflow, cycle_id = request.getfixturevalue("airflow"), request.getfixturevalue("waiting")
        airflow.forms[:] = [asked(cycle_id)]


def test_a_thousand_waiting_cycles_are_listed_in_seconds_the_most_urgent_first(
    visit: Visit, archive: Archive, airflow: Airflow
) -> None:
    office_with_people()
    start = datetime.now(UTC) - timedelta(days=30)
    with transaction() as session:
        for number in range(1000):
            session.add(
                Cycle(
                    office="kota-bengkulu", title=f"Konten {number}.", content_type="video",
                    requester="admin", requested_at=NOW, sop_version="4-ORT.06-1771-2-2023",
                    dag_id="content_cycle__kota_bengkulu", run_id=f"run-{number}", request={},
                    archive_folder=f"f{number}",
                )
            )  # fmt: skip
    first = asked(1)
    for number in range(1000):
        task = {**first["task_instance"], "dag_run_id": f"run-{number}"}
        since = (start + timedelta(minutes=number)).isoformat()
        airflow.forms.append({**first, "task_instance": task, "created_at": since})
    browser = visit("kasubbag")
    began = time.process_time()
    text = text_of(browser.get("/medsos/perlu-tindakan").text)
    assert time.process_time() - began < 15
    assert "Menunggu Anda (1000)" in text
    assert text.index("Konten 0.") < text.index("Konten 1.") < text.index("Konten 99.")
    assert "Konten 100." not in text
