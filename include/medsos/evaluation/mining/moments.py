"""Turns the record of a cycle into the moments that both formats tell, in one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from medsos.evaluation.mining.ids import (
    cycle_key,
    evidence_key,
    link_key,
    meeting_key,
    official_key,
    publication_key,
    round_key,
)
from medsos.evaluation.mining.people import SYSTEM, UNRECORDED, People, is_person
from medsos.evaluation.mining.states import attempts_by_publication, changes_of
from medsos.evaluation.mining.stories import Rows, Story
from medsos.evaluation.mining.text import Value
from medsos.evaluation.mining.vocabulary import (
    DECISIONS,
    EVIDENCE,
    LINK,
    OTHER_TASK,
    OUTCOMES,
    TRANSITIONS,
    task_of,
)

BEGUN, NOTED, ENDED = 0, 1, 2
"""Within one instant of a task: it begins, what it notes down is noted, it ends."""

_ROUND_WORK = {
    "design.plan_content": (0, "merencanakan"),
    "design.render_designs": (0, "menghasilkan"),
    "approval.await_decision": (0, "menilai"),
    "approval.revise_content": (1, "merencanakan"),
    "approval.render_designs": (1, "menghasilkan"),
}
"""Task → which round it works on, counted from the one it stands in, and how."""

Order = tuple[datetime, tuple[int, int, int, int], int, int]


@dataclass(frozen=True)
class Moment:
    """Something that happened.

    :param id: table and row that tell of it.
    :param transition: of the standard lifecycle of XES.
    :param step_no: the SOP step, 0 before step 1.
    :param round_no: 0 for none; `channel` is empty for none.
    :param resource: who did it, as the export shows them; `role` what they were then.
    :param facts: further attributes; those without a value are left out.
    :param relations: object and qualifier.
    """

    id: str
    activity: str
    at: datetime
    transition: str
    step_no: int
    office: str
    task_id: str
    order: Order
    resource: str
    role: str = ""
    round_no: int = 0
    channel: str = ""
    facts: dict[str, Value | None] = field(default_factory=dict)
    relations: tuple[tuple[str, str], ...] = ()


def moments_of(story: Story, people: People) -> list[Moment]:
    """Everything that happened in a cycle, in the order of time, without its meeting.

    What happened in the same instant follows the order of the procedure.
    """
    teller = _Teller(story, people)
    return sorted(teller.tell(), key=lambda moment: moment.order)


class _Teller:
    """Tells one cycle. `performers` holds who acted last in a task, for what the task notes afterwards."""

    def __init__(self, story: Story, people: People) -> None:
        self.story = story
        self.people = people
        self.cycle = story.cycle
        self.rounds = set(story.rounds)
        self.performers: dict[str, str] = {}
        self.by_channel: dict[str, Rows] = {}
        for row in story.publications:
            self.by_channel.setdefault(row.channel, []).append(row)

    def tell(self) -> Iterator[Moment]:
        yield from self._steps()
        yield from self._decisions()
        yield from self._publications()
        yield from self._evidence()
        yield from self._links()

    def _steps(self) -> Iterator[Moment]:
        for row in self.story.events:
            task = task_of(row.task_id)
            if row.event == "started":
                self.performers[row.task_id] = ""
            if is_person(row.actor):
                self.performers[row.task_id] = row.actor
            # The system ends a form, but it was the person who answered it that did the work.
            actor = self.performers.get(row.task_id, "") if row.event == "finished" else row.actor
            round_no = row.round or task.round_no
            detail = row.detail
            yield self._moment(
                f"step_events:{row.id}",
                task.activity,
                row.at,
                row.task_id,
                phase=ENDED if row.event in ("finished", "failed") else BEGUN,
                number=row.id,
                transition=TRANSITIONS.get(row.event, "unknown"),
                actor=actor,
                round_no=round_no,
                channel=row.channel or task.channel,
                facts={
                    "option": detail.get("option"),
                    "error": detail.get("error"),
                    "message": None if self.people.pseudonymous else detail.get("message"),
                },
                relations=[
                    *self._round_relations(task.family, round_no or 1),
                    *self._publication_relations(task.channel, row.at),
                    *self._meeting_relations(task.family),
                    *(
                        (official_key(self.people.shown(name)), "diminta")
                        for name in detail.get("for_people") or ()
                        if is_person(name)
                    ),
                ],
            )

    def _decisions(self) -> Iterator[Moment]:
        for row in self.story.approvals:
            behalf = row.on_behalf_of
            person = behalf is not None and self.people.is_known(behalf)
            shown = self.people.shown(behalf) if behalf and person else behalf
            relations = self._round_relations("approval.await_decision", row.round)
            if person and shown:
                relations.append((official_key(shown), "atas nama"))
            yield self._moment(
                f"approvals:{row.id}",
                DECISIONS.get(row.decision, OTHER_TASK),
                row.decided_at,
                f"approval.round_{row.round}.await_decision",
                number=row.id,
                actor=row.decided_by,
                round_no=row.round,
                facts={
                    "decision": row.decision,
                    "on_behalf_of": shown,
                    "note": None if self.people.pseudonymous else row.note,
                },
                relations=relations,
            )

    def _publications(self) -> Iterator[Moment]:
        attempts = attempts_by_publication(self.story)
        for row in self.story.publications:
            task_id = f"upload.publish_{row.channel}"
            by_hand = self.performers.get(task_id) or UNRECORDED
            for change in changes_of(row, attempts.get(row.id, [])):
                if change.state not in OUTCOMES:
                    continue
                yield self._moment(
                    f"publications:{row.id}:{change.number}",
                    OUTCOMES[change.state],
                    change.at,
                    task_id,
                    number=row.id,
                    actor=SYSTEM if row.mode == "api" else by_hand,
                    channel=row.channel,
                    facts={"state": change.state, "mode": row.mode},
                    relations=[(publication_key(row.id), "unggahan")],
                )

    def _evidence(self) -> Iterator[Moment]:
        for row in self.story.evidence:
            task_id = f"upload.capture_{row.channel}"
            forms = (task_id, f"upload.publish_{row.channel}")
            by_hand = next(filter(None, map(self.performers.get, forms)), UNRECORDED)
            yield self._moment(
                f"evidence:{row.id}",
                EVIDENCE,
                row.captured_at,
                task_id,
                number=row.id,
                actor=by_hand if row.kind == "manual" else SYSTEM,
                channel=row.channel,
                facts={"kind": row.kind},
                relations=[
                    (evidence_key(row.id), "bukti"),
                    (publication_key(row.publication_id), "unggahan"),
                ],
            )

    def _links(self) -> Iterator[Moment]:
        for row in self.story.links:
            yield self._moment(
                f"links:{row.id}",
                LINK,
                row.made_at,
                "link.build_links",
                number=row.id,
                actor=SYSTEM,
                channel=row.channel,
                facts={"kind": row.kind},
                relations=[(link_key(row.id), "tautan")],
            )

    def _moment(
        self,
        key: str,
        activity: str,
        at: datetime,
        task_id: str,
        *,
        number: int,
        actor: str,
        phase: int = NOTED,
        transition: str = "complete",
        relations: list[tuple[str, str]],
        **values: Any,
    ) -> Moment:
        task = task_of(task_id)
        shown = self.people.shown(actor)
        performer = [(official_key(shown), "pelaksana")] if is_person(actor) else []
        return Moment(
            id=key,
            activity=activity,
            at=at,
            transition=transition,
            step_no=task.step_no,
            office=self.cycle.office,
            task_id=task_id,
            order=(at, task.flow, phase, number),
            resource=shown,
            role=self.people.role_at(actor, at),
            relations=((cycle_key(self.cycle.id), "siklus"), *performer, *relations),
            **values,
        )

    def _round_relations(self, family: str, round_no: int) -> list[tuple[str, str]]:
        if family not in _ROUND_WORK:
            return []
        later, qualifier = _ROUND_WORK[family]
        target = round_no + later
        return [(round_key(self.cycle.id, target), qualifier)] if target in self.rounds else []

    def _publication_relations(self, channel: str, at: datetime) -> list[tuple[str, str]]:
        """The publication of the channel that was being worked on at that moment."""
        rows = self.by_channel.get(channel, [])
        begun = [row for row in rows if row.created_at <= at] or rows[:1]
        return [(publication_key(begun[-1].id), "unggahan")] if begun else []

    def _meeting_relations(self, family: str) -> list[tuple[str, str]]:
        minutes = self.story.minutes
        if family != "meeting.record_minutes" or minutes is None:
            return []
        own = minutes.cycle_id == self.cycle.id
        return [(meeting_key(minutes.id), "mencatat" if own else "memakai")]
