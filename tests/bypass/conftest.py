"""One installation of each size, for all attempts here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from places import PLACES, Place

from rooms import when_left


@pytest.fixture(scope="session", params=PLACES, ids=str)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as alive:
        when_left(request.config, alive.close)
        yield alive.enter_context(PLACES[request.param](tmp_path_factory.mktemp("tempat")))
