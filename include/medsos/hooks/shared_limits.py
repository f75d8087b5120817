"""The gate of an account whose workers share their limits in the record (contract 1.1, 3.8, 5.9, 6)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from sqlalchemy.exc import SQLAlchemyError

from medsos.channels import advice
from medsos.channels.access import Quota
from medsos.channels.gate import ALLOWANCES, Allowance, Slot
from medsos.channels.usage import SLOW_DOWN_PERCENT, Limit
from medsos.clock import Clock, utc_now
from medsos.errors import RateLimited
from medsos.store import limits
from medsos.store.limits import Share, Told

LONGEST_NAME = 200
"""Of an endpoint and of a limit, as the columns have it."""

log = logging.getLogger(__name__)


class SharedLimits:
    """A `channels.gate.Gate` over the tables of `store.sharing`.

    :param account: from `account_name`.
    :param platform: name as people know it, for messages.
    """

    def __init__(
        self,
        account: str,
        platform: str,
        allowances: Sequence[Allowance],
        *,
        clock: Clock = utc_now,
        database_url: str | None = None,
    ) -> None:
        self.account = account
        self._platform = platform
        self._allowances = allowances
        self._clock = clock
        self._database_url = database_url
        self._complained = False

    @classmethod
    def of(cls, channel: str, platform: str, *identity: str) -> SharedLimits:
        """The gate of the account that `identity` names: its host and what else tells it from others."""
        return cls(account_name(channel, *identity), platform, ALLOWANCES[channel])

    def enter(self, request: str, *, commit: bool) -> Slot | None:
        now = self._clock()
        counting = [one for one in self._allowances if one.counts(request, commit=commit)]
        shares = [Share(one.name, one.limit, timedelta(seconds=one.seconds)) for one in counting]
        try:
            wait_until = limits.take(self.account, request[:LONGEST_NAME], shares, now, self._database_url)
        except SQLAlchemyError as error:
            self._complain(error)
            return None
        if wait_until:
            raise RateLimited(f"{self._platform}: {advice.SHARED_RATE}", retry_at=wait_until)
        return Slot(tuple(one.name for one in counting if one.posts), now)

    def leave(self, slot: Slot | None) -> None:
        if slot is None or not slot.names:
            return
        try:
            limits.give_back(self.account, slot.names, slot.taken_at, self._database_url)
        except SQLAlchemyError as error:
            self._complain(error)

    def learn(self, limits_told: Sequence[Limit], request: str) -> None:
        now = self._clock()
        told = [_told(limit, request) for limit in limits_told if _is_scarce(limit)]
        lasting = [one for one in told if one.free_at > now]
        if not lasting:
            return
        try:
            limits.learn(self.account, lasting, now, self._database_url)
        except SQLAlchemyError as error:
            self._complain(error)

    def posts_left(self) -> Quota | None:
        counting = next((one for one in self._allowances if one.posts), None)
        if counting is None:
            return None
        share = Share(counting.name, counting.limit, timedelta(seconds=counting.seconds))
        try:
            used = limits.used(self.account, share, self._clock(), self._database_url)
        except SQLAlchemyError as error:
            self._complain(error)
            return None
        hours = counting.seconds // 3_600
        return Quota(used=used, total=counting.limit, period=f"{hours} jam menurut hitungan sistem ini")

    def _complain(self, error: SQLAlchemyError) -> None:
        """Once is enough. The platform still refuses what is too much, and its answer is heeded."""
        if not self._complained:
            log.warning("%s: batas bersama tidak dapat dibaca (%s).", self._platform, type(error).__name__)
        self._complained = True


def account_name(channel: str, *identity: str) -> str:
    """Names an account without telling what it is made of: some of it is secret."""
    return f"{channel}:{sha256(chr(0).join(identity).encode()).hexdigest()[:20]}"


def _is_scarce(limit: Limit) -> bool:
    """Worth telling the others: plenty is the normal case and would only cost a write per answer."""
    return limit.free_at is not None and (limit.used_percent or 0.0) >= SLOW_DOWN_PERCENT


def _told(limit: Limit, request: str) -> Told:
    assert limit.free_at is not None  # noqa: S101  narrows the type for the checker
    endpoint = "" if limit.whole_account else request
    name = limit.name if endpoint in ("", limit.name) else f"{limit.name} {endpoint}"
    # Without a count only the end is known, and it is told when nothing is left.
    remaining = 0 if limit.exhausted else limit.remaining
    return Told(
        name[:LONGEST_NAME], endpoint[:LONGEST_NAME], 0 if remaining is None else remaining, limit.free_at
    )
