"""The evaluation tables as files for a spreadsheet, a notebook or the archive: CSV, Parquet and XLSX."""

from medsos.evaluation.export.files import (
    FORMATS,
    MEDIA_TYPES,
    ExportFile,
    Format,
    files_of,
    table_file,
    workbook_file,
)
from medsos.evaluation.export.selection import Selection

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "ExportFile",
    "Format",
    "Selection",
    "files_of",
    "table_file",
    "workbook_file",
]
