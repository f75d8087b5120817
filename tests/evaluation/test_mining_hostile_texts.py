"""Whatever people typed: both logs stay valid and carry the same words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from cycle_story import Story, at
from event_logs import EventLogs, export, read_with_pm4py, values_of
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.models import Approval, Cycle, Link, StepEvent
from medsos.store.session import transaction

NOVEMBER = Period.month(date(2026, 11, 1))
MARK = "\N{REPLACEMENT CHARACTER}"

FRAGMENTS = st.sampled_from(
    [
        "\x00",
        "\x1b[31m",
        "\x0b",
        "\ufffe",
        "\r\n",
        "\t",
        " ",
        "]]>",
        "<!--",
        "&amp;",
        "&#0;",
        '"/><event>',
        '{"id":',
        "\\u0000",
        "null",
        "🗳️",
        "\u202e",
        "\x85",
        "\u2028",
    ]
)
STORED = st.lists(FRAGMENTS | st.text(max_size=8), max_size=6).map("".join)
"""What a column of text can hold: anything but halves of surrogate pairs."""
IN_JSON = st.lists(FRAGMENTS | st.text(st.characters(), max_size=8), max_size=6).map("".join)
"""What a column of JSON can hold: these, too."""


def as_carried(text: str) -> str:
    """The text as XML 1.0 can carry it: its production 2 says which characters there are."""
    return "".join(character if _in_xml(ord(character)) else MARK for character in text)


def _in_xml(code: int) -> bool:
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(title=STORED, reason=STORED, address=STORED, message=IN_JSON)
@example(title="Pleno\x00 <b>&\r\n", reason="\x1f", address="https://a/?b&c", message="\ud800")
def test_any_text_leaves_both_logs_valid_and_equal(
    finished_story: Story, tmp_path: Path, office: Office, title: str, reason: str, address: str, message: str
) -> None:
    with transaction() as session:
        cycle = session.get_one(Cycle, finished_story.cycle_id)
        cycle.title, cycle.kahar_reason, cycle.completed_at = title, reason, cycle.requested_at
        link = session.query(Link).one_or_none() or Link(cycle_id=cycle.id, kind="permalink", channel="web")
        link.address, link.made_at = address, cycle.requested_at
        session.add(link)
        event = session.query(StepEvent).order_by(StepEvent.id).first()
        assert event is not None
        event.detail = {"error": "Gagal", "message": message}
        cycle_key, link_key, task = f"siklus:{cycle.id}", "tautan:1", event.task_id

    logs = export(tmp_path / "keluar", office, NOVEMBER)

    assert _value(logs, cycle_key, "title") == as_carried(title)
    assert _value(logs, cycle_key, "kahar_reason") == as_carried(reason)
    assert _value(logs, link_key, "address") == as_carried(address)
    (failed,) = [event for event in logs.events("Terima Permohonan") if event.get("error")]
    assert failed["task_id"] == task
    assert failed.get("message", "") == as_carried(message)

    (trace,) = logs.xes.iter("{*}trace")
    assert values_of(trace).get("title", "") == as_carried(title)
    assert values_of(trace).get("kahar_reason", "") == as_carried(reason)
    (in_xes,) = [event for event in logs.traces()[str(finished_story.cycle_id)] if "error" in event]
    assert in_xes.get("message", "") == as_carried(message)


def _value(logs: EventLogs, key: str, attribute: str) -> str:
    """The attribute of an object, empty where it was left out."""
    values = logs.over_time(key, attribute)
    return values[0][1] if values else ""


@pytest.fixture
def hostile(finished_story: Story) -> Story:
    """A cycle whose title and note hold what breaks files."""
    finished_story.evaluate()
    with transaction() as session:
        session.get_one(Cycle, finished_story.cycle_id).title = 'Pleno\x00 "KPU" <2026> &\n🗳️'
        session.add(
            Approval(
                cycle_id=finished_story.cycle_id,
                round=2,
                seal="b" * 64,
                decision="revisi",
                decided_by="kasubbag",
                decided_at=at("11:30"),
                note="]]>\x1b[31m{",
            )
        )
    return finished_story


def test_a_title_with_a_control_character_is_read_by_pm4py_with_a_mark_in_its_place(
    hostile: Story, tmp_path: Path, office: Office
) -> None:
    logs = export(tmp_path / "keluar", office, NOVEMBER)
    assert read_with_pm4py(logs)["xes"]["titles"] == [f'Pleno{MARK} "KPU" <2026> &\n🗳️']
    assert [event["note"] for event in logs.events("Revisi Diminta")] == [f"]]>{MARK}[31m{{"]
