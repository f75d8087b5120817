"""A worker dies over an upload that the platform has received: the next one publishes all the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from training_platforms import Sandbox

from medsos.channels.base import ChannelClient, Media, Post
from medsos.errors import Transient
from memory_journal import MemoryJournal


class Killed(BaseException):
    """The worker is gone; nothing may catch it."""


class DyingJournal(MemoryJournal):
    """Writes so often and no more."""

    writes_left = 0

    def __setitem__(self, key: str, value: Any) -> None:
        if self.writes_left == 0:
            raise Killed
        self.writes_left -= 1
        super().__setitem__(key, value)


def killed_at_every_write(make: Callable[[], ChannelClient], post: Post) -> list[MemoryJournal]:
    """The journals that are left when a worker dies at its first, second, … write while it prepares."""
    left: list[MemoryJournal] = []
    while True:
        journal = DyingJournal()
        journal.writes_left = len(left)
        try:
            make().prepare(post, journal)
        except Killed:
            left.append(MemoryJournal(journal))
        else:
            return left


@pytest.mark.parametrize("channel", ["facebook", "instagram", "x", "tiktok"])
def test_a_video_goes_up_wherever_its_worker_died(sandbox: Sandbox, video: Media, channel: str) -> None:
    post = Post(key="rapat", text="Rapat pleno hari ini.", title="Rapat", media=(video,))
    left = killed_at_every_write(lambda: sandbox.client(channel), post)
    assert left
    for number, journal in enumerate(left):
        again = Post(key=f"rapat-{number}", text=f"Rapat pleno ke-{number}.", title="Rapat", media=(video,))
        client = sandbox.client(channel)
        client.prepare(again, journal)
        client.commit(again, journal)
        sandbox.tell("clock", {"advance_seconds": 600})
        assert len(sandbox.posts(channel)) == number + 1


def test_pictures_go_up_on_x_wherever_their_worker_died(
    sandbox: Sandbox, picture: Callable[..., Media]
) -> None:
    pictures = (picture("satu"), picture("dua"))
    post = Post(key="rapat", text="Rapat pleno hari ini.", title="Rapat", media=pictures)
    for number, journal in enumerate(killed_at_every_write(lambda: sandbox.client("x"), post)):
        again = Post(key=f"rapat-{number}", text=f"Rapat ke-{number}.", title="Rapat", media=pictures)
        client = sandbox.client("x")
        client.prepare(again, journal)
        client.commit(again, journal)
        assert len(sandbox.posts("x")) == number + 1


@pytest.mark.parametrize(
    ("channel", "path"),
    [("facebook", "/videos$"), ("instagram", "/rupload/"), ("x", "/finalize$")],
)
def test_a_video_goes_up_although_the_answer_to_its_upload_was_lost(
    sandbox: Sandbox, video: Media, channel: str, path: str
) -> None:
    skip = 1 if channel == "facebook" else 0
    sandbox.tell(
        "faults", {"kind": "process_then_drop", "method": "POST", "path": path, "times": 1, "skip": skip}
    )
    post, journal = Post(key="rapat", text="Rapat pleno.", title="Rapat", media=(video,)), MemoryJournal()
    client = sandbox.client(channel)
    with suppress(Transient):
        client.prepare(post, journal)
    client.prepare(post, journal)
    client.commit(post, journal)
    sandbox.tell("clock", {"advance_seconds": 600})
    assert len(sandbox.posts(channel)) == 1
