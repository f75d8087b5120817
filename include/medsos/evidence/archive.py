"""The archive: every file of a cycle under one root, written once and checked by SHA-256."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from medsos.errors import EvidenceError
from medsos.indonesian import slug_text

MATERIALS = "bahan"
DESIGNS = "desain"
EVIDENCE = "bukti"
LINKS = "tautan"
REPORT = "laporan"
"""Folders within the folder of a cycle."""


@dataclass(frozen=True)
class StoredFile:
    """A file in the archive. `path` is relative to the root, with forward slashes."""

    path: str
    sha256: str
    size_bytes: int


def cycle_folder(
    office_slug: str, *, cycle_id: int, title: str, requested_at: datetime, zone: ZoneInfo
) -> str:
    """`<office>/<year>/<month>/<cycle>`, by the office's local date.

    For example `kota-bengkulu/2026/11/000012-rapat-pleno`.
    """
    local = requested_at.astimezone(zone)
    return f"{office_slug}/{local:%Y}/{local:%m}/{cycle_id:06d}-{slug_text(title)}"


class Archive:
    """A folder tree in which a name, once given, always holds the same bytes.

    :param root: `pathlib.Path` or a path with the same methods (`ObjectStoragePath`, `UPath`): a bucket
        or a network share can take the place of a folder.
    """

    def __init__(self, root: Any) -> None:
        self.root = _as_local(root)

    def put(self, relative: str, data: bytes) -> StoredFile:
        """Store `data` under `relative`.

        Putting the same bytes again is fine and changes nothing. On a local file system the file
        appears whole or not at all; object stores give the same promise by themselves.

        :raises EvidenceError: the name is taken by other bytes, or the path leaves the archive.
        """
        target = self._path(relative)
        stored = StoredFile(relative, hashlib.sha256(data).hexdigest(), len(data))
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            if not isinstance(target, Path):
                target.write_bytes(data)
                return stored
            if _write_once(target, data):
                return stored
        if hashlib.sha256(target.read_bytes()).hexdigest() != stored.sha256:
            raise EvidenceError(
                f"Arsip sudah memuat berkas lain dengan nama “{relative}”. Berkas arsip tidak boleh ditimpa; "
                "simpan dengan nama lain."
            )
        return stored

    def put_file(self, relative: str, source: Path) -> StoredFile:
        """Like `put`, with the bytes of a local file."""
        return self.put(relative, source.read_bytes())

    def put_version(self, relative: str, data: bytes) -> StoredFile:
        """Like `put`, but other bytes get the next free name: `laporan.html`, `laporan-2.html`, …

        For files that may be made again, such as the report of a cycle that was evaluated anew.
        """
        pure = PurePosixPath(relative)
        number = 1
        while True:
            name = relative if number == 1 else str(pure.with_name(f"{pure.stem}-{number}{pure.suffix}"))
            try:
                return self.put(name, data)
            except EvidenceError:
                if not self.exists(name):
                    raise
                number += 1

    def read(self, relative: str) -> bytes:
        """The bytes stored under `relative`.

        :raises EvidenceError: there is no such file.
        """
        target = self._path(relative)
        if not target.exists():
            raise EvidenceError(
                f"Berkas “{relative}” tidak ada di arsip. Periksa apakah arsip tersambung, "
                "atau pulihkan dari cadangan."
            )
        content: bytes = target.read_bytes()
        return content

    def exists(self, relative: str) -> bool:
        """Whether a file is stored under `relative`."""
        return bool(self._path(relative).exists())

    def verify(self, relative: str, sha256: str) -> None:
        """Compare a stored file with its recorded checksum.

        :raises EvidenceError: the file is missing or no longer the same.
        """
        found = hashlib.sha256(self.read(relative)).hexdigest()
        if found != sha256:
            raise EvidenceError(
                f"Berkas “{relative}” tidak sama dengan catatannya (tercatat {sha256[:12]}…, ditemukan "
                f"{found[:12]}…). Pulihkan dari cadangan dan laporkan kepada admin."
            )

    def files(self, folder: str) -> Iterator[str]:
        """Relative paths of all files below `folder`, sorted; none when the folder does not exist."""
        start = self._path(folder)
        if not start.exists():
            return
        for entry in sorted(start.iterdir(), key=lambda item: str(item.name)):
            relative = f"{folder}/{entry.name}"
            if entry.is_dir():
                yield from self.files(relative)
            elif not entry.name.startswith("."):
                yield relative

    def pieces(self, relative: str) -> Iterator[bytes]:
        """The bytes of a stored file, a megabyte at a time.

        :raises EvidenceError: there is no such file.
        """
        target = self._path(relative)
        if not target.exists():
            raise EvidenceError(f"Berkas “{relative}” tidak ada di arsip.")
        with target.open("rb") as stream:
            while piece := stream.read(1 << 20):
                yield piece

    def fingerprint(self, relative: str) -> StoredFile:
        """SHA-256 and size of a stored file as it is now, read in pieces.

        :raises EvidenceError: there is no such file.
        """
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(relative):
            digest.update(piece)
            size += len(piece)
        return StoredFile(relative, digest.hexdigest(), size)

    def size(self, relative: str) -> int | None:
        """Size in bytes, or None when there is no such file."""
        target = self._path(relative)
        return int(target.stat().st_size) if target.exists() else None

    def modified_at(self, relative: str) -> float | None:
        """Time of the last change in seconds since 1970, or None where the storage does not tell."""
        return getattr(self._path(relative).stat(), "st_mtime", None)

    def _path(self, relative: str) -> Any:
        parts = relative.split("/")
        if "\\" in relative or any(part in ("", ".", "..") for part in parts):
            raise EvidenceError(f"Nama berkas arsip “{relative}” tidak sah.")
        path = self.root
        for part in parts:
            path = path / part
        return path


def _as_local(root: Any) -> Any:
    """A path object over the local file system becomes a `pathlib.Path`, so that writing can be atomic."""
    if isinstance(root, str | Path):
        return Path(root)
    if getattr(root, "protocol", None) in ("", "file", "local"):
        return Path(root.path)
    return root


def _write_once(target: Path, data: bytes) -> bool:
    """Write through a temporary file; False when somebody else made `target` meanwhile."""
    temporary = target.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            # Unlike rename, a hard link never replaces what is there.
            os.link(temporary, target)
        except FileExistsError:
            return False
        except OSError:
            # Some network shares have no hard links.
            if target.exists():
                return False
            temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return True
