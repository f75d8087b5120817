"""What credentials may do and for how long, as far as a platform tells.

The rights each platform's publishing needs stand here as data (contract 2.1, 3.1, 4.1, 5.1, 6.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Right:
    """A permission, scope or capability, under the platform's own name.

    :param needed_for: Indonesian: what cannot be done without it.
    :param essential: without it nothing can be published at all.
    """

    name: str
    needed_for: str
    essential: bool = True

    def __str__(self) -> str:
        return f"{self.name} ({self.needed_for})"


@dataclass(frozen=True)
class Token:
    """How long the credentials live.

    :param ends_at: aware, UTC; None when they do not end or when nobody tells.
    :param remark: Indonesian; stands beside the date, or alone where there is none.
    """

    ends_at: datetime | None = None
    remark: str = "masa berlaku tidak diberitahukan"


@dataclass(frozen=True)
class Quota:
    """Posts of the period that are used up, where a platform counts them (Instagram)."""

    used: int
    total: int
    period: str

    @property
    def left(self) -> int:
        return max(0, self.total - self.used)


NEVER_ENDS = Token(remark="tidak berakhir sampai dicabut")

WORDPRESS = (
    Right("edit_posts", "menulis artikel"),
    Right("publish_posts", "menerbitkan artikel"),
    Right("edit_published_posts", "membaca kembali artikel"),
    Right("upload_files", "mengunggah gambar"),
    Right("delete_published_posts", "menghapus artikel", essential=False),
)
FACEBOOK = (
    Right("pages_manage_posts", "menerbitkan"),
    Right("pages_read_engagement", "membaca kembali postingan"),
    Right("read_insights", "membaca jumlah tayangan", essential=False),
)
INSTAGRAM = (
    Right("instagram_basic", "membaca akun"),
    Right("instagram_content_publish", "menerbitkan"),
    Right("pages_read_engagement", "membaca akun lewat Halaman"),
    Right("instagram_manage_insights", "membaca jumlah tayangan", essential=False),
    Right("instagram_manage_contents", "menghapus postingan", essential=False),
)
X = (
    Right("tweet.write", "menerbitkan"),
    Right("tweet.read", "membaca kembali postingan"),
    Right("users.read", "membaca akun"),
    Right("media.write", "mengunggah gambar dan video"),
    Right("offline.access", "memperbarui token", essential=False),
)
TIKTOK = (
    Right("video.publish", "menerbitkan"),
    Right("video.list", "membaca kembali postingan dan jumlah tayangan"),
)


def missing(needed: Iterable[Right], granted: Iterable[str]) -> tuple[Right, ...]:
    """The rights of `needed` that were not granted."""
    known = frozenset(granted)
    return tuple(right for right in needed if right.name not in known)
