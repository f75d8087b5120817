"""Writes XES (IEEE 1849) piece by piece: one trace per cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from lxml import etree

from medsos.evaluation.mining.moments import Moment
from medsos.evaluation.mining.steps import StepNames
from medsos.evaluation.mining.stories import Story
from medsos.evaluation.mining.text import Value, clean, instant

NAMESPACE = "http://www.xes-standard.org/"
"""Of the log, and so of all that stands in it: the elements below are written without saying it again."""

EXTENSIONS: dict[str, str] = {
    "Concept": "concept",
    "Time": "time",
    "Lifecycle": "lifecycle",
    "Organizational": "org",
}
"""Name → prefix of the standard's extensions that are used; each is defined at `<prefix>.xesext`."""

CLASSIFIERS: dict[str, str] = {
    "Aktivitas": "concept:name",
    "Aktivitas_dan_transisi": "concept:name lifecycle:transition",
    "Langkah_SOP": "step",
    "Pelaksana": "org:resource",
}
"""Name → keys by which two events count as the same; the first is the one that tools take by themselves."""

_TRACE_DEFAULTS: dict[str, Value] = {"concept:name": "0"}
_EVENT_DEFAULTS: dict[str, Value] = {
    "concept:name": "-",
    "time:timestamp": datetime.fromisoformat("1970-01-01T00:00:00+00:00"),
    "lifecycle:transition": "unknown",
    "org:resource": "-",
    "org:group": "-",
    "step": "-",
    "step_no": 0,
}
"""What every event has; XES wants a value that would stand for a missing one."""

_PIECE = 64 * 1024


class _Sink:
    """Takes what lxml writes until it is handed on."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> None:
        self._pieces.append(data)
        self.size += len(data)

    def take(self) -> bytes:
        data, self._pieces, self.size = b"".join(self._pieces), [], 0
        return data


def xes_pieces(
    title: str,
    traces: Iterable[tuple[Story, list[Moment]]],
    steps: StepNames,
    *,
    free_text: bool = True,
) -> Iterator[bytes]:
    """The file in pieces of some ten thousand bytes.

    :param title: name of the log.
    :param free_text: with the words that people wrote about a cycle, other than its title.
    """
    sink = _Sink()
    with etree.xmlfile(sink, encoding="UTF-8") as file:
        file.write_declaration()
        head = {"xes.version": "1849.2016", "xes.features": ""}
        with file.element(f"{{{NAMESPACE}}}log", head, nsmap={None: NAMESPACE}):
            for element in _preamble(title):
                file.write("\n", element)
            for story, moments in traces:
                file.write("\n", _trace(story, moments, steps, free_text))
                if sink.size >= _PIECE:
                    file.flush()
                    yield sink.take()
            file.write("\n")
    yield sink.take()


def _preamble(title: str) -> Iterator[etree._Element]:
    for name, prefix in EXTENSIONS.items():
        yield _element("extension", name=name, prefix=prefix, uri=f"{NAMESPACE}{prefix}.xesext")
    for scope, defaults in (("trace", _TRACE_DEFAULTS), ("event", _EVENT_DEFAULTS)):
        yield _with(_element("global", scope=scope), defaults)
    for name, keys in CLASSIFIERS.items():
        yield _element("classifier", name=name, scope="event", keys=keys)
    yield from _with(_element("log"), {"concept:name": title, "lifecycle:model": "standard"})


def _trace(story: Story, moments: list[Moment], steps: StepNames, free_text: bool) -> etree._Element:
    cycle = story.cycle
    trace = _with(
        _element("trace"),
        {
            "concept:name": str(cycle.id),
            "title": cycle.title,
            "office": cycle.office,
            "content_type": cycle.content_type,
            "sop_version": cycle.sop_version,
            "status": cycle.status,
            "channels": ", ".join(cycle.request.get("channels", ())),
            "requested_at": cycle.requested_at,
            "completed_at": cycle.completed_at,
            "kahar": cycle.kahar,
            "kahar_reason": cycle.kahar_reason if free_text else None,
        },
    )
    for moment in moments:
        event = etree.SubElement(trace, "event")
        _with(
            event,
            {
                "concept:name": moment.activity,
                "concept:instance": moment.task_id,
                "time:timestamp": moment.at,
                "lifecycle:transition": moment.transition,
                "org:resource": moment.resource,
                "org:role": moment.role,
                "org:group": moment.office,
                "step": steps.name(cycle.sop_version, moment.step_no),
                "step_no": moment.step_no,
                "round": moment.round_no or None,
                "channel": moment.channel,
                **moment.facts,
                "event_id": moment.id,
            },
        )
    return trace


def _element(tag: str, **attributes: str) -> etree._Element:
    return etree.Element(tag, attributes)


def _with(parent: etree._Element, values: Mapping[str, Value | None]) -> etree._Element:
    """The element with its attributes in the sense of XES, each an element of its type."""
    for key, value in values.items():
        match value:
            case None | "":
                continue
            case str():
                tag, text = "string", clean(value)
            case bool():
                tag, text = "boolean", "true" if value else "false"
            case int():
                tag, text = "int", str(value)
            case _:
                tag, text = "date", instant(value)
        etree.SubElement(parent, tag, key=key, value=text)
    return parent
