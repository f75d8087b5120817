"""Which files a request may bring: the kinds, their limits, and how many of each a content type takes."""

from __future__ import annotations

import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medsos.errors import MaterialError

Kind = Literal["picture", "video", "document"]

MB = 1_000_000


@dataclass(frozen=True)
class KindRules:
    """What is taken of one kind. Checked before anything is decoded.

    :param name: what people call it. :param formats: for messages.
    :param media_types: true types, as found in the content of the file.
    :param max_pixels: width times height of a picture or of one frame.
    """

    name: str
    formats: str
    media_types: tuple[str, ...]
    max_bytes: int
    max_pixels: int | None = None
    max_seconds: float | None = None
    max_pages: int | None = None
    codecs: tuple[str, ...] = ()


KINDS: dict[Kind, KindRules] = {
    # 64 million pixels: the 50-megapixel photos of current phones pass; decoded they need about 200 MB.
    "picture": KindRules(
        name="gambar",
        formats="JPEG, PNG, WebP, atau HEIC",
        media_types=("image/jpeg", "image/png", "image/webp", "image/heic"),
        max_bytes=40 * MB,
        max_pixels=64_000_000,
    ),
    # The widest of the five channels; what a narrower channel refuses, its own limits say.
    "video": KindRules(
        name="video",
        formats="MP4 atau MOV",
        media_types=("video/mp4", "video/quicktime"),
        max_bytes=512 * MB,
        max_pixels=4096 * 2304,
        max_seconds=15 * 60,
        codecs=("h264", "hevc"),
    ),
    "document": KindRules(
        name="dokumen PDF",
        formats="PDF",
        media_types=("application/pdf",),
        max_bytes=50 * MB,
        max_pages=2000,
    ),
}


@dataclass(frozen=True)
class MaterialRule:
    """How many files of each kind a content type takes: (fewest, most)."""

    picture: tuple[int, int] = (0, 0)
    video: tuple[int, int] = (0, 0)
    document: tuple[int, int] = (0, 0)

    def bounds(self, kind: Kind) -> tuple[int, int]:
        return {"picture": self.picture, "video": self.video, "document": self.document}[kind]

    @property
    def most_files(self) -> int:
        return sum(self.bounds(kind)[1] for kind in KINDS)

    @property
    def needed(self) -> tuple[Kind, ...]:
        """Kinds without which the content type cannot be made."""
        return tuple(kind for kind in KINDS if self.bounds(kind)[0] > 0)

    @property
    def accepted(self) -> tuple[Kind, ...]:
        return tuple(kind for kind in KINDS if self.bounds(kind)[1] > 0)


# Four pictures: the most that all five channels take in one post (X is the narrowest).
MATERIALS: dict[str, MaterialRule] = {
    "foto_kegiatan": MaterialRule(picture=(1, 4)),
    "video": MaterialRule(video=(1, 1), picture=(0, 4)),
    "ucapan_hari_besar": MaterialRule(picture=(0, 4)),
    "ucapan_duka": MaterialRule(picture=(0, 4)),
    "sosialisasi_tahapan": MaterialRule(picture=(0, 4)),
    "produk_hukum": MaterialRule(document=(1, 1), picture=(0, 1)),
}

_NOT_MATERIAL = frozenset({"thumbs.db", "desktop.ini"})


def refused(name: str, why: str) -> MaterialError:
    """The error for one file; `why` is an Indonesian clause that follows the name and says what to do."""
    return MaterialError([f"Berkas “{name}” {why}"])


def plain_name(name: str) -> str:
    """The name as it is compared and shown: trimmed, and composed, because macOS writes "é" in two parts."""
    return unicodedata.normalize("NFC", name.strip())


def files_at_hand(intake_dir: Path) -> list[str]:
    """Names of the files that a request may bring, sorted. An intake folder not made yet is empty."""
    return sorted(_offered(intake_dir))


def resolve_materials(intake_dir: Path, names: Sequence[str]) -> list[Path]:
    """Paths of the named files, in the given order, every one of them inside the intake folder.

    :raises MaterialError: with one sentence per name that leads elsewhere, is unknown or doubled.
    """
    offered = _offered(intake_dir)
    paths: list[Path] = []
    problems: list[str] = []
    for raw in names:
        name = plain_name(raw)
        if problem := _name_problem(intake_dir, name, offered):
            problems.append(problem)
        elif offered[name] in paths:
            problems.append(
                f"Berkas “{name}” disebut lebih dari sekali. Hapus salah satunya dari kolom Bahan."
            )
        else:
            paths.append(offered[name])
    if problems:
        raise MaterialError(problems)
    return paths


def _offered(intake_dir: Path) -> dict[str, Path]:
    """Regular files directly in the folder; a link counts only when it ends inside the folder."""
    if not intake_dir.is_dir():
        return {}
    root = intake_dir.resolve()
    offered = {}
    for entry in intake_dir.iterdir():
        if entry.name.startswith((".", "~$")) or entry.name.lower() in _NOT_MATERIAL:
            continue
        target = entry.resolve()
        if target.is_relative_to(root) and _is_file(target):
            offered[plain_name(entry.name)] = target
    return offered


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _name_problem(intake_dir: Path, name: str, offered: dict[str, Path]) -> str | None:
    if name in offered:
        return None
    if not name or "\0" in name or "/" in name or "\\" in name or name in (".", ".."):
        return (
            f"Berkas “{name}” memuat nama folder. Salin berkasnya ke folder masuk, "
            "lalu tulis nama berkasnya saja."
        )
    if (intake_dir / name).is_symlink():
        return f"Berkas “{name}” hanya pintasan ke luar folder masuk. Salin berkas aslinya ke folder masuk."
    if (intake_dir / name).is_dir():
        return f"“{name}” adalah folder, bukan berkas. Salin berkas di dalamnya langsung ke folder masuk."
    return f"Berkas “{name}” tidak ada di folder masuk. Periksa ejaannya atau salin dulu berkasnya."
