"""The numbers of a post under the project's own names, whatever the platforms call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

METRICS = ("views", "reach", "likes", "comments", "shares")
"""How often it was shown, to how many accounts, and what these did with it."""


class Missing(StrEnum):
    """Why a platform gives no number. Values are what the record stores."""

    NOT_OFFERED = "not_offered"
    """Its API does not tell this of any post."""
    WITHDRAWN = "withdrawn"
    """It told this once and knows the name no more (contract 3.6, 4.6)."""
    NO_RIGHT = "no_right"
    """The token may not read it."""
    NOT_YET = "not_yet"
    """Nothing so far: it counts with delay, or the account is too small for it (contract 3.6, 4.6)."""


class Numbers(Mapping[str, float | None]):
    """Every one of `METRICS`, in order: the number, or None and `why` there is none."""

    def __init__(self, told: Mapping[str, float | Missing]) -> None:
        self._told = dict(told)

    def __getitem__(self, name: str) -> float | None:
        told = self._told[name]
        return None if isinstance(told, Missing) else told

    def __iter__(self) -> Iterator[str]:
        return iter(self._told)

    def __len__(self) -> int:
        return len(self._told)

    def __repr__(self) -> str:
        return f"Numbers({self._told!r})"

    def why(self, name: str) -> Missing | None:
        """Why the number is missing; None when it is there."""
        told = self._told[name]
        return told if isinstance(told, Missing) else None


def figures(**known: float | Missing | None) -> Numbers:
    """All of `METRICS` from those that are known; the others the platform does not offer.

    :raises TypeError: a name that is not one of `METRICS`.
    """
    if unknown := set(known) - set(METRICS):
        raise TypeError(f"not a metric: {', '.join(sorted(unknown))}")
    told = {name: known.get(name) for name in METRICS}
    return Numbers({name: Missing.NOT_OFFERED if value is None else value for name, value in told.items()})


def number_or_not_yet(value: object) -> float | Missing:
    """A count that the platform tells, though perhaps not of this post and not at this moment."""
    known = number(value)
    return Missing.NOT_YET if known is None else known


def number(value: object) -> float | None:
    """A count as platforms write it: a number, a number as text, or parts of one to be summed up."""
    if isinstance(value, dict):
        parts = [number(part) for part in value.values()]
        return sum(part for part in parts if part is not None)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
