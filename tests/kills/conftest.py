"""A storm and its aftermath for the `installation` of a test file; what they have shown ends the test run."""

from __future__ import annotations

from typing import Any

import pytest

# Before the first import: a failed duty then says what it saw.
pytest.register_assert_rewrite("duties")

from aftermath import Aftermath  # noqa: E402
from installations import Installation  # noqa: E402
from storm import LINES, Outcome, total, weather  # noqa: E402

CYCLES = 4


@pytest.fixture(scope="module")
def outcome(installation: Installation, deck: dict[str, int]) -> Outcome:
    """:param deck: how many processes of each kind the storm kills."""
    return weather(installation, cycles=CYCLES, deck=deck)


@pytest.fixture(scope="module")
def after(installation: Installation, outcome: Outcome) -> Aftermath:
    return Aftermath(installation, outcome.people)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if LINES:
        terminalreporter.section("kills in a real Airflow")
        for line in [*LINES, total()]:
            terminalreporter.write_line(line)
