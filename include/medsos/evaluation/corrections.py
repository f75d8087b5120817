"""Compares computed rows with those in a table, and writes only the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from medsos.store.base import Base
from medsos.store.columns import among, key_of, read_columns, write_columns


@dataclass(frozen=True)
class Correction:
    """A row that was not what it is now.

    :param row: table and key: “step_durations 3”.
    :param before, after: JSON values of the columns that differ; `after` is empty for a row that went.
    """

    cycle_id: int
    row: str
    before: dict[str, Any]
    after: dict[str, Any]


def bring_in_line(
    session: Session, table: type[Base], computed: pd.DataFrame, cycle_ids: Sequence[int]
) -> list[Correction]:
    """Make the rows of these cycles in `table` the computed ones.

    :param table: has a `cycle_id` first in its primary key.
    :returns: what was there and had to be changed; rows that were not there yet are no corrections.
    """
    columns = list(table.__table__.columns)
    key = key_of(table)
    names = [column.name for column in columns]
    query = select(*columns).where(among(session, table.__table__.c.cycle_id, cycle_ids))
    stored = read_columns(session, query)
    computed = computed[names]
    if stored.empty:
        write_columns(session, table, computed)
        return []
    both = computed.merge(stored, on=key, how="outer", suffixes=("", "_stored"), indicator=True)
    changed = _changed(both, [name for name in names if name not in key])
    in_both = both["_merge"] == "both"
    corrected = both[in_both & changed.any(axis=1)]
    gone = both[both["_merge"] == "right_only"]
    to_write = both[(both["_merge"] == "left_only") | (in_both & changed.any(axis=1))]
    write_columns(session, table, computed.merge(to_write[key], on=key))
    if not gone.empty:
        rows = tuple_(*(table.__table__.c[name] for name in key))
        session.execute(delete(table).where(rows.in_(list(gone[key].itertuples(index=False, name=None)))))
    return [
        _correction(table, key, both.loc[index], list(changed.columns[changed.loc[index]]))
        for index in [*corrected.index, *gone.index]
    ]


def _changed(both: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """For each row and column, whether the computed value differs from the stored one."""
    differs = {}
    for name in names:
        new, old = both[name], both[f"{name}_stored"]
        if new.dtype != old.dtype:
            # A column in which something is missing has another dtype than one in which nothing is.
            new, old = (column.astype(object).where(column.notna(), None) for column in (new, old))
        same = new.eq(old).fillna(False).astype(bool)
        differs[name] = ~(same | (new.isna() & old.isna()))
    return pd.DataFrame(differs, index=both.index)


def _correction(table: type[Base], key: Sequence[str], row: pd.Series, names: Sequence[str]) -> Correction:
    gone = row["_merge"] == "right_only"
    return Correction(
        cycle_id=int(row["cycle_id"]),
        row=" ".join([table.__tablename__, *(str(row[name]) for name in key if name != "cycle_id")]),
        before={name: _json(row[f"{name}_stored"]) for name in names},
        after={} if gone else {name: _json(row[name]) for name in names},
    )


def _json(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value
