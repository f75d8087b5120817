"""Decides which error class a platform's refusal belongs to, from declared tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.usage import Limit, Usage, read_limits


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
    :param whole_account: a rate limit of every request of the account, not only of the one refused.
    """

    error: type[errors.ChannelError]
    advice: str
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    contains: str = ""
    wait_seconds: float = 900.0
    whole_account: bool = True

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


def closed(answer: Answer, rule: Rule, until: datetime) -> Limit:
    """A rate-limited answer as a limit that is used up. `Retry-After` keeps away the whole account."""
    whole_account = rule.whole_account or "Retry-After" in answer.headers
    return Limit("refused", 100.0, remaining=0, free_at=until, whole_account=whole_account)


def retry_at(answer: Answer, rule: Rule, now: datetime) -> datetime:
    """When a rate-limited call may be tried again: as the answer says, otherwise as the table says."""
    usage = Usage(read_limits(answer, "", now))
    told = [moment for moment in (_after_seconds(answer, now), usage.free_at) if moment]
    return max(told, default=now + timedelta(seconds=rule.wait_seconds))
