"""Reads queries as columns and writes columns into tables, for work on very many rows.

Rows are not made into objects one by one: that alone would take minutes for a million of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    any_,
    cast,
    extract,
    func,
    inspect,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import InstrumentedAttribute, Session

from medsos.store.base import Base
from medsos.store.types import UtcDateTime

if TYPE_CHECKING:
    import pandas as pd

_SECOND = 1_000_000


def read_columns(session: Session, query: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    """The rows of a query as a frame, in no particular order; instants become `datetime64[us, UTC]`.

    :param query: selects columns, each with a name of its own.
    """
    import pandas as pd

    connection = session.connection()
    on_sqlite = connection.dialect.name == "sqlite"
    selected = list(query.selected_columns)
    raw = [_raw(column, on_sqlite) for column in selected]
    query = query.with_only_columns(*raw, maintain_column_froms=True).order_by(None)
    if all(_travels(column, on_sqlite) for column in selected):
        columns = _as_columns(connection, query, on_sqlite)
    else:
        columns = _as_rows(connection, query, selected)
    return pd.DataFrame(
        {
            column.name: _series(column, values, on_sqlite)
            for column, values in zip(selected, columns, strict=True)
        }
    )


def _travels(column: ColumnElement[Any], on_sqlite: bool) -> bool:
    """Whether a column's values come through JSON unharmed; SQLite would round floats to 15 digits."""
    exact = UtcDateTime | Integer | Boolean | String
    return isinstance(column.type, exact) or (isinstance(column.type, Float) and not on_sqlite)


def _as_columns(
    connection: Connection, query: Select[*tuple[Any, ...]], on_sqlite: bool
) -> list[Sequence[Any]]:
    """Every column as one value, a JSON list: a row less costs more than a hundred of its values."""
    rows = query.subquery()
    listed = [
        func.json_group_array(column) if on_sqlite else cast(func.json_agg(column), String)
        for column in rows.c
    ]
    return [json.loads(column or "[]") for column in connection.execute(select(*listed)).one()]


def _as_rows(
    connection: Connection, query: Select[*tuple[Any, ...]], selected: Sequence[ColumnElement[Any]]
) -> list[Sequence[Any]]:
    result = connection.execute(query)
    # Straight from the driver: a row object for each of a million rows would take longer than all the rest.
    rows = result.cursor.fetchall() if result.cursor else []
    result.close()
    columns = zip(*rows, strict=True) if rows else ((),) * len(selected)
    return [
        _converted(column, values, connection.dialect)
        for column, values in zip(selected, columns, strict=True)
    ]


def _converted(column: ColumnElement[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """What the column's type makes of the driver's values."""
    if isinstance(column.type, UtcDateTime | Float | Integer | String):
        return values
    convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return [convert(value) for value in values] if convert else values


def _series(column: ColumnElement[Any], values: Sequence[Any], on_sqlite: bool) -> pd.Series:
    """Texts, numbers, verdicts and instants have one dtype each, whatever the rows hold, also if none."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(column.type, UtcDateTime):
        instants = pa.array(values, pa.string() if on_sqlite else pa.int64())
        naive = pd.Series(instants.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False))
        return naive.astype("datetime64[us]").dt.tz_localize("UTC")
    if isinstance(column.type, String):
        return pd.Series(values, dtype="str")
    if isinstance(column.type, Float):
        return pd.Series(values, dtype="float64")
    if isinstance(column.type, Boolean):
        verdicts = pd.Series(values, dtype="boolean")
        return verdicts if verdicts.hasnans else verdicts.astype("bool")
    if isinstance(column.type, Integer):
        return pd.Series(values, dtype="Int64" if None in values else "int64")
    return pd.Series(values, dtype="object")


def _raw(column: ColumnElement[Any], on_sqlite: bool) -> ColumnElement[Any]:
    """A column as the database can hand it over fastest: instants as text, or in microseconds since 1970."""
    if not isinstance(column.type, UtcDateTime):
        return column
    if on_sqlite:
        return type_coerce(column, String).label(column.name)
    return cast(extract("epoch", column) * _SECOND, BigInteger).label(column.name)


def write_columns(session: Session, table: type[Base], frame: pd.DataFrame) -> None:
    """Insert the rows of a frame; where the primary key is taken, the row becomes the new one.

    :param frame: one column for each of the table's, with instants as `datetime64[us, UTC]`.
    """
    if frame.empty:
        return
    names = [column.name for column in table.__table__.columns]
    key = key_of(table)
    frame = frame[names]
    cursor = session.connection().connection.cursor()
    if session.get_bind().dialect.name == "sqlite":
        marks = ", ".join("?" for _ in names)
        statement = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({marks}) "  # noqa: S608
        rows = list(zip(*(_plain(frame[name]) for name in names), strict=True))
        cursor.executemany(statement + _or_update(names, key), rows)
    else:
        _copy(cursor, table.__tablename__, frame, _or_update(names, key))


def key_of(table: type[Base]) -> list[str]:
    """Names of the columns of a table's primary key."""
    return [column.name for column in inspect(table).primary_key]


def among(
    session: Session, column: ColumnElement[int] | InstrumentedAttribute[int], numbers: Sequence[int]
) -> ColumnElement[bool]:
    """Whether a column is one of these numbers, of which there may be thousands: they travel as one value."""
    if session.get_bind().dialect.name == "sqlite":
        every = func.json_each(json.dumps([*numbers])).table_valued("value")
        return column.in_(select(every.c.value))
    return column == any_(cast([*numbers], ARRAY(Integer)))


def _or_update(names: Sequence[str], key: Sequence[str]) -> str:
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}"


def _plain(column: pd.Series) -> list[Any]:
    """Values as SQLite's driver takes them: text for instants, None for what is missing."""
    import numpy as np
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        naive = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        text = np.char.replace(np.datetime_as_string(naive, unit="us"), "T", " ")
        return [
            None if missing else value for missing, value in zip(np.isnat(naive), text.tolist(), strict=True)
        ]
    return column.astype(object).where(column.notna(), None).tolist()


def _copy(cursor: Any, table: str, frame: pd.DataFrame, or_update: str) -> None:
    """PostgreSQL's own way for many rows, by way of a table of this transaction."""
    import io

    import pyarrow as pa
    from pyarrow import csv

    text = io.BytesIO()
    csv.write_csv(
        pa.Table.from_pandas(frame, preserve_index=False), text, csv.WriteOptions(include_header=False)
    )
    text.seek(0)
    names = ", ".join(frame.columns)
    cursor.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
    cursor.copy_expert(f"COPY incoming ({names}) FROM STDIN WITH (FORMAT csv)", text)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming {or_update}")  # noqa: S608
    cursor.execute("DROP TABLE incoming")
