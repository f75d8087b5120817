"""Training platforms and an empty record for the readings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from observed_posts import COUNTS, Platforms

from medsos.sandbox.testing import running_sandbox


@pytest.fixture
def platforms(tmp_path: Path, home: Path) -> Iterator[Platforms]:
    with running_sandbox(tmp_path / "sandbox") as url:
        found = Platforms(url, tmp_path)
        found.tell(
            "settings",
            {"counts": dict.fromkeys(("facebook", "instagram", "x", "tiktok"), COUNTS)},
        )
        yield found
