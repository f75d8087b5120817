"""Columns read at once hold exactly what the rows hold, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from builders import make_cycle
from medsos.store.columns import read_columns
from medsos.store.models import ChannelResult, Cycle
from medsos.store.session import transaction

AT = datetime(2026, 11, 23, 7, 5, 0, 123_456, tzinfo=UTC)
WHOLE_SECOND = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
HOSTILE = 'kutip " dan \\ garis,\nbaris baru \x1f emoji 🗳️ \u2028 مرحبا'
EXACT = 0.1 + 0.2
"""Needs all seventeen digits."""


@pytest.fixture(autouse=True)
def rows(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDSOS_DATABASE_URL", database)
    cycle_id = make_cycle(title=HOSTILE, kahar=True, request={"channels": ["web", "x"]}, completed_at=AT)
    make_cycle(title="", request={"channels": []})
    full: dict[str, Any] = {"published_at": AT, "permalink": HOSTILE, "upload_seconds": EXACT}
    empty: dict[str, Any] = {"published_at": WHOLE_SECOND, "permalink": None, "upload_seconds": None}
    with transaction() as session:
        session.add_all(
            ChannelResult(
                cycle_id=cycle_id, channel=channel, mode="api", state="published", attempts=1, **more
            )
            for channel, more in (("web", full), ("x", empty))
        )


def read(*columns: Any, by: str) -> pd.DataFrame:
    with transaction() as session:
        return read_columns(session, select(*columns)).sort_values(by, ignore_index=True)


def test_texts_instants_numbers_and_verdicts() -> None:
    found = read(Cycle.id, Cycle.title, Cycle.kahar, Cycle.completed_at, Cycle.minutes_id, by="id")
    assert list(found["title"]) == [HOSTILE, ""]
    assert list(found["kahar"]) == [True, False]
    assert found["completed_at"][0] == pd.Timestamp(AT)
    assert pd.isna(found["completed_at"][1])
    assert list(found["minutes_id"].isna()) == [True, True]
    assert [str(dtype) for dtype in found.dtypes] == [
        "int64", "str", "bool", "datetime64[us, UTC]", "Int64",
    ]  # fmt: skip


def test_floats_keep_every_digit() -> None:
    found = read(ChannelResult.channel, ChannelResult.upload_seconds, by="channel")
    assert found["upload_seconds"][0] == EXACT
    assert pd.isna(found["upload_seconds"][1])


def test_a_missing_text_stays_missing_and_a_whole_second_is_one() -> None:
    found = read(ChannelResult.channel, ChannelResult.permalink, ChannelResult.published_at, by="channel")
    assert found["permalink"][0] == HOSTILE
    assert pd.isna(found["permalink"][1])
    assert list(found["published_at"]) == [pd.Timestamp(AT), pd.Timestamp(WHOLE_SECOND)]


def test_lists_within_a_column() -> None:
    found = read(Cycle.id, Cycle.request["channels"].label("channels"), by="id")
    assert list(found["channels"]) == [["web", "x"], []]


def test_nothing_found_has_its_columns_and_types_all_the_same() -> None:
    with transaction() as session:
        found = read_columns(session, select(Cycle.id, Cycle.title, Cycle.completed_at).where(Cycle.id < 0))
    assert found.empty
    assert [str(dtype) for dtype in found.dtypes] == ["int64", "str", "datetime64[us, UTC]"]
