"""The words of the event logs keep up with the DAG and stand in the analyst's guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from medsos.evaluation.mining.vocabulary import (
    EVENT_TYPES,
    OBJECT_TYPES,
    OTHER_TASK,
    OUTCOMES,
    TRANSITIONS,
    task_of,
)
from medsos.publishing.states import State
from medsos.store.models import Cycle, Evidence, Link, Publication

DOCS = Path(__file__).parents[2] / "docs"


def test_every_task_of_the_dag_is_an_activity_in_the_order_of_the_flow() -> None:
    flow = (DOCS / "alur.md").read_text(encoding="utf-8")
    ids = ["accept_request", *re.findall(r"^\| [^|]+ \| `([a-z_0-9.]+)` \|", flow, re.MULTILINE)]
    in_steps = [name for name in ids if "." in name or name == "accept_request"]
    assert len(in_steps) > 20
    assert [name for name in in_steps if task_of(name).activity == OTHER_TASK] == []
    # The picture of a channel stands behind its upload there; by the clock all uploads come first.
    outside = [name for name in in_steps if not name.startswith(("upload.publish", "upload.capture"))]
    assert sorted(outside, key=lambda name: task_of(name).flow) == outside


@pytest.mark.parametrize(
    ("task_id", "activity", "step_no", "round_no", "channel"),
    [
        ("accept_request", "Terima Permohonan", 0, 0, ""),
        ("approval.round_3.await_decision", "Persetujuan Kasubbag", 3, 3, ""),
        ("approval.round_1.revise_content", "Perbaiki Materi", 2, 1, ""),
        ("upload.publish_tiktok", "Unggah ke Kanal", 4, 0, "tiktok"),
        ("upload.capture_web", "Ambil Tangkapan Layar", 4, 0, "web"),
        ("upload.publish_mastodon", "Tugas Lain", 4, 0, ""),
        ("approval.round_x.await_decision", "Persetujuan Kasubbag", 3, 0, ""),
        ("", "Tugas Lain", 0, 0, ""),
    ],
)
def test_a_task_id_tells_activity_step_round_and_channel(
    task_id: str, activity: str, step_no: int, round_no: int, channel: str
) -> None:
    task = task_of(task_id)
    assert (task.activity, task.step_no, task.round_no, task.channel) == (
        activity,
        step_no,
        round_no,
        channel,
    )


def test_attributes_are_ascii_and_named_like_the_columns_they_come_from() -> None:
    for attributes in (*EVENT_TYPES.values(), *OBJECT_TYPES.values()):
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in attributes)
    columns = {"Siklus": Cycle, "Unggahan": Publication, "Bukti": Evidence, "Tautan": Link}
    made_up = {
        f"{name}.{attribute}"
        for name, table in columns.items()
        for attribute in OBJECT_TYPES[name]
        if attribute not in table.__table__.columns
    }
    assert made_up == {"Siklus.channels", "Unggahan.attempts"}


def test_outcomes_are_states_of_the_ledger() -> None:
    assert set(OUTCOMES) <= set(State)


def test_the_guide_explains_every_object_type_and_transition() -> None:
    guide = (DOCS / "panduan-analis.md").read_text(encoding="utf-8")
    assert [name for name in OBJECT_TYPES if f"| {name} |" not in guide] == []
    assert [word for word in TRANSITIONS.values() if f"`{word}`" not in guide] == []
