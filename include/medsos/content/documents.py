"""Checks a PDF that will be offered for download: whole, open to everybody, and nothing in it that acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from medsos.content.materials import KINDS, refused

_TAIL = 2048
"""Bytes at the end in which the end mark must stand; some scanners write padding behind it."""
_ACTIVE_ACTIONS = {"/JavaScript": "JavaScript", "/Launch": "perintah menjalankan program"}
_BROKEN = (PyPdfError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
_DAMAGED = "rusak atau terpotong. Pindai atau ekspor ulang dokumennya lalu kirim lagi."


@dataclass(frozen=True)
class DocumentFacts:
    """What is kept of a PDF."""

    pages: int


def check_pdf(path: Path, *, name: str) -> DocumentFacts:
    """Read the whole structure of a PDF. Nothing is taken out of it, not even its metadata: a signed
    document is published as it is, or its signature would no longer hold.

    :param name: what people call the file, for the message.
    :raises MaterialError: encrypted, damaged, too many pages, or holding scripts or other files.
    """
    limit = KINDS["document"].max_pages
    try:
        if b"%%EOF" not in _tail(path):
            raise refused(name, _DAMAGED)
        with path.open("rb") as stream:
            reader = PdfReader(stream)
            if reader.is_encrypted:
                raise refused(name, "terkunci kata sandi. Simpan ulang tanpa kata sandi lalu kirim lagi.")
            pages = len(reader.pages)
            if pages == 0:
                raise refused(name, _DAMAGED)
            if limit is not None and pages > limit:
                raise refused(name, f"memuat {pages} halaman; paling banyak {limit}. Bagi dokumennya.")
            for page in reader.pages:
                _ = page.mediabox, page.get("/Contents")
            found = sorted({name for item in _dictionaries(reader) for name in _active_parts(item)})
    except _BROKEN:
        raise refused(name, _DAMAGED) from None
    if found:
        raise refused(
            name, f"memuat {' dan '.join(found)}. Cetak ulang ke PDF (Print to PDF) supaya tinggal isinya."
        )
    return DocumentFacts(pages)


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        return stream.read()


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary in the file, reachable from a page or not."""
    numbers = {(number, gen) for gen, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for number, gen in sorted(numbers):
        if number:
            yield from _inside(reader.get_object(IndirectObject(number, gen, reader)))
    yield from _inside(reader.trailer)


def _inside(value: Any) -> Iterator[DictionaryObject]:
    """`value` and what is written directly in it; references lead to objects that are visited anyway."""
    if isinstance(value, DictionaryObject):
        yield value
        for key in value:
            yield from _inside(value.raw_get(key))
    elif isinstance(value, ArrayObject):
        for index in range(len(value)):
            yield from _inside(list.__getitem__(value, index))


def _active_parts(item: DictionaryObject) -> Iterator[str]:
    action = item.get("/S")
    if action in _ACTIVE_ACTIONS:
        yield _ACTIVE_ACTIONS[action]
    if "/JS" in item or "/JavaScript" in item:
        yield "JavaScript"
    if item.get("/Type") == "/EmbeddedFile" or "/EmbeddedFiles" in item or "/EF" in item:
        yield "berkas lampiran"
    if "/XFA" in item:
        yield "formulir XFA"
