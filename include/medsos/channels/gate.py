"""What stands before every request to a platform: the limits of an account, shared by all who use it.

A platform's answers tell most limits (`usage`). Those that no answer tells, and whose excess costs time or
trust, are declared here and counted by whoever implements `Gate`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from medsos.channels.access import Quota
from medsos.channels.usage import Limit


@dataclass(frozen=True)
class Allowance:
    """A documented limit: at most `limit` requests in any `seconds`.

    :param request: pattern that the requests fit, as `METHOD /path`.
    :param posts: counts posts and not requests: only commits, and not those that the platform refused.
    """

    name: str
    limit: int
    seconds: int
    request: str = ""
    posts: bool = False

    def counts(self, request: str, *, commit: bool) -> bool:
        return (commit or not self.posts) and re.search(self.request, request) is not None


_QUARTER, _MINUTE, _DAY = 900, 60, 86_400
ALLOWANCES: dict[str, tuple[Allowance, ...]] = {
    "web": (),
    # Told by every answer, in per cent of a budget that depends on the Page's visitors (contract 3.8).
    "facebook": (),
    # Contract 4.4. The publishing quota is not here: it is read before every commit.
    "instagram": (Allowance("containers", 400, _DAY, r"^POST .*/:id/media$"),),
    # Contract 5.9. The wider windows are told by every answer.
    "x": (
        Allowance("create", 100, _QUARTER, r"^POST .*/2/tweets$"),
        Allowance("delete", 50, _QUARTER, r"^DELETE .*/2/tweets/"),
        Allowance("me", 75, _QUARTER, r"^GET .*/2/users/me$"),
    ),
    # Contract 6.3, 6.4, 6.6, 6.7; no answer tells them.
    "tiktok": (
        Allowance("creator_info", 20, _MINUTE, r"/creator_info/query/$"),
        Allowance("init", 6, _MINUTE, r"/post/publish/(video|content)/init/$"),
        Allowance("status", 30, _MINUTE, r"/status/fetch/$"),
        Allowance("posts", 15, _DAY, posts=True),
    ),
}


@dataclass(frozen=True)
class Slot:
    """What a request has taken up: of which limits, and when."""

    names: tuple[str, ...]
    taken_at: datetime


class Gate(Protocol):
    """Knows for one account what all its workers have sent and were told.

    None of its methods may fail for a reason of its own: a gate that cannot tell lets the request pass.
    """

    def enter(self, request: str, *, commit: bool) -> Slot | None:
        """Take a slot for a request that is about to be sent.

        :param request: `METHOD /path`, ids taken out.
        :param commit: the request may make something public.
        :raises RateLimited: it would exceed a limit; nothing was sent.
        """
        ...

    def leave(self, slot: Slot | None) -> None:
        """The commit of this slot made nothing public: give back what counts posts."""
        ...

    def learn(self, limits: Sequence[Limit], request: str) -> None:
        """Take in what the answer to a request told."""
        ...

    def posts_left(self) -> Quota | None:
        """Posts left by our own count, where a platform limits them and does not tell."""
        ...


class OpenGate:
    """Lets everything pass, for a client that shares its account with nobody."""

    def enter(self, request: str, *, commit: bool) -> Slot | None:
        return None

    def leave(self, slot: Slot | None) -> None:
        """There is nothing to give back."""

    def learn(self, limits: Sequence[Limit], request: str) -> None:
        """There is nobody to tell."""

    def posts_left(self) -> Quota | None:
        return None
