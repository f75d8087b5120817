"""The judges of the event logs find what is wrong: a check that cannot fail would prove nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cycle_story import Story
from event_logs import EventLogs, export, problems_of_ocel, problems_of_xes
from lxml import etree

from medsos.evaluation.period import Period
from medsos.offices.model import Office


@pytest.fixture
def logs(tmp_path: Path, office: Office, finished_story: Story) -> EventLogs:
    finished_story.evaluate()
    return export(tmp_path / "keluar", office, Period.month(date(2026, 11, 1)))


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def apply(log: Any) -> None:
        for key in path[:-1]:
            log = log[key]
        log[path[-1]] = to

    return apply


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.pop("objectTypes"),
        lambda log: log["events"].append(log["events"][0]),
        lambda log: log["objects"].pop(0),
        _set("events", 0, "type", to="Lain"),
        _set("events", 0, "time", to="2026-11-23 03:00"),
        _set("events", 0, "time", to="2026-13-23T03:00:00.000+00:00"),
        _set("events", 0, "attributes", 1, "value", to=1),
        _set("events", 0, "attributes", 1, "value", to="satu"),
        _set("events", 0, "attributes", 0, "name", to="siklus"),
        _set("eventTypes", 0, "attributes", 0, "type", to="text"),
        _set("objects", 0, "attributes", 0, "time", to=""),
        _set("objects", 0, "relationships", to=[{"objectId": "rapat:99", "qualifier": "x"}]),
    ],
)
def test_a_wrong_ocel_is_found(logs: EventLogs, spoil: Callable[[Any], Any]) -> None:
    log = json.loads(logs.ocel_path.read_bytes())
    assert list(problems_of_ocel(log)) == []
    spoil(log)
    assert list(problems_of_ocel(log)) != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('xes.version="1849.2016"', 'xes.version="satu"'),
        ('<extension name="Time" prefix="time"', '<extension name="Time" prefix="waktu"'),
        ('name="Langkah_SOP"', 'name="Langkah SOP"'),
        ('keys="step"', 'keys="round"'),
        ('<event><string key="concept:name"', '<event><string key="judul"'),
        ('<int key="step_no" value="1"', '<int key="step_no" value="satu"'),
        ('<string key="org:group"', '<string key="org:resource"'),
        ('value="true"', 'value="ya"'),
        ("<trace>", '<trace nomor="1">'),
        ("</trace>", '<string key="akhir" value=""/></trace>'),
    ],
)
def test_a_wrong_xes_is_found(logs: EventLogs, old: str, new: str) -> None:
    text = logs.xes_path.read_text(encoding="utf-8").replace('value="false"', 'value="true"')
    assert list(problems_of_xes(etree.fromstring(text.encode()))) == []
    assert old in text
    assert list(problems_of_xes(etree.fromstring(text.replace(old, new).encode()))) != []
