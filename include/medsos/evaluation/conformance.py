"""Compares what was done with the order of the SOP: skipped, repeated, out of order, wrong role, no proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import PROOF_KINDS, PUBLISHED
from medsos.evaluation.durations import WAIT, Step, six_steps
from medsos.evaluation.log import read_log
from medsos.evaluation.rules import Rules
from medsos.indonesian import list_text
from medsos.offices.model import CHANNEL_NAMES, ROLE_NAMES
from medsos.sop.model import STEP_KEYS, step_of_form
from medsos.store.columns import among, read_columns
from medsos.store.models import ChannelResult, Cycle, Delegation, Official, StepEvent

KINDS = {
    "skipped": "dilewati",
    "repeated": "diulang",
    "out_of_order": "tidak urut",
    "wrong_role": "bukan pelaksana",
    "no_proof": "bukti kurang",
}
"""Kinds of deviations, with their Indonesian names (`docs/evaluasi.md`)."""

_AFTER_APPROVAL = ("upload", "link")
_COLUMNS = ["cycle_id", "step_no", "kind", "detail"]


@dataclass(frozen=True)
class _Found:
    cycle_id: int
    step_key: str
    kind: str
    detail: str = ""


def deviations(session: Session, cycle_ids: Sequence[int], *, rules: Rules) -> pd.DataFrame:
    """What was not as the SOP has it, in evaluated cycles.

    :returns: `cycle_id, step_no, kind, detail`; kinds are those of `KINDS`, the detail is Indonesian.
    """
    query = select(Cycle.id, Cycle.office, Cycle.sop_version, Cycle.status, Cycle.completed_at)
    cycles = read_columns(session, query.where(among(session, Cycle.id, cycle_ids))).set_index("id")
    steps = six_steps(read_log(session, cycle_ids), cycles["completed_at"])
    found = [
        *_skipped(steps, cycles),
        *_out_of_order(steps),
        *_repeated(session, cycle_ids),
        *_wrong_role(session, cycle_ids, cycles, rules),
        *_without_proof(session, cycle_ids),
    ]
    rows = [(one.cycle_id, STEP_KEYS.index(one.step_key) + 1, one.kind, one.detail) for one in found]
    frame = pd.DataFrame(rows, columns=_COLUMNS).drop_duplicates()
    return frame.sort_values(["cycle_id", "step_no", "kind", "detail"], ignore_index=True)


def _skipped(steps: dict[str, Step], cycles: pd.DataFrame) -> list[_Found]:
    begun = pd.DataFrame({key: cycles.index.isin(step.begun["cycle_id"]) for key, step in steps.items()})
    begun.index = cycles.index
    # Whether any later step was begun.
    later = begun.iloc[:, ::-1].cummax(axis=1).iloc[:, ::-1].shift(-1, axis=1, fill_value=False)
    missing = ~begun & later
    missing.loc[cycles["status"] == "ditolak", list(_AFTER_APPROVAL)] = False
    return [_Found(cycle, key, "skipped") for key in steps for cycle in missing.index[missing[key]]]


def _out_of_order(steps: dict[str, Step]) -> list[_Found]:
    """A step that began before the one before it had come to its end for the first time."""
    found = []
    for before, key in pairwise(STEP_KEYS):
        spans = steps[before].spans
        spans = spans[spans["kind"] != WAIT].sort_values("end")
        # The first design is what the first approval needs; later rounds come after it.
        ends = spans.groupby("cycle_id")["end"].agg("first" if before == "design" else "last")
        begins = steps[key].begun.groupby("cycle_id")["at"].min()
        early = begins[begins < ends.reindex(begins.index)].index
        found += [_Found(cycle, key, "out_of_order") for cycle in early]
    return found


def _repeated(session: Session, cycle_ids: Sequence[int]) -> list[_Found]:
    """Tasks that finished more than once. The same moment twice is one end, written again by a later try."""
    query = select(StepEvent.cycle_id, StepEvent.task_id, StepEvent.at).distinct()
    query = query.where(StepEvent.event == "finished", StepEvent.step_key.in_(STEP_KEYS))
    finished = read_columns(session, query.where(among(session, StepEvent.cycle_id, cycle_ids)))
    counts = finished.groupby(["cycle_id", "task_id"], as_index=False).size()
    return [
        _Found(
            row["cycle_id"],
            step_of_form(row["task_id"]),
            "repeated",
            f"tugas {row['task_id']} selesai {row['size']} kali",
        )
        for row in records(counts[counts["size"] > 1])
    ]


def _wrong_role(
    session: Session, cycle_ids: Sequence[int], cycles: pd.DataFrame, rules: Rules
) -> list[_Found]:
    """Forms that were answered by somebody without the role that the SOP names for the step."""
    query = select(StepEvent.cycle_id, StepEvent.task_id, StepEvent.actor, StepEvent.at)
    query = query.where(
        StepEvent.event == "resumed", StepEvent.actor != "", StepEvent.step_key.in_(STEP_KEYS)
    )
    answers = read_columns(session, query.where(among(session, StepEvent.cycle_id, cycle_ids)))
    answers = answers.join(cycles[["office", "sop_version"]], on="cycle_id")
    roles = {name: role for role, name in ROLE_NAMES.items()}
    held = {office: _Roles(session, office, rules) for office in answers["office"].unique()}
    found = []
    for row in records(answers):
        key, actor = step_of_form(row["task_id"]), row["actor"]
        performers = rules.sop(row["sop_version"]).step(key).performed_by
        wanted = {roles[name] for name in performers if name in roles}
        if not held[row["office"]].any_of(wanted, actor, row["at"]):
            found.append(_Found(row["cycle_id"], key, "wrong_role", f"{actor} bukan {list_text(performers)}"))
    return found


class _Roles:
    """Who held which role of an office when; the rule of `approval.officials.holders`."""

    def __init__(self, session: Session, office: str, rules: Rules) -> None:
        self._zone = rules.office(office).zone
        self._officials = session.scalars(select(Official).where(Official.office == office)).all()
        self._delegations = session.scalars(select(Delegation).where(Delegation.office == office)).all()

    def any_of(self, roles: set[str], username: str, at: datetime) -> bool:
        """Whether somebody held one of the roles at that moment, in their own right or for somebody else."""
        day = at.astimezone(self._zone).date()
        rows: list[Official | Delegation] = [
            row
            for row in self._officials
            if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
        ]
        rows += [
            row
            for row in self._delegations
            if row.recorded_at <= at and row.valid_from <= day <= row.valid_until
        ]
        return any(
            row.username == username and row.role in roles and (row.ended_at is None or row.ended_at > at)
            for row in rows
        )


def _without_proof(session: Session, cycle_ids: Sequence[int]) -> list[_Found]:
    query = select(ChannelResult.cycle_id, ChannelResult.channel, ChannelResult.evidence_kind)
    query = query.where(ChannelResult.state == PUBLISHED, among(session, ChannelResult.cycle_id, cycle_ids))
    up = read_columns(session, query)
    return [
        _Found(
            row["cycle_id"], "upload", "no_proof", f"{CHANNEL_NAMES[row['channel']]} tanpa tangkapan layar"
        )
        for row in records(up[~up["evidence_kind"].isin(PROOF_KINDS)])
    ]


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame of few rows, each by the names of the columns."""
    return frame.to_dict("records")  # type: ignore[return-value]
