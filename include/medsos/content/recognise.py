"""Finds the true type of a file from its first bytes, whatever it is called."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import filetype

from medsos.content.materials import KINDS, Kind, refused
from medsos.indonesian import size_text

HEAD_BYTES = 8192
"""Enough of a file to know its type."""

_SAME_TYPE = {"video/x-m4v": "video/mp4", "image/heif": "image/heic"}
_FOREIGN_NAMES = {
    "application/x-msdownload": "program Windows",
    "application/x-executable": "program",
    "application/zip": "arsip ZIP",
    "application/x-rar-compressed": "arsip RAR",
    "application/msword": "dokumen Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "dokumen Word",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "dokumen PowerPoint",
    "image/apng": "gambar bergerak (APNG)",
    "image/gif": "gambar GIF",
    "image/svg+xml": "gambar SVG",
    "image/tiff": "gambar TIFF",
    "image/bmp": "gambar BMP",
    "image/avif": "gambar AVIF",
    "image/vnd.adobe.photoshop": "berkas Photoshop",
    "text/html": "halaman HTML",
    "video/webm": "video WebM",
    "video/x-matroska": "video MKV",
    "video/x-msvideo": "video AVI",
    "video/3gpp": "video 3GP",
}


def recognise(source: Path, *, name: str, accepted: Collection[Kind] = tuple(KINDS)) -> tuple[Kind, str]:
    """Kind and media type by the first bytes; the decoders confirm it later.

    :param accepted: kinds of which one is wanted.
    :raises MaterialError: empty, unreadable or nothing that may be published.
    """
    if not source.is_file():
        raise refused(name, "tidak dapat dibaca. Salin ulang ke folder masuk.")
    with source.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise refused(name, "kosong (0 byte). Salin ulang dari sumbernya.")
    media_type = _sniff(head)
    for kind, rules in KINDS.items():
        if media_type in rules.media_types:
            return kind, media_type
    what = _FOREIGN_NAMES.get(media_type, "berkas jenis lain yang tidak dapat dipakai")
    raise refused(name, f"ternyata {what}, apa pun nama berkasnya. Kirim {wanted_text(accepted)}.")


def wanted_text(accepted: Collection[Kind]) -> str:
    """The kinds with their formats, for a message."""
    return " atau ".join(f"{KINDS[kind].name} ({KINDS[kind].formats})" for kind in accepted)


def _sniff(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if text.startswith((b"<svg", b"<?xml")):
        return "image/svg+xml" if b"<svg" in text else "text/xml"
    guess = filetype.guess(head)
    if guess is None:
        # Brands of MP4 keep being added; the decoder decides whether it really is one.
        return "video/mp4" if head[4:8] == b"ftyp" else "application/octet-stream"
    return _SAME_TYPE.get(guess.mime, guess.mime)


def check_size(size: int, kind: Kind, name: str) -> None:
    """:raises MaterialError: `size` bytes are more than this kind may have."""
    limit = KINDS[kind].max_bytes
    if size > limit:
        raise refused(
            name,
            f"berukuran {size_text(size)}; {KINDS[kind].name} paling besar {size_text(limit)}. "
            "Perkecil lalu kirim lagi.",
        )
