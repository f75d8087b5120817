"""One installation of each size, for all attempts here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from places import PLACES, Place


@pytest.fixture(scope="session", params=PLACES, ids=str)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with PLACES[request.param](tmp_path_factory.mktemp("tempat")) as running:
        yield running
