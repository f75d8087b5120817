"""Names files that were uploaded for one request so that nobody can put other bytes in their place.

Such a file lies in a folder of its own under its SHA-256. In the request it is called
`rapat-pleno.sha256-<64 hex digits>.jpg`: the name that people gave it, and what its content has to be.
Two requests may each bring an `IMG_0001.jpg`, and neither can take the other's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from medsos.content.materials import files_at_hand, plain_name, refused, resolve_materials
from medsos.content.text import tidy_line
from medsos.errors import MaterialError

NAME_LENGTH = 120
"""Longest name of an uploaded file, characters; longer ones lose their middle."""

ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "video/mp4": (".mp4", ".m4v", ".mov"),
    "video/quicktime": (".mov", ".qt", ".mp4"),
    "application/pdf": (".pdf",),
}
"""Media type → how names of such files may end; the first is the usual one."""

_SEALED = re.compile(r"(?P<stem>[^/\\]+)\.sha256-(?P<sha256>[0-9a-f]{64})(?P<suffix>\.[^./\\]{1,20})?")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]')


@dataclass(frozen=True)
class Source:
    """A file that a request brings.

    :param name: what people call it. :param sha256: what it has to be; empty where any content is taken.
    """

    path: Path
    name: str
    sha256: str = ""


def harmless_name(name: str) -> str:
    """The name that a browser gave, without folders, leading dots and what no file system likes."""
    last = re.split(r"[/\\]", tidy_line(name))[-1]
    plain = plain_name(_NOT_IN_NAMES.sub("_", last).lstrip(". ")) or "berkas"
    if len(plain) <= NAME_LENGTH:
        return plain
    suffix = PurePosixPath(plain).suffix[:20]
    return plain[: NAME_LENGTH - len(suffix)] + suffix


def sealed_name(name: str, sha256: str) -> str:
    """How an uploaded file is called in the request."""
    path = PurePosixPath(name)
    suffix = path.suffix if len(path.suffix) <= 20 else ""
    return f"{name.removesuffix(suffix) if suffix else name}.sha256-{sha256}{suffix}"


def told_in_name(name: str) -> tuple[str, str]:
    """The name for people and the SHA-256 that the content must have; empty for other files."""
    found = _SEALED.fullmatch(name)
    if found is None:
        return name, ""
    return f"{found['stem']}{found['suffix'] or ''}", found["sha256"]


def names_at_hand(intake_dir: Path, uploads_dir: Path, named: object) -> list[str]:
    """Names that a request may bring: the files of the intake folder, and those uploads that it names."""
    uploaded = []
    for item in named if isinstance(named, (list, tuple)) else str(named or "").splitlines():
        name = plain_name(str(item))
        _, sha256 = told_in_name(name)
        if sha256 and (uploads_dir / sha256).is_file():
            uploaded.append(name)
    return [*files_at_hand(intake_dir), *uploaded]


def sources_of(intake_dir: Path, uploads_dir: Path, names: Sequence[str]) -> list[Source]:
    """The files of a request, in the given order.

    :raises MaterialError: with one sentence per name that leads elsewhere, is unknown or doubled.
    """
    found: list[Source] = []
    problems: list[str] = []
    for raw in names:
        name, sha256 = told_in_name(plain_name(raw))
        try:
            if not sha256:
                path = resolve_materials(intake_dir, [raw])[0]
            elif not (path := uploads_dir / sha256).is_file():
                raise refused(name, "tidak lagi tersimpan. Unggah kembali pada halaman Ajukan konten.")
            if any(source.path == path for source in found):
                raise refused(name, "disebut lebih dari sekali. Hapus salah satunya dari kolom Bahan.")
        except MaterialError as error:
            problems += error.problems
            continue
        found.append(Source(path, name, sha256))
    if problems:
        raise MaterialError(problems)
    return found


def as_sources(files: Iterable[Path | Source]) -> list[Source]:
    """Plain paths as sources that may hold anything."""
    return [file if isinstance(file, Source) else Source(file, plain_name(file.name)) for file in files]


def fitting_name(name: str, media_type: str) -> str:
    """`name` with an ending that fits what the file really is, so that no computer takes it for a program."""
    endings = ENDINGS[media_type]
    return name if PurePosixPath(name).suffix.lower() in endings else f"{name}{endings[0]}"
