"""What can be made to go wrong with requests (platform contract, section 9, point 7).

A fault says which requests it hits, how long it lasts and what happens; `docs/sandbox.md` lists its keys.

| kind | the platform … |
| --- | --- |
| `drop_before` | never sees the request; the connection breaks |
| `process_then_drop` | does the work, then the connection breaks without an answer |
| `status` | does nothing and answers `status`, `headers`, `body` |
| `process_then_status` | does the work and answers `status`, `headers`, `body` all the same |
| `slow` | waits `seconds`, then works and answers |
| `process_then_slow` | works, and answers only after `seconds` |
| `truncated` | works, and the connection breaks in the middle of the answer |
| `wrong_type` | works, and gives the right body the content type `content_type` |
| `expire_token` | ends the account's access token first, and so refuses the request |
| `fail_processing` | takes the request; what it starts to process fails later with `reason` |

`preset` fills in `status`, `headers` and `body` with an answer of a platform from `fault_answers.PRESETS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from medsos.sandbox.fault_answers import PRESETS
from medsos.sandbox.state import Document, State

KINDS = (
    "drop_before", "process_then_drop", "status", "process_then_status", "slow", "process_then_slow",
    "truncated", "wrong_type", "expire_token", "fail_processing",
)  # fmt: skip
_DEFAULTS: Document = {
    "kind": "status", "method": "", "path": "", "match": "", "skip": 0, "status": 500, "headers": {},
    "body": "", "seconds": 0.0, "content_type": "text/html", "reason": "", "until": None,
}  # fmt: skip
KEYS = {*_DEFAULTS, "times", "preset", "for_seconds"}


def checked(fault: Any, now: float) -> Document:
    """A fault as it is stored: every key filled in, `until` in unix seconds.

    :param now: the sandbox's clock, from which `for_seconds` counts.
    :raises ValueError: it could never do what it says.
    """
    if not isinstance(fault, dict) or set(fault) - KEYS:
        raise ValueError(f"A fault has the keys {', '.join(sorted(KEYS))}")
    preset = fault.get("preset")
    if preset is not None and preset not in PRESETS:
        raise ValueError(f"Unknown preset; known are {', '.join(PRESETS)}")
    full = {**_DEFAULTS, **PRESETS.get(preset or "", {}), **fault}
    full["until"] = _until(fault, now)
    # What has an end of its own hits every request until then, everything else the next one.
    full.setdefault("times", 1 if full["until"] is None else -1)
    full.pop("for_seconds", None)
    if full["kind"] not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    for name in ("times", "skip", "status", "seconds"):
        if isinstance(full[name], bool) or not isinstance(full[name], (int, float)):
            raise ValueError(f"{name} must be a number")
    if full["times"] == 0 or full["skip"] < 0:
        raise ValueError("times must be above 0, or below for every request; skip must not be below 0")
    for name in ("path", "match"):
        try:
            re.compile(full[name])
        except (re.error, TypeError) as error:
            raise ValueError(f"{name} is no regular expression: {error}") from error
    return full


def _until(fault: dict[str, Any], now: float) -> float | None:
    if fault.get("for_seconds") is not None:
        return now + float(fault["for_seconds"])
    until = fault.get("until")
    if until is None or (isinstance(until, (int, float)) and not isinstance(until, bool)):
        return until
    moment = datetime.fromisoformat(str(until))
    if moment.tzinfo is None:
        raise ValueError("until needs a time zone")
    return moment.timestamp()


def add(state: State, fault: Document) -> Document:
    number = str(state.next_number("fault"))
    return state.put("fault", number, {"id": number, **fault})


def waiting(state: State) -> list[Document]:
    """The faults that can still hit, oldest first; what has ended by the sandbox's clock is forgotten."""
    faults = list(reversed(state.all("fault")))
    now = state.time()
    ended = [fault for fault in faults if fault["until"] is not None and fault["until"] <= now]
    for fault in ended:
        state.delete("fault", fault["id"])
    return [fault for fault in faults if fault not in ended]


def take(
    state: State, faults: list[Document], method: str, path: str, content: Callable[[], str]
) -> Document | None:
    """The oldest of `faults` that hits this request; counts it down. `times` below 0 means for ever.

    :param content: query, headers and beginning of the body as text, for faults with `match`.
    """
    for fault in faults:
        if fault["method"] not in ("", method) or not re.search(fault["path"], path):
            continue
        if fault["match"] and not re.search(fault["match"], content()):
            continue
        if fault["skip"] > 0:
            state.update("fault", fault["id"], skip=fault["skip"] - 1)
            continue
        if fault["times"] == 1:
            state.delete("fault", fault["id"])
        elif fault["times"] > 1:
            state.update("fault", fault["id"], times=fault["times"] - 1)
        return fault
    return None
