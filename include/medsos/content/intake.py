"""Takes in the files of a request: finds the true type, checks, keeps the original, makes it clean."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medsos.content.documents import check_pdf
from medsos.content.handed_over import Source, as_sources
from medsos.content.materials import KINDS, MATERIALS, Kind, refused
from medsos.content.pictures import clean_picture
from medsos.content.recognise import check_size, recognise, wanted_text
from medsos.content.remux import clean_video
from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.content.video import probe
from medsos.errors import MaterialError

_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True)
class TakenIn:
    """A file taken in. The originals and the clean files lie in the folder given to `take_in`.

    `clean_path` is what may be published: for a picture a JPEG without metadata, for a video the same
    picture and sound without metadata and with the index in front. A document keeps its very bytes, its
    metadata included: a decision is published as it was signed. Width and height (pixels) are those of the
    clean file as it is shown.
    """

    original_name: str
    kind: Kind
    media_type: str
    original_path: Path
    original_sha256: str
    size_bytes: int
    clean_path: Path
    clean_media_type: str
    clean_sha256: str
    clean_size_bytes: int
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    codec: str | None = None
    pages: int | None = None


def take_in_all(sources: Iterable[Path | Source], *, content_type: str, into: Path) -> list[TakenIn]:
    """Take in all files of a request and check that they are the ones this content type needs.

    :param sources: paths from `materials.resolve_materials`, or sources from `handed_over.sources_of`.
    :param into: working folder of the cycle; made if it is missing. Running again gives the same files.
    :raises MaterialError: with one sentence per problem, of all files at once.
    """
    taken: list[TakenIn] = []
    problems: list[str] = []
    for source in as_sources(sources):
        try:
            taken.append(take_in(source, content_type=content_type, into=into))
        except MaterialError as error:
            problems += error.problems
    kinds = [(file.kind, file.original_name) for file in taken]
    problems += kind_problems(kinds, content_type, some_refused=bool(problems))
    problems += _twice(taken)
    if problems:
        raise MaterialError(problems)
    return taken


def take_in(source: Path | Source, *, content_type: str, into: Path) -> TakenIn:
    """Take in one file. Its name is only used to speak about it; what counts is its content.

    The file is copied first and the copy is checked, so that nobody can exchange it in between.

    :raises MaterialError: wrong type, too large, damaged, unsafe or not the bytes that its name promises;
        one sentence that says what to do.
    """
    (file,) = as_sources([source])
    name = file.name
    kind, media_type = _expected_type(file.path, content_type, name)
    check_size(file.path.stat().st_size, kind, name)
    into.mkdir(parents=True, exist_ok=True)
    copy = _keep_copy(file.path, into, _EXTENSIONS[media_type], KINDS[kind].max_bytes, name)
    if file.sha256 not in ("", copy.sha256):
        raise refused(name, "bukan lagi berkas yang diajukan: isinya berubah. Unggah dan ajukan kembali.")
    unchanged = TakenIn(
        original_name=name,
        kind=kind,
        media_type=media_type,
        original_path=copy.path,
        original_sha256=copy.sha256,
        size_bytes=copy.size_bytes,
        clean_path=copy.path,
        clean_media_type=media_type,
        clean_sha256=copy.sha256,
        clean_size_bytes=copy.size_bytes,
    )
    return _CHECKS[kind](unchanged)


@dataclass(frozen=True)
class _Copy:
    path: Path
    sha256: str
    size_bytes: int


def _expected_type(source: Path, content_type: str, name: str) -> tuple[Kind, str]:
    accepted = MATERIALS[content_type].accepted
    kind, media_type = recognise(source, name=name, accepted=accepted)
    if kind not in accepted:
        raise refused(
            name,
            f"ternyata {KINDS[kind].name}, sedangkan {CONTENT_TYPE_NAMES[content_type]} hanya menerima "
            f"{wanted_text(accepted)}. Hapus dari kolom Bahan atau pilih jenis konten yang sesuai.",
        )
    return kind, media_type


def _keep_copy(source: Path, into: Path, extension: str, limit: int, name: str) -> _Copy:
    """Copy in pieces while hashing; the file is named after its content."""
    digest = hashlib.sha256()
    size = 0
    partial = into / f".masuk-{os.getpid()}{extension}"
    try:
        with source.open("rb") as incoming, partial.open("wb") as outgoing:
            while piece := incoming.read(1 << 20):
                size += len(piece)
                if size > limit:
                    raise refused(name, "masih bertambah besar saat dibaca. Tunggu sampai selesai disalin.")
                digest.update(piece)
                outgoing.write(piece)
        path = into / f"{digest.hexdigest()[:16]}-asli{extension}"
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return _Copy(path, digest.hexdigest(), size)


def _picture(file: TakenIn) -> TakenIn:
    clean = clean_picture(file.original_path, file.media_type, name=file.original_name)
    with _clean_file(file, ".jpg") as (path, partial):
        partial.write_bytes(clean.jpeg)
    return _cleaned(file, path, media_type="image/jpeg", width=clean.width, height=clean.height)


def _video(file: TakenIn) -> TakenIn:
    probe(file.original_path, name=file.original_name)
    with _clean_file(file, file.original_path.suffix) as (path, partial):
        clean_video(file.original_path, partial, name=file.original_name)
    facts = probe(path, name=file.original_name)
    return _cleaned(
        file,
        path,
        media_type=file.media_type,
        width=facts.width,
        height=facts.height,
        duration_seconds=facts.duration_seconds,
        codec=facts.codec,
    )


@contextmanager
def _clean_file(file: TakenIn, extension: str) -> Iterator[tuple[Path, Path]]:
    """The path of the clean file, and the one to write to; it appears whole or not at all."""
    path = file.original_path.with_name(f"{file.original_sha256[:16]}{extension}")
    partial = path.with_name(f".bersih-{os.getpid()}{extension}")
    try:
        yield path, partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _cleaned(file: TakenIn, path: Path, *, media_type: str, **facts: Any) -> TakenIn:
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return replace(
        file,
        clean_path=path,
        clean_media_type=media_type,
        clean_sha256=sha256,
        clean_size_bytes=path.stat().st_size,
        **facts,
    )


def _document(file: TakenIn) -> TakenIn:
    return replace(file, pages=check_pdf(file.original_path, name=file.original_name).pages)


_CHECKS: dict[Kind, Callable[[TakenIn], TakenIn]] = {
    "picture": _picture,
    "video": _video,
    "document": _document,
}


def kind_problems(
    files: Sequence[tuple[Kind, str]], content_type: str, *, some_refused: bool = False
) -> list[str]:
    """What is wrong with the kinds and numbers of a request's files, one sentence each.

    :param files: kind and name. :param some_refused: others were refused already, so one may seem missing.
    """
    rule, type_name = MATERIALS[content_type], CONTENT_TYPE_NAMES[content_type]
    problems = [
        f"Berkas “{name}” adalah {KINDS[kind].name}, sedangkan {type_name} hanya menerima "
        f"{wanted_text(rule.accepted)}. Hapus berkasnya atau pilih jenis konten yang sesuai."
        for kind, name in files
        if kind not in rule.accepted
    ]
    for kind in rule.accepted:
        rules, (fewest, most) = KINDS[kind], rule.bounds(kind)
        names = [name for of_kind, name in files if of_kind == kind]
        if len(names) > most:
            listed = ", ".join(f"“{name}”" for name in names)
            problems.append(
                f"{type_name} menerima paling banyak {most} {rules.name}; "
                f"yang disebut {len(names)}: {listed}. Hapus sebagian dari kolom Bahan."
            )
        # A refused file may be the very one that is missing here; its own sentence is enough.
        if len(names) < fewest and not some_refused:
            problems.append(
                f"{type_name} memerlukan {rules.name} ({rules.formats}). "
                "Tambahkan berkasnya pada kolom Bahan."
            )
    return problems


def _twice(taken: list[TakenIn]) -> list[str]:
    first: dict[str, str] = {}
    problems = []
    for file in taken:
        if file.original_sha256 in first:
            problems.append(
                f"Berkas “{file.original_name}” sama persis dengan “{first[file.original_sha256]}”. "
                "Hapus salah satunya dari kolom Bahan."
            )
        first.setdefault(file.original_sha256, file.original_name)
    return problems
