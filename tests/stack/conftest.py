"""Services to be started and ended."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stack_processes import STUBBORN

from medsos.stack.group import Service, ServiceGroup


@pytest.fixture
def mark(tmp_path: Path) -> str:
    """A word that stands on the command line of this test's processes only."""
    return f"uji-{tmp_path.name}-{time.monotonic_ns()}"


@pytest.fixture
def stubborn(mark: str) -> Service:
    return Service("keras", "Layanan keras kepala", [sys.executable, "-c", STUBBORN, mark], {})


@pytest.fixture
def group(tmp_path: Path) -> Iterator[ServiceGroup]:
    services = ServiceGroup(tmp_path / "log", tmp_path)
    yield services
    services.stop()
