"""What the event logs call things, as declared tables: activities, outcomes, object types and attributes.

People read the names of activities, object types and qualifiers, so these are Indonesian; attribute names
are ASCII and equal to the columns of the record where they come from one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from medsos.offices.model import CHANNELS
from medsos.sop.model import STEP_KEYS

Attributes = dict[str, str]
"""Name → type as OCEL 2.0 knows them: string, time, integer, float, boolean."""

TRANSITIONS: dict[str, str] = {
    "started": "start",
    "waiting": "suspend",
    "resumed": "resume",
    "finished": "complete",
    "failed": "ate_abort",
}
"""Events of the record → transitions of the standard lifecycle (XES, lifecycle extension)."""


@dataclass(frozen=True)
class Activity:
    """One task of the DAG as an activity.

    :param step_no: the SOP step whose work it is; 0 before step 1. A revision is work of step 2.
    :param group: the step in whose group the task stands, and `place` its place there: the order of the flow.
    """

    name: str
    step_no: int
    group: int
    place: int = 0


TASKS: dict[str, Activity] = {
    "accept_request": Activity("Terima Permohonan", 0, 0),
    "meeting.record_minutes": Activity("Catat Notula", 1, 1, 1),
    "design.plan_content": Activity("Rencanakan Materi", 2, 2),
    "design.render_designs": Activity("Buat Desain", 2, 2, 1),
    "approval.await_decision": Activity("Persetujuan Kasubbag", 3, 3),
    "approval.revise_content": Activity("Perbaiki Materi", 2, 3, 1),
    "approval.render_designs": Activity("Buat Desain", 2, 3, 2),
    "approval.conclude": Activity("Putusan", 3, 3, 3),
    "upload.wait_until_scheduled": Activity("Tunggu Waktu Unggah", 4, 4),
    "upload.publish": Activity("Unggah ke Kanal", 4, 4, 1),
    "upload.capture": Activity("Ambil Tangkapan Layar", 4, 4, 2),
    "link.build_links": Activity("Buat Tautan", 5, 5),
    "evaluation.evaluate_cycle": Activity("Evaluasi dan Laporan", 6, 6),
    "evaluation.confirm_complete": Activity("Pastikan Lengkap", 6, 6, 1),
}
"""By task id, without the round and the channel."""

OTHER_TASK = "Tugas Lain"
"""Activity of a task that the table does not know; its attribute `task_id` names it."""

MEETING = "Rapat Pengelolaan Medsos"
DECISIONS: dict[str, str] = {
    "setuju": "Materi Disetujui",
    "revisi": "Revisi Diminta",
    "tolak": "Materi Ditolak",
}
OUTCOMES: dict[str, str] = {
    "published": "Konten Tayang",
    "rejected": "Unggahan Ditolak Kanal",
    "unknown": "Hasil Unggahan Belum Pasti",
    "needs_person": "Unggahan Perlu Diperiksa",
    "cancelled": "Unggahan Dibatalkan",
}
"""States of a publication that are told as activities."""
EVIDENCE = "Bukti Disimpan"
LINK = "Tautan Dicatat"

BEFORE_STEPS = "Permohonan"
"""Stands for the SOP step where there is none yet."""

_OF_EVERY_EVENT: Attributes = {
    "lifecycle": "string",
    "step_no": "integer",
    "step": "string",
    "office": "string",
    "resource": "string",
    "role": "string",
    "round": "integer",
    "channel": "string",
    "task_id": "string",
}
_OF_TASKS: Attributes = {**_OF_EVERY_EVENT, "option": "string", "error": "string", "message": "string"}

EVENT_TYPES: dict[str, Attributes] = {
    MEETING: _OF_EVERY_EVENT,
    **{activity.name: _OF_TASKS for activity in TASKS.values()},
    OTHER_TASK: _OF_TASKS,
    **{
        name: {**_OF_EVERY_EVENT, "decision": "string", "on_behalf_of": "string", "note": "string"}
        for name in DECISIONS.values()
    },
    **{name: {**_OF_EVERY_EVENT, "state": "string", "mode": "string"} for name in OUTCOMES.values()},
    EVIDENCE: {**_OF_EVERY_EVENT, "kind": "string"},
    LINK: {**_OF_EVERY_EVENT, "kind": "string"},
}
"""Every activity that can occur, with the attributes that its events may have."""

CYCLE = "Siklus"
MEETING_OBJECT = "Rapat"
ROUND = "Putaran Desain"
PUBLICATION = "Unggahan"
EVIDENCE_OBJECT = "Bukti"
LINK_OBJECT = "Tautan"
OFFICIAL = "Pejabat"

OBJECT_TYPES: dict[str, Attributes] = {
    CYCLE: {
        "title": "string",
        "office": "string",
        "content_type": "string",
        "sop_version": "string",
        "channels": "string",
        "requested_at": "time",
        "completed_at": "time",
        "kahar": "boolean",
        "kahar_reason": "string",
        "status": "string",
    },
    MEETING_OBJECT: {"office": "string", "started_at": "time", "ended_at": "time"},
    ROUND: {"round": "integer", "files": "integer", "channels": "string", "decision": "string"},
    PUBLICATION: {
        "channel": "string",
        "mode": "string",
        "attempts": "integer",
        "permalink": "string",
        "post_id": "string",
        "state": "string",
    },
    EVIDENCE_OBJECT: {"kind": "string", "sha256": "string", "size_bytes": "integer"},
    LINK_OBJECT: {"kind": "string", "channel": "string", "address": "string"},
    OFFICIAL: {"name": "string", "role": "string"},
}


@dataclass(frozen=True)
class Task:
    """What a task id tells. `flow` sorts tasks as the procedure flows; `round_no` is 0 for none."""

    activity: str
    step_no: int
    flow: tuple[int, int, int, int]
    family: str
    round_no: int = 0
    channel: str = ""


@lru_cache(maxsize=1000)
def task_of(task_id: str) -> Task:
    """Reads a task id of the content cycle, such as `approval.round_2.await_decision`."""
    group, _, rest = task_id.partition(".")
    round_no, channel = 0, ""
    if rest.startswith("round_"):
        number, _, rest = rest.removeprefix("round_").partition(".")
        round_no = int(number) if number.isdecimal() else 0
    name, _, tail = rest.partition("_")
    if tail in CHANNELS:
        rest, channel = name, tail
    family = f"{group}.{rest}" if rest else group
    known = TASKS.get(family)
    if known is None:
        step_no = STEP_KEYS.index(group) + 1 if group in STEP_KEYS else 0
        return Task(OTHER_TASK, step_no, (step_no, 99, 0, 0), family, round_no, channel)
    # Approval goes round by round, and its conclusion has no round: it comes last.
    turn = (round_no or 99) if known.group == STEP_KEYS.index("approval") + 1 else 0
    place = CHANNELS.index(channel) if channel else 0
    return Task(known.name, known.step_no, (known.group, turn, known.place, place), family, round_no, channel)
