"""Shows at the end of a test run what the storms have shown."""

from __future__ import annotations

from typing import Any

import pytest

# Before the first import: a failed duty then says what it saw.
pytest.register_assert_rewrite("duties")

from storm import LINES, total  # noqa: E402


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if LINES:
        terminalreporter.section("kills in a real Airflow")
        for line in [*LINES, total()]:
            terminalreporter.write_line(line)
