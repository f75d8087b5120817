"""A platform that can be told to misbehave, and the workers that publish on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from medsos.channels.base import Account, ChannelClient, Committed, FoundPost, Journal, Limits, Post
from medsos.errors import SeveralFound, UnknownOutcome
from medsos.publishing.ledger import Ledger
from medsos.publishing.protocol import READ_BACK_WAITS, publish

POST = Post(key="rapat-pleno-k1", text="Rapat pleno", title="Rapat pleno")


class WorkerDied(BaseException):
    """Stands for a SIGKILL: no handler of the project catches it."""


class Platform(ChannelClient):
    """A platform that can be told to misbehave. `visible` is what the public sees."""

    channel = "facebook"
    limits = Limits(text_length=100, text_unit="characters")

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.uploads = 0
        self.before_commit: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self.proof_of_absence = False
        self.found_several = False
        self.resolve_error: Exception | None = None
        self.prepare_error: Exception | None = None
        self.knock_error: Exception | None = None

    def whoami(self) -> Account:
        if self.knock_error:
            raise self.knock_error
        return Account("1", "KPU")

    def prepare(self, post: Post, journal: Journal) -> None:
        if self.prepare_error:
            raise self.prepare_error
        if "upload" not in journal:
            self.uploads += 1
            journal["upload"] = f"u{self.uploads}"

    def commit(self, post: Post, journal: Journal) -> Committed:
        self.before_commit()
        self.visible.append(post.text)
        self.after_commit()
        return Committed(
            post_id=str(len(self.visible)), permalink=f"https://example.test/{len(self.visible)}"
        )

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        if self.resolve_error:
            raise self.resolve_error
        if self.found_several:
            raise SeveralFound("Ditemukan dua postingan.")
        if self.visible:
            return Committed(post_id="1", permalink="https://example.test/1")
        if self.proof_of_absence:
            return None
        raise UnknownOutcome("Belum dapat dipastikan.")

    def permalink(self, post_id: str) -> str | None:
        return f"https://example.test/{post_id}"

    def read_back(self, post_id: str) -> FoundPost:
        return FoundPost(post_id, POST.text, None, None)


def once(error: BaseException) -> Callable[[], None]:
    """Raise `error` at the first call only."""
    calls = count()

    def act() -> None:
        if next(calls) == 0:
            raise error

    return act


def worker(publication_id: int, holder: str = "w1", at: datetime | None = None) -> Ledger:
    moment = at or datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    return Ledger(publication_id, holder=holder, clock=lambda: moment)


def later(minutes: float = 5) -> datetime:
    return datetime(2026, 11, 23, 3, 0, tzinfo=UTC) + timedelta(minutes=minutes)


def leave_in_doubt(publication_id: int, platform: Platform) -> None:
    platform.before_commit = once(WorkerDied())
    with pytest.raises(WorkerDied):
        publish(worker(publication_id), platform, POST)


def hand_to_a_person(publication_id: int, platform: Platform) -> None:
    leave_in_doubt(publication_id, platform)
    for _ in READ_BACK_WAITS:
        with pytest.raises(UnknownOutcome):
            publish(worker(publication_id, "reader", later()), platform, POST)
