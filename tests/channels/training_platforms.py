"""The sandbox as the tests of the clients see it, and the five clients pointed at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from medsos.channels.base import ChannelClient
from medsos.channels.tokens import TokenPair, TokenStore
from medsos.clock import utc_now
from medsos.devtools.crash import clients
from medsos.devtools.crash.clients import Surroundings

CHANNELS = ("web", "facebook", "instagram", "x", "tiktok")
COMMIT_CALLS = {
    "web": {"method": "POST", "path": r"/wp/v2/posts/\d+$"},
    "facebook": {"method": "POST", "path": "/feed$"},
    "instagram": {"method": "POST", "path": "/media_publish$"},
    "x": {"method": "POST", "path": "/2/tweets$"},
    "tiktok": {"method": "POST", "path": "/content/init/$"},
}
"""Of a post with one picture: the request after which it may be public."""

SEVERAL_LOOKS = (0.0, 15.0, 60.0)
"""In place of the publishing protocol, which calls `resolve` again later."""

BUILDERS: dict[str, Callable[..., ChannelClient]] = {
    "web": clients.web,
    "facebook": clients.facebook,
    "instagram": clients.instagram,
    "x": clients.x,
    "x_rotating": clients.x_rotating,
    "tiktok": clients.tiktok,
}


class MemoryTokens:
    """A store that two clients can share."""

    def __init__(self, pair: TokenPair | None = None) -> None:
        self.pair = pair
        self.saved = 0
        self._lock = threading.Lock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        assert self._lock.acquire(timeout=10), "waits for itself"
        try:
            yield
        finally:
            self._lock.release()

    def load(self) -> TokenPair | None:
        return self.pair

    def save(self, pair: TokenPair) -> None:
        self.pair = pair
        self.saved += 1


class OneAtATime(Surroundings):
    """Clients that share no limits with others and look several times for a lost post."""

    def as_given(self, channel: str) -> dict[str, Any]:
        if channel == "web":
            # Never in the way of the others' time when it is their media host.
            return {"sleep": lambda seconds: None}
        looks = {} if channel == "instagram" else {"read_back_waits": SEVERAL_LOOKS}
        return {"sleep": self.sleep, **looks}


class Sandbox:
    """The sandbox as a test sees it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.accounts: dict[str, dict[str, Any]] = self.ask("accounts")

    def ask(self, what: str) -> Any:
        answer = requests.get(f"{self.url}/_inspect/{what}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def tell(self, what: str, body: dict[str, Any]) -> None:
        requests.post(f"{self.url}/_inspect/{what}", json=body, timeout=20).raise_for_status()

    def posts(self, platform: str) -> list[dict[str, Any]]:
        """The publicly visible posts."""
        return self.ask(f"posts?platform={platform}")

    def requests(self, method: str, path_part: str) -> int:
        """How many requests of that kind the platform has seen."""
        seen = self.ask("requests")
        return sum(1 for entry in seen if entry["method"] == method and path_part in entry["path"])

    def client(self, name: str, *, token_store: TokenStore | None = None, **changes: Any) -> ChannelClient:
        """A client of `BUILDERS`; where it would wait, the sandbox's clock moves on instead."""
        if name.startswith("x"):
            changes = {"chunk_bytes": 20_000, **changes}
        around = OneAtATime(self.url, self.accounts, token_store, utc_now, self._pass_time)
        return BUILDERS[name](around, **changes)

    def rotating(self, channel: str, store: TokenStore | None) -> ChannelClient:
        """A client whose token ends after two hours."""
        return self.client("x_rotating" if channel == "x" else channel, token_store=store)

    def _pass_time(self, seconds: float) -> None:
        self.tell("clock", {"advance_seconds": seconds})
