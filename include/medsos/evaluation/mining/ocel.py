"""Writes OCEL 2.0 as JSON, piece by piece (ocel-standard.org, specification 2.0, section 8).

The published schema wants every value as a string; what it stands for is declared with its type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from medsos.evaluation.mining.moments import Moment
from medsos.evaluation.mining.objects import Thing
from medsos.evaluation.mining.steps import StepNames
from medsos.evaluation.mining.text import Value, clean, instant
from medsos.evaluation.mining.vocabulary import EVENT_TYPES, OBJECT_TYPES, Attributes

_PIECE = 64 * 1024


def ocel_pieces(
    moments: Iterable[tuple[str, Moment]], things: Iterable[Thing], steps: StepNames
) -> Iterator[bytes]:
    """The file in pieces of some ten thousand bytes; one event or object on each line.

    :param moments: with the SOP version of their cycle.
    :param things: read after the last moment.
    """
    yield _bytes('{"eventTypes":' + _types(EVENT_TYPES) + ',\n"objectTypes":' + _types(OBJECT_TYPES))
    yield from _array("events", (_event(version, moment, steps) for version, moment in moments))
    yield from _array("objects", (_object(thing) for thing in things))
    yield b"}\n"


def _array(name: str, items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    lines, size = [f',\n"{name}":[\n'], 0
    between = ""
    for item in items:
        line = between + json.dumps(item, ensure_ascii=False, separators=(",", ":"))
        between = ",\n"
        lines.append(line)
        size += len(line)
        if size >= _PIECE:
            yield _bytes("".join(lines))
            lines, size = [], 0
    yield _bytes("".join([*lines, "\n]"]))


def _event(version: str, moment: Moment, steps: StepNames) -> dict[str, Any]:
    values: dict[str, Value | None] = {
        "lifecycle": moment.transition,
        "step_no": moment.step_no,
        "step": steps.name(version, moment.step_no),
        "office": moment.office,
        "resource": moment.resource,
        "role": moment.role,
        "round": moment.round_no or None,
        "channel": moment.channel,
        "task_id": moment.task_id,
        **moment.facts,
    }
    return {
        "id": moment.id,
        "type": moment.activity,
        "time": instant(moment.at),
        "attributes": [
            {"name": name, "value": _text(value)} for name, value in values.items() if value not in (None, "")
        ],
        "relationships": _relationships(moment.relations),
    }


def _object(thing: Thing) -> dict[str, Any]:
    return {
        "id": thing.id,
        "type": thing.type,
        "attributes": [
            {"name": name, "time": instant(at), "value": _text(value)}
            for name, value, at in thing.attributes
            if value not in (None, "")
        ],
        "relationships": _relationships(thing.relations),
    }


def _relationships(relations: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": key, "qualifier": qualifier} for key, qualifier in dict.fromkeys(relations)]


def _text(value: Value | None) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return clean(value)
        case None:
            return ""
        case _:
            return instant(value)


def _types(types: dict[str, Attributes]) -> str:
    declared = [
        {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}
        for name, attributes in types.items()
    ]
    return json.dumps(declared, ensure_ascii=False, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    return text.encode()
