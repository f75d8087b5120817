"""Reads insights of Facebook and Instagram posts, whose metrics Meta withdraws from time to time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medsos import errors
from medsos.channels.graph import api as graph
from medsos.channels.metrics import Missing, number

_INVALID = "100"
_MISSING = "33"


def insights(api: graph.GraphApi, node: str, names: Sequence[str]) -> dict[str, float | Missing]:
    """Values by the platform's own names, or why there is none.

    When Meta refuses the list because of one name, the names are asked for one by one (contract 3.6).
    """
    if not names:
        return {}
    try:
        answer = api.get(f"{node}/insights", metric=",".join(names))
    except errors.PermissionMissing as error:
        if _code(error)[0] == _INVALID:
            raise  # not this right is missing: the proof of the app is wrong
        return dict.fromkeys(names, Missing.NO_RIGHT)
    except errors.ContentInvalid as error:
        if _code(error)[0] != _INVALID or _MISSING in _code(error)[1:]:
            raise
        if len(names) == 1:
            return {names[0]: Missing.WITHDRAWN}
        return {name: value for one in names for name, value in insights(api, node, [one]).items()}
    values = {str(row.get("name")): _value(row) for row in graph.rows(answer)}
    known = {name: value for name, value in values.items() if value is not None}
    return {name: known.get(name, Missing.NOT_YET) for name in names}


def under_our_names(
    api: graph.GraphApi, node: str, platform_names: Mapping[str, str]
) -> dict[str, float | Missing]:
    """Insights under the project's names.

    :param platform_names: the platform's name for each of the project's names.
    """
    values = insights(api, node, tuple(dict.fromkeys(platform_names.values())))
    return {ours: values[theirs] for ours, theirs in platform_names.items()}


def _code(error: errors.ChannelError) -> list[str]:
    return (error.code or "").split("/")


def _value(row: Mapping[str, Any]) -> float | None:
    """The newest of the values, or the total of a metric that has no series."""
    total = row.get("total_value")
    if isinstance(total, dict):
        return number(total.get("value"))
    values = row.get("values")
    newest = values[-1] if isinstance(values, list) and values else None
    return number(newest.get("value")) if isinstance(newest, dict) else None
