"""What the design room takes and gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from medsos.offices.model import Brand


@dataclass(frozen=True)
class DesignFields:
    """The words and pictures that a layout may place.

    :param headline: main line. :param summary: one to three sentences, may be empty.
    :param date_text: Indonesian date, ready to show ("Senin, 23 November 2026"), may be empty.
    :param place: may be empty. :param document_number: for `produk_hukum`.
    :param photos: pictures taken in and cleaned, in order; may be empty: layouts cope.
    """

    headline: str
    summary: str
    office_name: str
    website: str
    handle: str
    date_text: str = ""
    place: str = ""
    document_number: str = ""
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True)
class DesignRequest:
    """One picture to render: a content type in the size of a channel, in an office's brand."""

    content_type: str
    channel: str
    brand: Brand
    fields: DesignFields


@dataclass(frozen=True)
class RenderedDesign:
    """A finished picture: JPEG bytes, sRGB, no metadata. `notes` are Indonesian remarks for the reviewer."""

    jpeg: bytes
    width: int
    height: int
    notes: tuple[str, ...] = field(default=())
