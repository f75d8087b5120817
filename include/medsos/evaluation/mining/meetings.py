"""The moments of a meeting, which stands for itself in OCEL and in each trace of its cycles in XES."""

from __future__ import annotations

from medsos.evaluation.mining.ids import cycle_key, meeting_key
from medsos.evaluation.mining.moments import NOTED, Moment, moments_of
from medsos.evaluation.mining.people import UNRECORDED, People
from medsos.evaluation.mining.stories import AnyRow, Gathering, Story
from medsos.evaluation.mining.vocabulary import MEETING, task_of


def gathering_moments(gathering: Gathering) -> list[Moment]:
    """A meeting once, however many cycles came of it."""
    return _moments(gathering.minutes, gathering.cycle_ids)


def trace_of(story: Story, people: People) -> list[Moment]:
    """All moments of a cycle with its meeting, also where another cycle wrote the minutes."""
    meeting = _moments(story.minutes, (story.cycle.id,)) if story.minutes is not None else []
    return sorted([*meeting, *moments_of(story, people)], key=lambda moment: moment.order)


def _moments(minutes: AnyRow, cycle_ids: tuple[int, ...]) -> list[Moment]:
    """The meeting itself: its begin and its end, with all cycles that came of it."""
    task_id = "meeting.record_minutes"
    relations = (
        (meeting_key(minutes.id), "rapat"),
        *((cycle_key(number), "siklus") for number in cycle_ids),
    )
    return [
        Moment(
            id=f"minutes:{minutes.id}:{transition}",
            activity=MEETING,
            at=at,
            transition=transition,
            step_no=1,
            office=minutes.office,
            task_id=task_id,
            order=(at, task_of(task_id).flow, NOTED, place),
            resource=UNRECORDED,
            relations=relations,
        )
        for place, (transition, at) in enumerate(
            (("start", minutes.started_at), ("complete", minutes.ended_at))
        )
    ]
