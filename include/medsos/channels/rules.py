"""Decides which error class a platform's refusal belongs to, from declared tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer


@dataclass(frozen=True)
class Problem:
    """What a platform said about a refusal, in its own words. `code` joins code and subcode by "/"."""

    code: str | None
    message: str
    trace_id: str | None = None


@dataclass(frozen=True)
class Rule:
    """One row of an error table: when all given conditions hold, the refusal is an `error`.

    :param advice: Indonesian: what happened and what to do.
    :param codes: platform codes, as "code" or "code/subcode"; the first that a table lists wins.
    :param statuses: HTTP statuses.
    :param contains: text that stands in the platform's message, lower case.
    :param wait_seconds: how long to wait where the answer does not say (rate limits).
    """

    error: type[errors.ChannelError]
    advice: str
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    contains: str = ""
    wait_seconds: float = 900.0

    def matches(self, status: int, problem: Problem) -> bool:
        code = problem.code or ""
        if self.codes and not ({code, code.split("/", 1)[0], "/" + code.rpartition("/")[2]} & self.codes):
            return False
        if self.statuses and status not in self.statuses:
            return False
        return self.contains in problem.message.lower()


def codes(*values: str | int) -> frozenset[str]:
    return frozenset(str(value) for value in values)


def statuses(*values: int) -> frozenset[int]:
    return frozenset(values)


SERVER_FAULT = Rule(errors.Transient, advice.SERVER, statuses=frozenset(range(500, 600)))
STATUS_RULES: tuple[Rule, ...] = (
    Rule(errors.AuthInvalid, advice.AUTH, statuses=statuses(401)),
    Rule(errors.QuotaExhausted, advice.QUOTA, statuses=statuses(402)),
    Rule(errors.PermissionMissing, advice.PERMISSION, statuses=statuses(403)),
    Rule(errors.Transient, advice.SERVER, statuses=statuses(408, 425)),
    Rule(errors.MediaInvalid, advice.TOO_LARGE, statuses=statuses(413)),
    Rule(errors.RateLimited, advice.RATE, statuses=statuses(429)),
    SERVER_FAULT,
    Rule(errors.ChannelError, advice.REDIRECT, statuses=frozenset(range(300, 400))),
    Rule(errors.ContentInvalid, advice.CONTENT),
)
"""What a status means when the platform's own table says nothing (contract 1.1). The last row takes all."""


def find_rule(rules: Iterable[Rule], status: int, problem: Problem) -> Rule:
    """The first row of the platform's table that fits, otherwise of `STATUS_RULES`."""
    return next(rule for rule in (*rules, *STATUS_RULES) if rule.matches(status, problem))


def _after_seconds(answer: Answer, now: datetime) -> datetime | None:
    value = answer.headers.get("Retry-After", "")
    if value.strip().isdigit():
        return now + timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _x_reset(answer: Answer, now: datetime) -> datetime | None:
    """X: the latest reset among the windows that have nothing left (contract 5.9)."""
    resets = []
    for prefix in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"):
        reset = answer.headers.get(f"{prefix}-reset", "")
        if reset.isdigit() and answer.headers.get(f"{prefix}-remaining", "0") == "0":
            resets.append(datetime.fromtimestamp(int(reset), UTC))
    return max(resets, default=None)


def _meta_regain(answer: Answer, now: datetime) -> datetime | None:
    """Meta: `estimated_time_to_regain_access`, in minutes (contract 3.8)."""
    usage: Any = answer.header_json("X-Business-Use-Case-Usage")
    if not isinstance(usage, dict):
        return None
    rows = [
        row for value in usage.values() if isinstance(value, list) for row in value if isinstance(row, dict)
    ]
    minutes = [row.get("estimated_time_to_regain_access") for row in rows]
    known = [float(m) for m in minutes if isinstance(m, int | float) and m > 0]
    return now + timedelta(minutes=max(known)) if known else None


_WAIT_READERS: tuple[Callable[[Answer, datetime], datetime | None], ...] = (
    _after_seconds,
    _x_reset,
    _meta_regain,
)


def retry_at(answer: Answer, rule: Rule, now: datetime) -> datetime:
    """When a rate-limited call may be tried again: as the answer says, otherwise as the table says."""
    told = [moment for reader in _WAIT_READERS if (moment := reader(answer, now))]
    return max(told, default=now + timedelta(seconds=rule.wait_seconds))
