"""Makes the next version of a procedure from the targets that a review determined."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from medsos.errors import FormError
from medsos.sop.model import Origin, Sop

LONGEST_TARGET = 9_999
"""Working minutes; more than four weeks of work."""


def renewed(sop: Sop, targets: Mapping[str, int], origin: Origin) -> Sop:
    """`sop` with other targets. The same arguments always give the same version.

    :param targets: working minutes by key of the step; a step that is missing keeps its target.
    :raises FormError: a target that no step can have.
    """
    check_targets(sop, targets)
    steps = [
        step.model_copy(update={"target_minutes": targets.get(step.key, step.target_minutes)})
        for step in sop.steps
    ]
    return sop.model_copy(
        update={"version": version_name(origin), "steps": steps, "origin": origin},
    )


def check_targets(sop: Sop, targets: Mapping[str, int]) -> None:
    """:raises FormError: a target that no step can have."""
    for step in sop.steps:
        minutes = targets.get(step.key, step.target_minutes)
        if not 1 <= minutes <= LONGEST_TARGET:
            raise FormError(
                f"Target langkah {step.number} ({step.name}): diharapkan bilangan bulat antara 1 dan "
                f"{LONGEST_TARGET} menit."
            )


def version_name(origin: Origin) -> str:
    """For example `4-ORT.06-1771-2-2023--kota-bengkulu--2026-semester-2`; also the name of its file."""
    root = origin.based_on.split("--", 1)[0]
    return f"{root}--{origin.office}--{origin.review}"


def changed_targets(sop: Sop, targets: Mapping[str, int]) -> dict[str, int]:
    """Those of `targets` that are not the step's target already."""
    return {
        step.key: targets[step.key]
        for step in sop.steps
        if step.key in targets and targets[step.key] != step.target_minutes
    }


def as_yaml(sop: Sop) -> bytes:
    """The version as its file holds it."""
    head = "# Dibuat dari putusan tinjauan SOP. Jangan diubah: medsos verify memeriksanya.\n"
    content = sop.model_dump(mode="json", exclude_none=False)
    return (head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)).encode()
