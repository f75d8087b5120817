"""The sandbox's website and a real WordPress, each started once; the contract tests run against both."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from real_wordpress import running_wordpress
from websites import ARTICLE_TEXT, Website, document, picture

from medsos.channels.base import Post
from medsos.sandbox.testing import running_sandbox
from medsos.sandbox.wordpress.users import USERS
from memory_journal import MemoryJournal


@pytest.fixture(scope="session")
def training_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    with running_sandbox(tmp_path_factory.mktemp("latihan")) as url:
        yield Website(f"{url}/web", {login: user["password"] for login, user in USERS.items()})


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """Fails, and never skips, where PHP or WordPress cannot be had."""
    users = {login: (user["role"], user["name"]) for login, user in USERS.items()}
    with running_wordpress(tmp_path_factory.mktemp("wordpress"), users) as running:
        yield Website(running.url, running.passwords)
        complaints = running.log.read_text() if running.log.exists() else ""
        assert "Fatal error" not in complaints, complaints[-2000:]


@pytest.fixture(params=["training_site", "real_site"])
def website(request: pytest.FixtureRequest) -> Website:
    return request.getfixturevalue(request.param)


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A post key of this test's own: the websites live longer than a test."""
    return f"uji-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:10]}"


@pytest.fixture
def article(tmp_path: Path, key: str) -> Callable[..., Post]:
    """Makes a post with one picture and one PDF."""

    def make(**changes: Any) -> Post:
        full = Post(
            key=key,
            text=ARTICLE_TEXT,
            title="Rapat pleno terbuka",
            media=(picture(tmp_path, f"{key}-satu", "Peserta rapat pleno"),),
            documents=(document(tmp_path, f"{key}-sk", "Keputusan Nomor 12 Tahun 2026"),),
        )
        return dataclasses.replace(full, **changes)

    return make


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()
