"""A storm and its aftermath for the `installation` of a test file; what they have shown ends the test run."""

from __future__ import annotations

import pytest

# Before the first import: a failed duty then says what it saw.
pytest.register_assert_rewrite("duties")

from aftermath import Aftermath  # noqa: E402
from installations import Installation  # noqa: E402
from storm import LINES, Outcome, total, weather  # noqa: E402

from rooms import show_at_the_end  # noqa: E402

CYCLES = 4


@pytest.fixture(scope="module")
def outcome(installation: Installation, deck: dict[str, int]) -> Outcome:
    """:param deck: how many processes of each kind the storm kills."""
    return weather(installation, cycles=CYCLES, deck=deck)


@pytest.fixture(scope="module")
def after(installation: Installation, outcome: Outcome) -> Aftermath:
    return Aftermath(installation, outcome.people)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if LINES:
        show_at_the_end(session.config, "kills in a real Airflow", [*LINES, total()])
