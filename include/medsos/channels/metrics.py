"""The numbers of a post under the project's own names, whatever the platforms call them."""

from __future__ import annotations

METRICS = ("views", "reach", "likes", "comments", "shares")
"""How often it was shown, to how many accounts, and what these did with it."""


def figures(**known: float | None) -> dict[str, float | None]:
    """Every one of `METRICS`, in order; None for what the platform does not tell.

    :raises TypeError: a name that is not one of `METRICS`.
    """
    if unknown := set(known) - set(METRICS):
        raise TypeError(f"not a metric: {', '.join(sorted(unknown))}")
    return {name: known.get(name) for name in METRICS}


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
