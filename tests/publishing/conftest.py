"""A publication that nobody has begun, and a platform."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from misbehaving_platform import Platform

from medsos.publishing.ledger import open_publication
from medsos.store.session import transaction


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def publication_id(cycle_id: int) -> int:
    with transaction() as session:
        return open_publication(
            session, cycle_id=cycle_id, channel="facebook", seal="a" * 64, mode="api", now=datetime.now(UTC)
        ).id
