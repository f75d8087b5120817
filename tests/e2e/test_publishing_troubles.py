"""Platforms that fail, answers that get lost, channels without an API: on a real Airflow, one post each."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import requests
from sqlalchemy import select

from driver import DAG_ID, approve_everything, break_platform, carry_through, start, visible_posts
from medsos.evidence.archive import Archive
from medsos.stack.supervisor import Stack
from medsos.store.models import ChannelResult, Cycle, Evidence, Publication
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

MANUAL_DAG = "content_cycle__kota_manual"


@pytest.fixture(autouse=True)
def no_faults_left(stack: Stack) -> None:
    """A fault of one test must not hit the next."""
    requests.delete(f"{stack.sandbox_url}/_inspect/faults", timeout=30).raise_for_status()


def database(stack: Stack) -> str:
    return f"sqlite:///{stack.config.home / 'medsos.db'}"


def results_of(stack: Stack, run_id: str) -> dict[str, ChannelResult]:
    with transaction(database(stack)) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
        rows = session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id)).all()
    return {row.channel: row for row in rows}


def test_lost_answers_and_outages_end_with_one_post_per_channel_and_nobody_asked(stack: Stack) -> None:
    """The commit is accepted and answered with 500 or not at all; a platform is down for a while."""
    break_platform(stack, kind="process_then_status", preset="graph_1", method="POST", path="/feed$")
    break_platform(stack, kind="process_then_drop", method="POST", path="/media_publish$")
    break_platform(stack, kind="process_then_drop", method="POST", path="/x/2/tweets$")
    break_platform(stack, kind="status", preset="html_503", method="POST", path="/wp/v2/posts", times=6)
    run_id = start(stack, title="Gangguan di mana-mana")
    assert carry_through(stack, {run_id: approve_everything}) == {run_id: "success"}
    shown = Counter(post["platform"] for post in visible_posts(stack, "Gangguan di mana-mana"))
    assert shown == {"web": 1, "facebook": 1, "instagram": 1, "x": 1, "tiktok": 1}
    results = results_of(stack, run_id)
    assert {row.state for row in results.values()} == {"published"}
    assert results["web"].attempts > 1


def test_a_post_that_cannot_be_found_goes_to_the_admin_and_is_never_sent_twice(stack: Stack) -> None:
    """X takes the post but shows it to nobody who asks: only a person can tell."""
    break_platform(stack, kind="process_then_drop", method="POST", path="/x/2/tweets$")
    break_platform(stack, kind="status", status=200, body={"meta": {"result_count": 0}}, method="GET",
                   path=r"/x/2/users/\d+/tweets", times=50)  # fmt: skip
    asked: list[dict[str, Any]] = []

    def admin_finds_it(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if form["task_instance"]["task_id"] != "upload.publish_x":
            return approve_everything(form)
        asked.append(form)
        (post,) = [p for p in visible_posts(stack, "Hilang dari pandangan") if p["platform"] == "x"]
        return "Sudah tayang", {"tautan": post["permalink"], "tangkapan_layar": ""}

    run_id = start(stack, MANUAL_DAG, title="Hilang dari pandangan", channels=["x"])
    assert carry_through(stack, {run_id: admin_finds_it}, dag_id=MANUAL_DAG) == {run_id: "success"}
    assert len(visible_posts(stack, "Hilang dari pandangan")) == 1
    assert len(asked) == 1
    assert asked[0]["options"] == ["Sudah tayang", "Belum tayang, unggah ulang", "Batalkan"]
    assert results_of(stack, run_id)["x"].state == "published"


def test_channels_without_an_api_are_uploaded_by_hand_with_the_admins_screenshot(stack: Stack) -> None:
    address = {
        "facebook": f"{stack.sandbox_url}/facebook.com/kpukotabengkulu",
        "tiktok": f"{stack.sandbox_url}/tiktok.com/@kpukotabengkulu",
    }
    refused: list[str] = []

    def by_hand(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        channel = form["task_instance"]["task_id"].rpartition("_")[2]
        if channel not in address:
            return approve_everything(form)
        if channel not in refused:
            refused.append(channel)
            return "Sudah tayang", {"tautan": "https://example.com/x", "tangkapan_layar": "rapat.jpg"}
        return "Sudah tayang", {"tautan": address[channel], "tangkapan_layar": "rapat.jpg"}

    run_id = start(stack, MANUAL_DAG, title="Sebagian dengan tangan")
    assert carry_through(stack, {run_id: by_hand}, dag_id=MANUAL_DAG) == {run_id: "success"}
    assert sorted(refused) == ["facebook", "tiktok"]
    results = results_of(stack, run_id)
    assert {
        c: (r.mode, r.state, r.evidence_kind) for c, r in results.items() if c in address
    } == dict.fromkeys(address, ("manual", "published", "manual"))
    assert {r.evidence_kind for c, r in results.items() if c not in address} == {"screenshot"}
    shown = {post["platform"] for post in visible_posts(stack, "Sebagian dengan tangan")}
    assert shown == {"web", "instagram", "x"}
    with transaction(database(stack)) as session:
        proof = session.scalars(
            select(Evidence)
            .join(Publication)
            .where(
                Publication.cycle_id == results["tiktok"].cycle_id,
                Publication.channel == "tiktok",
                Evidence.kind == "manual",
            )
        ).one()
    assert Archive(stack.config.home / "archive").read(proof.path)[:2] == b"\xff\xd8"


def test_a_platform_that_refuses_for_good_fails_its_channel_only(stack: Stack) -> None:
    break_platform(stack, kind="status", preset="graph_200", method="POST", path="/feed$", times=50)
    run_id = start(stack, title="Facebook menolak", channels=["web", "facebook", "x"])
    assert carry_through(stack, {run_id: approve_everything}) == {run_id: "failed"}
    shown = {post["platform"] for post in visible_posts(stack, "Facebook menolak")}
    assert shown == {"web", "x"}
    states = {task["task_id"]: task["state"] for task in stack.api().task_instances(DAG_ID, run_id)}
    assert states["upload.publish_facebook"] == "failed"
    assert states["link.build_links"] == states["evaluation.evaluate_cycle"] == "success"
    log = stack.api().task_log(DAG_ID, run_id, "evaluation.confirm_complete")
    assert "Facebook" in log
