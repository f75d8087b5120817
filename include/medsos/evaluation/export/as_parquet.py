"""Writes a table as Parquet for notebooks: the contract's column names, proper types, instants in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from medsos.evaluation.export.columns import Kind, Table
from medsos.evaluation.export.selection import Batch


def write_parquet(target: IO[bytes], table: Table, found: Iterable[Batch]) -> int:
    """The same schema also without rows; returns their number.

    Each field carries its Indonesian heading (`judul`) and explanation (`penjelasan`) as metadata.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    schema = parquet_schema(table)
    written = 0
    with ParquetWriter(target, schema) as writer:
        for batch in found:
            columns = zip(*batch.rows, strict=True)
            arrays = [pa.array(values, kind) for values, kind in zip(columns, schema.types, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(batch.rows)
    return written


def parquet_schema(table: Table) -> Any:
    """The Arrow schema of a table."""
    import pyarrow as pa

    types = {
        Kind.NUMBER: pa.int64(),
        Kind.MINUTES: pa.float64(),
        Kind.SECONDS: pa.float64(),
        Kind.RATE: pa.float64(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.MONTH: pa.date32(),
        Kind.YES_NO: pa.bool_(),
        Kind.TEXT: pa.string(),
    }
    stored = table.model.__table__.columns
    return pa.schema(
        [
            pa.field(
                column.name,
                types[column.kind],
                nullable=stored[column.name].nullable,
                metadata={"judul": column.heading, "penjelasan": column.explanation},
            )
            for column in table.columns
        ],
        metadata={"tabel": table.key, "judul": table.name, "satu_baris_untuk": table.one_row_per},
    )
