"""Traces the times of a cycle back to its events, for people: `medsos evaluate --explain`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from medsos.errors import ConfigError
from medsos.evaluation.conformance import KINDS, deviations, records
from medsos.evaluation.durations import six_steps, times
from medsos.evaluation.log import read_log
from medsos.evaluation.rules import Rules
from medsos.evaluation.tables import one_moment
from medsos.indonesian import number_text
from medsos.store.models import Cycle


def explain(session: Session, cycle_id: int, *, rules: Rules, now: datetime) -> Iterator[str]:
    """Lines that show, for each step, the stretches of time it is made of and the events that bound them.

    :param now: aware; the end of a step that is still running.
    :raises ConfigError: there is no such cycle.
    """
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        raise ConfigError(f"Siklus {cycle_id} tidak ada. Nomor siklus tertulis pada halaman Siklus.")
    zone, sop = rules.office(cycle.office).zone, rules.sop(cycle.sop_version)
    ids = pd.Index([cycle_id], name="cycle_id")
    working = rules.working(pd.Series([cycle.office], index=ids))
    yield f"Siklus {cycle_id}: {cycle.title} ({cycle.status}; SOP {sop.number})"
    six = six_steps(read_log(session, [cycle_id]), one_moment(ids, cycle.completed_at or now))
    for step, key in zip(sop.steps, six, strict=True):
        taken = times(six[key], ids, working).iloc[0]
        yield f"\n{step.number} · {step.name}: {_verdict(taken, float(step.target_minutes))}"
        spans = six[key].spans.copy()
        spans["minutes"] = working(spans["cycle_id"], spans["start"], spans["end"])
        yield from _lines(spans, zone)
        if spans.empty and not pd.isna(taken["started_at"]):
            yield f"  mulai {_moment(taken['started_at'], zone)}, belum selesai"
    found = deviations(session, [cycle_id], rules=rules)
    yield "\nPenyimpangan dari SOP: " + ("tidak ada" if found.empty else "")
    for row in records(found):
        yield f"  langkah {row['step_no']}, {KINDS[row['kind']]}" + (
            f": {row['detail']}" if row["detail"] else ""
        )


def _verdict(taken: pd.Series, target: float) -> str:
    if pd.isna(taken["working_minutes"]):
        return "tidak dinilai"
    if not taken["counted"]:
        return "dihitung pada siklus yang menulis notulanya"
    minutes = taken["working_minutes"]
    word = "tepat waktu" if minutes <= target else f"lewat {_minutes(minutes - target)}"
    return f"{_minutes(minutes)} menit kerja dari target {_minutes(target)}, {word}"


def _lines(spans: pd.DataFrame, zone: ZoneInfo) -> Iterator[str]:
    for span in records(spans.sort_values(["start", "kind"])):
        yield (
            f"  {span['kind']:<9} {_moment(span['start'], zone)} – {_moment(span['end'], zone)}  "
            f"{_minutes(span['minutes'])} menit kerja ({_source(span['first_event'], span['last_event'])})"
        )


def _source(first_event: int, last_event: int) -> str:
    if not first_event:
        return "notula"
    if not last_event:
        return f"kejadian {first_event}, masih berjalan"
    return f"kejadian {first_event}–{last_event}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d-%m-%Y %H.%M.%S}"


def _minutes(minutes: float) -> str:
    return number_text(minutes, decimals=2)
