"""Reads how much of its limits an account has used up, from the headers of a platform's answers.

X tells it per endpoint (contract 5.9), Meta as per cent of the app's and of the account's budget (contract
3.8). TikTok and WordPress tell nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from medsos.channels.answer import Answer

SLOW_DOWN_PERCENT = 80.0
"""From here on Meta advises to slow down (contract 3.8)."""

_X_WINDOWS = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


@dataclass(frozen=True)
class Limit:
    """One limit as the platform last told it.

    :param name: which limit: the endpoint for X; "app" or the kind of account for Meta.
    :param used_percent: 0 to 100, or more where the platform says so; None when it cannot be worked out.
    :param total: requests of the whole window; None where only a percentage is told.
    :param remaining: requests left; None where only a percentage is told.
    :param free_at: when an exhausted limit opens again (aware, UTC); None where the platform does not say.
    :param whole_account: it counts every request of the account, not only those to one endpoint.
    """

    name: str
    used_percent: float | None
    total: int | None = None
    remaining: int | None = None
    free_at: datetime | None = None
    whole_account: bool = False

    @property
    def exhausted(self) -> bool:
        return self.remaining == 0 or (self.used_percent or 0.0) >= 100.0


@dataclass(frozen=True)
class Usage:
    """The newest word on every limit that the answers of one client have mentioned; empty where none did."""

    limits: tuple[Limit, ...] = ()

    @property
    def tightest(self) -> Limit | None:
        """The limit of which most is used up."""
        known = [limit for limit in self.limits if limit.used_percent is not None]
        return max(known, key=lambda limit: limit.used_percent or 0.0, default=None)

    @property
    def free_at(self) -> datetime | None:
        """When the last of the exhausted limits opens, perhaps in the past; None when none is told."""
        return max((one.free_at for one in self.limits if one.exhausted and one.free_at), default=None)

    def updated(self, newer: tuple[Limit, ...]) -> Usage:
        """With the limits of a newer answer in place of the same ones."""
        if not newer:
            return self
        merged = {limit.name: limit for limit in (*self.limits, *newer)}
        return Usage(tuple(merged.values()))


def read_limits(answer: Answer, request: str, now: datetime) -> tuple[Limit, ...]:
    """The limits that an answer's headers tell.

    :param request: method and path, which name the endpoint; ids in it do not matter.
    """
    return tuple(limit for reader in _READERS for limit in reader(answer, request, now))


def endpoint_of(method: str, path: str) -> str:
    """`GET /2/users/:id/tweets`: a path whose ids are taken out."""
    return f"{method} {re.sub(r'/[0-9][0-9_]+(?=/|$)', '/:id', path)}"


def _x_limits(answer: Answer, request: str, now: datetime) -> Iterator[Limit]:
    for prefix in _X_WINDOWS:
        total, remaining, reset = (
            _count(answer.headers.get(f"{prefix}-{part}")) for part in ("limit", "remaining", "reset")
        )
        if total is None and reset is None:
            continue
        if remaining is None and answer.status == 429:
            remaining = 0
        used = None if remaining is None or not total else 100.0 * (total - remaining) / total
        free_at = None
        if reset is not None:
            # The reset is told by X's clock; the wait is what counts here, should ours be wrong.
            free_at = now + (datetime.fromtimestamp(reset, UTC) - (answer.server_time or now))
        yield Limit(
            name=request if prefix == _X_WINDOWS[0] else prefix,
            used_percent=used,
            total=total,
            remaining=remaining,
            free_at=free_at,
        )


def _app_usage(answer: Answer, request: str, now: datetime) -> Iterator[Limit]:
    usage = answer.header_json("X-App-Usage")
    if isinstance(usage, dict):
        yield Limit(name="app", used_percent=_highest(usage), whole_account=True)


def _business_usage(answer: Answer, request: str, now: datetime) -> Iterator[Limit]:
    """`estimated_time_to_regain_access` is in minutes."""
    usage = answer.header_json("X-Business-Use-Case-Usage")
    if not isinstance(usage, dict):
        return
    for rows in usage.values():
        for row in rows if isinstance(rows, list) else ():
            if not isinstance(row, dict):
                continue
            minutes = _number(row.get("estimated_time_to_regain_access")) or 0.0
            used = _highest(row)
            yield Limit(
                name=str(row.get("type") or "account"),
                # A wait is only told when access is lost, whatever the percentages say.
                used_percent=max(100.0, used or 0.0) if minutes else used,
                free_at=now + timedelta(minutes=minutes) if minutes else None,
                whole_account=True,
            )


_READERS: tuple[Callable[[Answer, str, datetime], Iterator[Limit]], ...] = (
    _x_limits,
    _app_usage,
    _business_usage,
)


def _highest(row: dict[str, Any]) -> float | None:
    shares = [_number(row.get(name)) for name in ("call_count", "total_time", "total_cputime")]
    return max((share for share in shares if share is not None), default=None)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _count(value: str | None) -> int | None:
    return int(value) if value and value.strip().isdigit() else None
