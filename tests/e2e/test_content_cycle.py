"""The content cycle on a real Airflow, as the people of the office meet it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from driver import DAG_ID, Script, approve_everything, carry_through, start, visible_posts, wait_for_form
from medsos.evidence.archive import Archive
from medsos.stack.supervisor import Stack
from medsos.store.models import (
    Approval,
    ChannelResult,
    Cycle,
    CycleScorecard,
    Design,
    FormAnswer,
    Link,
    Publication,
    StepDuration,
)
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]


@dataclass
class Ended:
    """The runs that were carried through, by name: run id and final state."""

    runs: dict[str, str]
    states: dict[str, str]


def revise_once(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    option, values = approve_everything(form)
    task = form["task_instance"]["task_id"]
    if task == "approval.round_1.await_decision":
        return "Revisi", {**values, "catatan": "Perjelas judulnya."}
    if task.endswith("revise_content"):
        return option, {**values, "judul_desain": "Judul yang sudah jelas"}
    return option, values


def reject(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    option, values = approve_everything(form)
    if form["task_instance"]["task_id"].endswith("await_decision"):
        return "Tolak", {**values, "catatan": "Belum waktunya."}
    return option, values


def forget_the_note_at_first() -> Script:
    """Asks for a revision without a note first; the form must come back."""
    asked: list[str] = []

    def script(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        option, values = approve_everything(form)
        if form["task_instance"]["task_id"].endswith("await_decision"):
            asked.append(form["subject"])
            if len(asked) == 1:
                return "Revisi", {**values, "catatan": " "}
        return option, values

    return script


@pytest.fixture(scope="module")
def ended(stack: Stack) -> Ended:
    """All cycles at once: they spend most of their time waiting for one another."""
    runs: dict[str, tuple[str, Script]] = {
        "revised": (
            start(stack, title="Rapat koordinasi", content_type="foto_kegiatan", materials=["rapat.jpg"]),
            revise_once,
        ),
        "rejected": (start(stack, title="Konten yang ditolak"), reject),
        "two_channels": (
            start(stack, title="Hanya dua kanal", channels=["web", "x"]),
            forget_the_note_at_first(),
        ),
        "refused": (
            start(stack, title=" ", channels=["web"], materials=["tidak-ada.jpg"]),
            approve_everything,
        ),
    }
    states = carry_through(stack, dict(runs.values()))
    return Ended(
        {name: run_id for name, (run_id, _) in runs.items()},
        {name: states[run_id] for name, (run_id, _) in runs.items()},
    )


@pytest.fixture
def database(stack: Stack) -> str:
    return f"sqlite:///{stack.config.home / 'medsos.db'}"


def cycle_of(database: str, run_id: str) -> Cycle:
    with transaction(database) as session:
        return session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()


def test_no_dag_file_has_import_errors(stack: Stack) -> None:
    assert stack.api().import_errors() == []


def test_a_revised_and_approved_cycle_is_up_once_on_every_channel_with_proof(
    stack: Stack, ended: Ended, database: str
) -> None:
    assert ended.states["revised"] == "success"
    cycle = cycle_of(database, ended.runs["revised"])
    assert cycle.status == "selesai"
    with transaction(database) as session:
        results = session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id)).all()
        publications = session.scalars(select(Publication).where(Publication.cycle_id == cycle.id)).all()
        approvals = session.scalars(select(Approval).where(Approval.cycle_id == cycle.id)).all()
        steps = session.scalars(
            select(StepDuration).where(StepDuration.cycle_id == cycle.id).order_by(StepDuration.step_no)
        ).all()
        card = session.get_one(CycleScorecard, cycle.id)
    assert {(r.channel, r.state, r.evidence_kind) for r in results} == {
        (c, "published", "screenshot") for c in ("web", "facebook", "instagram", "x", "tiktok")
    }
    shown = visible_posts(stack, "Rapat koordinasi")
    assert sorted(p["permalink"] for p in shown) == sorted(str(p.permalink) for p in publications)
    assert [(a.round, a.decision) for a in sorted(approvals, key=lambda a: a.round)] == [
        (1, "revisi"),
        (2, "setuju"),
    ]
    assert {p.seal for p in publications} == {a.seal for a in approvals if a.decision == "setuju"}
    assert [step.target_minutes for step in steps] == [120, 180, 180, 15, 10, 15]
    assert all(step.elapsed_minutes is not None and step.on_time for step in steps)
    assert steps[0].elapsed_minutes == pytest.approx(90, abs=0.1)
    assert (card.rounds, card.approved_by, card.channels_published) == (2, "kasubbag", 5)


def test_the_archive_holds_originals_designs_evidence_links_and_report(
    stack: Stack, ended: Ended, database: str
) -> None:
    cycle = cycle_of(database, ended.runs["revised"])
    files = list(Archive(stack.config.home / "archive").files(cycle.archive_folder))
    for part in (
        "bahan/asli/1-rapat.jpg",
        "desain/putaran-2/tiktok.jpg",
        "laporan-evaluasi.html",
        "manifes.json",
    ):
        assert any(part in file for file in files), part
    assert sum("/bukti/" in file for file in files) == 5
    with transaction(database) as session:
        page = session.scalars(select(Link).where(Link.cycle_id == cycle.id, Link.kind == "page")).one()
    html = Archive(stack.config.home / "archive").read(page.address).decode()
    # The title that was approved in the second round, not the one of the request.
    assert "Judul yang sudah jelas" in html
    assert "/web/judul-yang-sudah-jelas-k" in html
    assert "MODE LATIHAN" in html


def test_a_rejected_cycle_ends_cleanly_with_its_evaluation_and_nothing_public(
    stack: Stack, ended: Ended, database: str
) -> None:
    assert ended.states["rejected"] == "success"
    cycle = cycle_of(database, ended.runs["rejected"])
    assert cycle.status == "ditolak"
    assert visible_posts(stack, "Konten yang ditolak") == []
    states = {
        task["task_id"]: task["state"] for task in stack.api().task_instances(DAG_ID, ended.runs["rejected"])
    }
    assert states["upload.publish_web"] == states["link.build_links"] == "skipped"
    with transaction(database) as session:
        steps = session.scalars(select(StepDuration).where(StepDuration.cycle_id == cycle.id)).all()
    assert len(steps) == 6
    assert [step.on_time for step in sorted(steps, key=lambda s: s.step_no)][3:5] == [None, None]


def test_channels_that_were_not_chosen_are_skipped(stack: Stack, ended: Ended) -> None:
    assert ended.states["two_channels"] == "success"
    shown = visible_posts(stack, "Hanya dua kanal")
    assert sorted(post["platform"] for post in shown) == ["web", "x"]


def test_a_revision_without_a_note_is_asked_again_and_nothing_typed_is_lost(
    ended: Ended, database: str
) -> None:
    cycle = cycle_of(database, ended.runs["two_channels"])
    with transaction(database) as session:
        answers = session.scalars(
            select(FormAnswer)
            .where(FormAnswer.cycle_id == cycle.id, FormAnswer.task_id.like("%await_decision"))
            .order_by(FormAnswer.id)
        ).all()
    assert [(a.option, a.accepted) for a in answers] == [("Revisi", False), ("Setuju", True)]
    assert "Catatan masih kosong" in answers[0].problem


def test_a_wrong_request_is_refused_with_sentences_that_say_what_to_do(
    stack: Stack, ended: Ended, database: str
) -> None:
    assert ended.states["refused"] == "failed"
    log = stack.api().task_log(DAG_ID, ended.runs["refused"], "accept_request")
    assert "Judul masih kosong" in log
    assert "tidak-ada.jpg" in log
    with transaction(database) as session:
        assert session.scalars(select(Cycle).where(Cycle.run_id == ended.runs["refused"])).first() is None


def test_running_a_finished_cycle_again_from_the_start_asks_nobody_and_posts_nothing(
    stack: Stack, ended: Ended
) -> None:
    before = visible_posts(stack, "Rapat koordinasi")
    run_id = ended.runs["revised"]
    stack.api().request(
        "POST",
        f"/dags/{DAG_ID}/clearTaskInstances",
        json={
            "dry_run": False,
            "dag_run_id": run_id,
            "only_failed": False,
            "reset_dag_runs": True,
        },
    )

    def nobody_is_asked(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        raise AssertionError(f"{form['task_instance']['task_id']} asks again")

    assert carry_through(stack, {run_id: nobody_is_asked}) == {run_id: "success"}
    assert visible_posts(stack, "Rapat koordinasi") == before


def test_a_decision_over_other_content_than_was_shown_is_not_taken(stack: Stack, database: str) -> None:
    run_id = start(stack, title="Segel lama", channels=["web"])
    for task in ("meeting.record_minutes", "design.plan_content"):
        form = wait_for_form(stack, run_id, task)
        stack.api("admin").answer(form, *approve_everything(form))
    form = wait_for_form(stack, run_id, "approval.round_1.await_decision")
    option, values = approve_everything(form)
    with transaction(database) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
        for design in session.scalars(select(Design).where(Design.cycle_id == cycle.id)):
            design.caption += " Kalimat yang tidak pernah dilihat Kasubbag."
    stack.api("kasubbag").answer(form, option, values)
    wait_for_form(stack, run_id, "approval.round_1.await_decision")
    with transaction(database) as session:
        assert session.scalars(select(Approval).where(Approval.cycle_id == cycle.id)).first() is None
        refused = session.scalars(
            select(FormAnswer.problem).where(FormAnswer.cycle_id == cycle.id, ~FormAnswer.accepted)
        ).one()
    assert "Materi berubah" in refused
    assert visible_posts(stack, "Segel lama") == []


def test_marking_the_approval_success_publishes_nothing(stack: Stack, database: str) -> None:
    run_id = start(stack, title="Jalan pintas")
    for task in ("meeting.record_minutes", "design.plan_content"):
        form = wait_for_form(stack, run_id, task)
        stack.api("admin").answer(form, *approve_everything(form))
    wait_for_form(stack, run_id, "approval.round_1.await_decision")
    stack.api("admin").request(
        "PATCH",
        f"/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/approval.round_1.await_decision",
        json={"new_state": "success"},
    )
    deadline = time.monotonic() + 300
    while stack.api().run(DAG_ID, run_id)["state"] not in ("success", "failed"):
        assert time.monotonic() < deadline
        time.sleep(2)
    assert stack.api().run(DAG_ID, run_id)["state"] == "failed"
    assert visible_posts(stack, "Jalan pintas") == []
    assert cycle_of(database, run_id).status == "tidak_lengkap"


def test_only_the_kasubbag_may_answer_the_approval(stack: Stack) -> None:
    run_id = start(stack, title="Hanya Kasubbag")
    for task in ("meeting.record_minutes", "design.plan_content"):
        form = wait_for_form(stack, run_id, task)
        stack.api("admin").answer(form, *approve_everything(form))
    form = wait_for_form(stack, run_id, "approval.round_1.await_decision")
    assert [user["name"] for user in form["assigned_users"]] == ["kasubbag"]
    path = f"/dags/{DAG_ID}/dagRuns/{run_id}/taskInstances/approval.round_1.await_decision/-1/hitlDetails"
    for person in ("admin", "sekretaris", "analis"):
        answer = {"chosen_options": ["Setuju"], "params_input": {"catatan": "", "segel": ""}}
        assert stack.api(person).call("PATCH", path, json=answer).status_code == 403, person
    assert carry_through(stack, {run_id: reject}) == {run_id: "success"}
