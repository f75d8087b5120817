"""A sandbox whose secrets are known, and clients made from Connections that do not really wait."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests
from leak_watch import Watch
from PIL import Image
from wire_tap import listen

from builders import make_cycle, media_of
from leak_search import Secrets
from medsos.channels.base import Media, Post
from medsos.channels.tokens import TokenPair
from medsos.clock import utc_now
from medsos.errors import ChannelError
from medsos.hooks import client_for
from medsos.hooks.registry import HOOKS, hook_class
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.hooks.tokens import VariableTokens
from medsos.publishing.ledger import Ledger, open_publication
from medsos.publishing.protocol import publish
from medsos.sandbox.testing import running_sandbox
from medsos.store.session import transaction

TRIES = 2
"""How often a worker comes back to a publication after a fault."""


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield url


@pytest.fixture
def secrets(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """All secrets of the accounts, and whatever goes over the wire from now on."""
    known = Secrets()
    known.add_from(requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json(), path="account")
    listen(monkeypatch, known)
    return known


@pytest.fixture
def clients(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Connection ids by name of what is tried: the five channels, and X with tokens that are renewed."""
    accounts = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json()
    definitions: dict[str, dict[str, Any]] = connection_for_sandbox(accounts, sandbox_url)
    x = accounts["x"]
    definitions["medsos_x_oauth2"] = {
        "conn_type": "medsos_x",
        "host": definitions["medsos_x"]["host"],
        "extra": {
            "bearer_token": x["oauth2_access_token"],
            "refresh_token": x["oauth2_refresh_token"],
            "client_id": x["client_id"],
            "client_secret": x["client_secret"],
            "site": definitions["medsos_x"]["extra"]["site"],
        },
    }
    for connection_id, definition in definitions.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{connection_id.upper()}", json.dumps(definition))
    _keep_tokens_in_memory(monkeypatch)
    _let_the_sandbox_s_clock_pass(sandbox_url, monkeypatch)
    return {**{channel: f"medsos_{channel}" for channel in HOOKS}, "x_oauth2": "medsos_x_oauth2"}


def _keep_tokens_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Airflow's Variables, which encrypt them, need its database."""
    kept: dict[str, TokenPair] = {}
    monkeypatch.setattr(VariableTokens, "load", lambda self: kept.get(self.key))
    monkeypatch.setattr(VariableTokens, "save", lambda self, pair: kept.__setitem__(self.key, pair))


def _let_the_sandbox_s_clock_pass(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No client waits: the platform's clock is moved on instead."""

    def wait(seconds: float) -> None:
        body = {"advance_seconds": seconds}
        requests.post(f"{sandbox_url}/_inspect/clock", json=body, timeout=20).raise_for_status()

    for channel in HOOKS:
        # Only what is loaded can be changed.
        hook_class(channel)
    for name, module in list(sys.modules.items()):
        for thing in vars(module).values() if name.startswith("medsos.channels.") else ():
            defaults = getattr(getattr(thing, "__init__", None), "__kwdefaults__", None) or {}
            if isinstance(thing, type) and "sleep" in defaults:
                monkeypatch.setitem(defaults, "sleep", wait)


@pytest.fixture
def watch(home: Path) -> Iterator[Watch]:
    seen, root = Watch(), logging.getLogger()
    before = root.level
    root.addHandler(seen)
    root.setLevel(logging.DEBUG)
    yield seen
    root.removeHandler(seen)
    root.setLevel(before)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Media]:
    """A picture, a video, and one large enough for several chunks on TikTok."""
    folder = tmp_path_factory.mktemp("media")
    picture = folder / "foto.jpg"
    Image.new("RGB", (1080, 1080), "#a01414").save(picture, quality=85)
    made = {"picture": media_of(picture, "image/jpeg", width=1080, height=1080, alt_text="Foto")}
    for name, noisy in (("video", False), ("long video", True)):
        path = folder / f"{name}.mp4"
        _film(path, noisy)
        made[name] = media_of(path, "video/mp4", width=720, height=1280, duration_seconds=4.0)
    assert made["long video"].size_bytes > 20_000_000 > made["video"].size_bytes
    return made


def _film(path: Path, noisy: bool) -> None:
    noise = np.random.default_rng(7)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 720, 1280, "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0", "qp": "10"}
        for number in range(96):
            small = np.full((160, 90, 3), number, np.uint8)
            if noisy:
                small = noise.integers(0, 255, small.shape, dtype=np.uint8)
            pixels = small.repeat(8, axis=0).repeat(8, axis=1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode(None))


@pytest.fixture
def go_through(
    clients: dict[str, str], files: dict[str, Media], watch: Watch
) -> Callable[[str, str, str], None]:
    """Publish one content, coming back after every error as the Airflow task does."""
    number = iter(range(10_000))

    def run(name: str, medium: str, title: str) -> None:
        channel = name.split("_")[0]
        key = f"rapat-{name.replace('_', '-')}-{next(number)}"
        post = Post(key=key, text=f"{title} {key}", title=title, media=(files[medium],))
        with transaction() as session:
            row = open_publication(
                session, cycle_id=1, channel=channel, seal=hashlib.sha256(key.encode()).hexdigest(),
                mode="api", now=utc_now(),
            )  # fmt: skip
        for attempt in range(TRIES):
            try:
                client = client_for(channel, clients[name], web_connection_id="medsos_web")
                publish(
                    Ledger(row.id, holder=f"w{attempt}", clock=utc_now), client, post,
                    give_up_after=timedelta(hours=1), read_back_waits=[timedelta(0)] * 2,
                )  # fmt: skip
                return
            except ChannelError as error:
                watch.error(error)

    make_cycle()
    return run


@pytest.fixture
def fault(sandbox_url: str) -> Callable[..., None]:
    """Let the next requests fail; the faults of before are taken away."""

    def set_fault(**values: Any) -> None:
        requests.delete(f"{sandbox_url}/_inspect/faults", timeout=20).raise_for_status()
        requests.post(f"{sandbox_url}/_inspect/faults", json=values, timeout=20).raise_for_status()

    return set_fault
