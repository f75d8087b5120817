"""An API server per auth manager, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from api_server import ApiServer

from rooms import when_left


@pytest.fixture(scope="session", params=["simple", "fab"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A running server; each auth manager in turn."""
    running = ApiServer(request.param, tmp_path_factory.mktemp(f"access-{request.param}"))
    with ExitStack() as alive:
        when_left(request.config, alive.close)
        alive.callback(running.stop)
        running.start()
        yield running
