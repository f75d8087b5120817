"""Access tokens that end after hours and are exchanged for new pairs, one exchange at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import requests
from requests.auth import AuthBase

from medsos import errors
from medsos.channels import advice
from medsos.channels.access import Token
from medsos.channels.answer import Answer


@dataclass(frozen=True)
class TokenPair:
    """An access token and the refresh token that came with it; the refresh token works once.

    What the platform told when it gave the pair is None for one that a person entered.

    :param ends_at: when the access token ends; it is then renewed by itself.
    :param refresh_ends_at: when a person must connect the account anew.
    :param scopes: what the pair may be used for.
    """

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    ends_at: datetime | None = None
    refresh_ends_at: datetime | None = None
    scopes: tuple[str, ...] | None = None


EXCHANGE_TIMEOUT_SECONDS = 20.0
"""An exchange is short, and others wait for it; whoever holds a lock for it must hold it longer than this."""

REFUSED_EXCHANGE = (errors.AuthInvalid, errors.AuthExpired, errors.ContentInvalid)
"""What a platform answers to a refresh token that it does not take; what is told of the content of a post
elsewhere is here a word of OAuth that the table does not know."""


class TokenStore(Protocol):
    """Keeps the living pair of one account, across processes."""

    def locked(self) -> AbstractContextManager[None]:
        """Held during an exchange, so that only one worker makes it.

        :raises Transient: another worker is at it for too long.
        """
        ...

    def load(self) -> TokenPair | None:
        """The newest pair; None when none was ever saved."""
        ...

    def save(self, pair: TokenPair) -> None: ...


def pair_from(answer: Answer, *, refresh_token: str, platform: str, now: datetime) -> TokenPair:
    """The new pair in a token answer; the old refresh token stays where none is given.

    :raises AuthInvalid: the answer holds no access token.
    """
    pair = TokenPair(
        answer.text_at("access_token"),
        answer.text_at("refresh_token") or refresh_token,
        ends_at=_after(answer.text_at("expires_in"), now),
        refresh_ends_at=_after(answer.text_at("refresh_expires_in"), now),
        # X parts scopes by spaces, TikTok by commas.
        scopes=tuple(answer.text_at("scope").replace(",", " ").split()) or None,
    )
    if not pair.access:
        raise errors.AuthInvalid(f"{platform}: {advice.AUTH}")
    return pair


def _after(seconds: str, now: datetime) -> datetime | None:
    return now + timedelta(seconds=int(seconds)) if seconds.isdigit() else None


def life_of(pair: TokenPair) -> Token:
    """What there is to say about a pair's end: a pair that renews itself ends with its refresh token."""
    if pair.refresh_ends_at:
        return Token(pair.refresh_ends_at, "diperbarui otomatis; sambungkan ulang akun sebelum tanggal ini")
    if pair.refresh:
        return Token(None, "diperbarui otomatis")
    return Token(pair.ends_at)


class HeaderToken(AuthBase):
    """Puts a token into the Authorization header, so that it stands in no address."""

    def __init__(self, token: str, scheme: str = "Bearer") -> None:
        self._header = f"{scheme} {token}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.setdefault("Authorization", self._header)
        return request


class RotatingToken(AuthBase):
    """Sends the newest access token and exchanges the pair when asked to.

    :param pair: the pair of the connection; a stored one goes before it.
    :param platform: name as people know it, for messages.
    :param exchange: asks the platform for a new pair for a refresh token.
    :param keep_secret: called with every token, so that none gets into a message.
    """

    def __init__(
        self,
        pair: TokenPair,
        *,
        platform: str,
        store: TokenStore | None,
        exchange: Callable[[str], TokenPair],
        keep_secret: Callable[[str], None],
    ) -> None:
        self._platform = platform
        self._store = store
        self._exchange = exchange
        self._keep_secret = keep_secret
        self._pair = pair
        self._loaded = store is None

    @property
    def pair(self) -> TokenPair:
        """The pair in use: the stored one, otherwise the connection's."""
        if not self._loaded and self._store:
            self._adopt(self._store.load() or self._pair)
            self._loaded = True
        return self._pair

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.pair.access}"
        return request

    def renew(self) -> bool:
        """Get a new pair, and store it before it is used.

        :returns: False where nothing can be renewed here (no store or no refresh token).
        :raises AuthInvalid: the refresh token was refused.
        :raises Transient, RateLimited: the exchange could not be made now; the account is as it was.
        """
        if self._store is None or not self._pair.refresh:
            return False
        with self._store.locked():
            if self._adopt_newer():
                return True
            try:
                pair = self._exchange(self._pair.refresh)
            except REFUSED_EXCHANGE as error:
                # A worker that was thought dead may have come through after all.
                if self._adopt_newer():
                    return True
                raise errors.AuthInvalid(
                    f"{self._platform}: {advice.AUTH} (kode {error.code or error.http_status})",
                    code=error.code,
                    trace_id=error.trace_id,
                    http_status=error.http_status,
                ) from None
            self._store.save(pair)
            self._adopt(pair)
        return True

    def _adopt_newer(self) -> bool:
        stored = self._store.load() if self._store else None
        if stored is None or stored.access == self._pair.access:
            return False
        self._adopt(stored)
        return True

    def _adopt(self, pair: TokenPair) -> None:
        self._keep_secret(pair.access)
        self._keep_secret(pair.refresh)
        self._pair = pair
