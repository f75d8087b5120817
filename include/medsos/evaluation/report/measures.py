"""What the rules of the recommendations look at: each measure gives its cases and their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from medsos.evaluation.figures.overview import Overview
from medsos.indonesian import list_text, minutes_text, number_text, percent_text


@dataclass(frozen=True)
class Case:
    """One thing that a rule judges: a step, a channel, or the whole period.

    :param value: held against the threshold.
    :param weight: over how many cycles, verdicts or uploads.
    :param words: for the braces of the sentence.
    """

    value: float
    weight: int
    words: dict[str, str] = field(default_factory=dict)


def months_above_target(found: Overview) -> list[Case]:
    """Per step: months whose median is above the target."""
    cases = []
    for number, step in enumerate(found.steps):
        medians = [
            (month.steps[number].median_minutes, month.steps[number].target_minutes) for month in found.months
        ]
        above = sum(median is not None and median > target for median, target in medians)
        words = {
            "step_no": str(step.number),
            "step": step.name,
            "months": str(len(found.months)),
            "target": minutes_text(step.target_minutes),
        }
        cases.append(Case(above, step.cycles, words))
    return cases


def on_time_rate(found: Overview) -> list[Case]:
    """Share of all verdicts within the target."""
    rate = found.counts.on_time_rate
    judged = [(step.on_time_rate, step) for step in found.steps if step.on_time_rate is not None]
    if rate is None or not judged:
        return []
    worst_rate, worst = min(judged, key=lambda item: item[0])
    words = {"worst_no": str(worst.number), "worst": worst.name, "worst_rate": percent_text(worst_rate)}
    return [Case(rate, found.counts.cycles, words)]


def revised_rate(found: Overview) -> list[Case]:
    """Share of cycles with more than one round."""
    rate = found.counts.revised_rate
    return [] if rate is None else [Case(rate, found.counts.cycles)]


def without_proof(found: Overview) -> list[Case]:
    """Cycles with a post that has no picture."""
    lacking = [
        f"{channel.name} {number_text(channel.without_picture)}"
        for channel in found.channels
        if channel.without_picture
    ]
    return [Case(found.counts.without_proof, found.counts.with_posts, {"channels": list_text(lacking)})]


def channel_failed_rate(found: Overview) -> list[Case]:
    """Per channel: share of uploads that were asked for and are not up."""
    return [
        Case(
            channel.failed_rate,
            channel.asked,
            {
                "channel": channel.name,
                "failed": number_text(channel.failed),
                "asked": number_text(channel.asked),
            },
        )
        for channel in found.channels
        if channel.failed_rate is not None
    ]


def approval_waiting_share(found: Overview) -> list[Case]:
    """Of all minutes of step 3, those in which a decision was waited for."""
    return [
        Case(cause.waiting_share, step.cycles, {"step": step.name})
        for step, cause in zip(found.steps, found.causes, strict=True)
        if step.key == "approval" and cause.waiting_share is not None
    ]


def kahar_rate(found: Overview) -> list[Case]:
    """Share of cycles under *kahar*."""
    counts = found.counts
    return [Case(counts.kahar / counts.cycles, counts.cycles)] if counts.cycles else []


MEASURES: dict[str, Callable[[Overview], list[Case]]] = {
    measure.__name__: measure
    for measure in (
        months_above_target,
        on_time_rate,
        revised_rate,
        without_proof,
        channel_failed_rate,
        approval_waiting_share,
        kahar_rate,
    )
}
