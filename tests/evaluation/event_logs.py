"""Makes the event logs of a period, judges them by the rules of their formats, and reads them back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from lxml import etree

from medsos.evaluation.mining import files_of
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.session import reading

RULES = Path(__file__).with_name("rules")
XES = "{http://www.xes-standard.org/}"

Values = dict[str, Any]


@dataclass
class EventLogs:
    """The two files of one export."""

    ocel_path: Path
    xes_path: Path

    @property
    def ocel(self) -> dict[str, Any]:
        return json.loads(self.ocel_path.read_bytes())

    @property
    def xes(self) -> etree._Element:
        return etree.parse(self.xes_path).getroot()

    def traces(self) -> dict[str, list[Values]]:
        """The events of XES by the number of their cycle."""
        return {
            values_of(trace)["concept:name"]: [values_of(event) for event in trace.iter(f"{XES}event")]
            for trace in self.xes.iter(f"{XES}trace")
        }

    def activities(self, cycle_id: int, *, transition: str = "complete") -> list[str]:
        """Names of what a cycle's trace tells in order."""
        events = self.traces()[str(cycle_id)]
        return [e["concept:name"] for e in events if e["lifecycle:transition"] == transition]

    def events(self, activity: str) -> list[Values]:
        """The events of OCEL of one activity; attributes beside `id`, `time` and `objects`."""
        return [
            {
                **{a["name"]: a["value"] for a in event["attributes"]},
                "id": event["id"],
                "time": event["time"],
                "objects": [(r["objectId"], r["qualifier"]) for r in event["relationships"]],
            }
            for event in self.ocel["events"]
            if event["type"] == activity
        ]

    def object(self, key: str) -> dict[str, Any]:
        """The object of OCEL with this id."""
        return next(thing for thing in self.ocel["objects"] if thing["id"] == key)

    def over_time(self, key: str, attribute: str) -> list[tuple[str, str]]:
        """What an attribute of an object was since when."""
        attributes = self.object(key)["attributes"]
        return [(a["time"], a["value"]) for a in attributes if a["name"] == attribute]


def export(folder: Path, office: Office, period: Period, **options: Any) -> EventLogs:
    """Write both files and judge them."""
    with reading() as session:
        paths = {
            file.format: file.write_into(folder)
            for file in files_of(session, offices=[office], period=period, **options)
        }
    logs = EventLogs(paths["ocel"], paths["xes"])
    assert list(problems_of_ocel(logs.ocel)) == []
    assert list(problems_of_xes(logs.xes)) == []
    return logs


def values_of(element: etree._Element) -> Values:
    """What an element of XES says of itself, by key."""
    readers = {"string": str, "int": int, "boolean": "true".__eq__, "date": datetime.fromisoformat}
    return {
        child.get("key"): readers[etree.QName(child).localname](child.get("value"))
        for child in element
        if child.get("key")
    }


def problems_of_ocel(log: dict[str, Any]) -> Iterator[str]:
    """What the schema says, then what no schema can: names that are not declared, ids that lead nowhere."""
    validator = Draft7Validator(json.loads((RULES / "ocel-2.0.schema.json").read_bytes()))
    wrong = [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(log)]
    yield from wrong
    if wrong:
        return
    times = [item["time"] for item in log["events"]]
    times += [attribute["time"] for thing in log["objects"] for attribute in thing["attributes"]]
    yield from (f"{text} is no time" for text in times if not _fits("time", text))
    keys = [thing["id"] for thing in log["objects"]]
    for name, ids in (("events", [event["id"] for event in log["events"]]), ("objects", keys)):
        if len(ids) != len(set(ids)):
            yield f"an id occurs twice among the {name}"
    yield from _undeclared(log["eventTypes"], log["events"])
    yield from _undeclared(log["objectTypes"], log["objects"])
    for item in (*log["events"], *log["objects"]):
        for relation in item["relationships"]:
            if relation["objectId"] not in set(keys):
                yield f"{item['id']} → {relation['objectId']}, which does not exist"


def _undeclared(types: list[Any], items: Iterable[Any]) -> Iterator[str]:
    declared = {kind["name"]: {a["name"]: a["type"] for a in kind["attributes"]} for kind in types}
    if len(declared) != len(types):
        yield "a type is declared twice"
    for item in items:
        known = declared.get(item["type"])
        if known is None:
            yield f"type {item['type']} is not declared"
            continue
        for attribute in item["attributes"]:
            kind = known.get(attribute["name"])
            if kind is None:
                yield f"{item['type']}.{attribute['name']} is not declared"
            elif not _fits(kind, attribute["value"]):
                yield f"{item['type']}.{attribute['name']}: {attribute['value']!r} is no {kind}"


def _fits(kind: str, text: str) -> bool:
    try:
        {"integer": int, "float": float, "time": datetime.fromisoformat}.get(kind, str)(text)
    except ValueError:
        return False
    return kind != "boolean" or text in ("true", "false")


@cache
def _xes_rules() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(RULES / "xes-ieee-1849.xsd"))


def problems_of_xes(log: etree._Element) -> Iterator[str]:
    """What the schema says, then: globals that are missing, prefixes without extension, loose classifiers."""
    rules = _xes_rules()
    rules.validate(log)
    yield from (str(error) for error in rules.error_log)
    prefixes = {extension.get("prefix") for extension in log.iter(f"{XES}extension")}
    wanted = {scope.get("scope"): set(values_of(scope)) for scope in log.iter(f"{XES}global")}
    for classifier in log.iter(f"{XES}classifier"):
        if not set(classifier.get("keys").split()) <= wanted["event"]:
            yield f"the keys of the classifier {classifier.get('name')} are not of every event"
    for scope in ("trace", "event"):
        for element in log.iter(f"{XES}{scope}"):
            keys = [child.get("key") for child in element if child.get("key")]
            if not wanted[scope] <= set(keys):
                yield f"a {scope} lacks {wanted[scope] - set(keys)}"
            if len(keys) != len(set(keys)):
                yield f"a {scope} has a key twice"
            used = {key.split(":")[0] for key in keys if ":" in key}
            if not used <= prefixes:
                yield f"no extension stands for {used - prefixes}"


def read_with_pm4py(logs: EventLogs) -> dict[str, Any]:
    """What PM4Py, a process of its own, finds in the two files."""
    script = Path(__file__).with_name("pm4py_reader.py")
    done = subprocess.run(
        [sys.executable, str(script), str(logs.ocel_path), str(logs.xes_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
