"""What every platform client offers, and the values that go in and out.

A client knows one platform's wire format and nothing of Airflow, the record or the SOP. The publishing
protocol (`medsos.publishing`) drives it through the phases of the contract, section 1:
`limits.check_limits` (no call) → `prepare` (no public effect) → `commit` (once) → `permalink`, `read_back`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol

from medsos.channels.access import Quota, Right, Token
from medsos.channels.metrics import Numbers, figures
from medsos.channels.usage import Usage
from medsos.errors import ChannelError, NotSupported, RateLimited, Transient, UnknownOutcome


@dataclass(frozen=True)
class Media:
    """A file to publish. `size_bytes`, pixels and seconds describe the file at `path`."""

    path: Path
    media_type: str
    sha256: str
    size_bytes: int
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    alt_text: str = ""

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class Post:
    """One approved content for one channel.

    :param key: short, stable text that names this content on this channel; the same on every try.
        It becomes the website's slug and stands in stored file names.
    :param text: the caption, with links filled in; on the website the article, plain text with
        paragraphs parted by an empty line.
    :param title: headline; used where the platform has a title (website, TikTok photo, Facebook video).
    :param media: pictures in order, or one video.
    :param cover: picture that stands for a video where the platform takes one.
    :param documents: files that only the website carries (PDF of a legal product).
    """

    key: str
    text: str
    title: str
    media: tuple[Media, ...] = ()
    cover: Media | None = None
    documents: tuple[Media, ...] = ()

    @property
    def video(self) -> Media | None:
        return next((m for m in self.media if m.is_video), None)

    @property
    def images(self) -> tuple[Media, ...]:
        return tuple(m for m in self.media if m.is_image)


@dataclass(frozen=True)
class Limits:
    """What a platform takes, as data. None means "no limit known", no codecs "any".

    Sizes in bytes, times in seconds; codecs under FFmpeg's names. `video_edit_list`: whether a video may
    carry one.

    :param title_length: of a post without a video: on the one platform that limits it (TikTok), the text is
        a video's title.
    """

    text_length: int | None
    text_unit: str
    title_length: int | None = None
    hashtags: int | None = None
    mentions: int | None = None
    alt_text_length: int | None = None
    images: int | None = None
    image_types: tuple[str, ...] = ()
    image_bytes: int | None = None
    image_ratio: tuple[float, float] | None = None
    image_width: tuple[int, int] | None = None
    image_longest_side: int | None = None
    video_types: tuple[str, ...] = ()
    video_codecs: tuple[str, ...] = ()
    sound_codecs: tuple[str, ...] = ()
    video_edit_list: bool = True
    video_bytes: int | None = None
    video_seconds: tuple[float, float] | None = None
    video_fps: tuple[float, float] | None = None
    video_sides: tuple[int, int] | None = None
    video_shorter_side: int | None = None
    video_ratio: tuple[float, float] | None = None
    video_bits_per_second: int | None = None
    needs_media: bool = False


@dataclass(frozen=True)
class Account:
    """Who the credentials speak for."""

    id: str
    name: str
    url: str | None = None


@dataclass(frozen=True)
class Committed:
    """What the commit call gave back.

    :param post_id: what `permalink`, `read_back` and `metrics` take. Where the platform tells the public id
        only later, it is the number under which the platform knows the post until then.
    """

    post_id: str | None
    permalink: str | None = None


@dataclass(frozen=True)
class FoundPost:
    """A post on the account, as read back."""

    post_id: str
    text: str
    created_at: datetime | None
    permalink: str | None
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Access:
    """What a platform tells about the credentials.

    :param lacking: rights that were not granted; None where the platform does not tell.
    :param quota: posts left in the platform's own count; None where it keeps none.
    """

    account: Account
    lacking: tuple[Right, ...] | None = None
    token: Token = field(default_factory=Token)
    quota: Quota | None = None


Journal = MutableMapping[str, Any]
"""Durable memory of one publication: JSON values by key. `journal[key] = value` is stored before it returns.

A client writes every id it receives here before its next call, and looks here first when it is run again.
"""


class MediaHost(Protocol):
    """Gives a file a public HTTPS address, for platforms that fetch media themselves (contract 1.5)."""

    def publish_media(self, media: Media, *, key: str) -> str:
        """Upload `media` under a name made from `key` and return its public address. Repeatable."""
        ...


class ChannelClient(ABC):
    """One platform account. Every method may raise the classes under `errors.ChannelError`."""

    channel: ClassVar[str]
    platform: ClassVar[str] = "platform ini"
    limits: Limits

    @abstractmethod
    def whoami(self) -> Account:
        """Ask the platform who these credentials belong to; the connection's Test button calls it."""

    @abstractmethod
    def prepare(self, post: Post, journal: Journal) -> None:
        """Do everything that has no public effect: upload media, make containers, wait for processing.

        Resumes from `journal`. On return only `commit` is missing.
        """

    @abstractmethod
    def commit(self, post: Post, journal: Journal) -> Committed:
        """Make the one call after which the post may be public. Never called again by anybody unless
        the error raised says that nothing became public.

        :raises UnknownOutcome: the call was sent and no usable answer came; `NotYetKnown` when the platform
            asks to be left alone until it can tell.
        """

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """After an unknown outcome, ask the platform for proof.

        :returns: the post when exactly one was found; None on positive proof that nothing is public.
        :raises NotReady: the platform is still processing; ask again later.
        :raises UnknownOutcome: neither can be proved; a person has to look.
        """
        raise UnknownOutcome("Belum dapat dipastikan apakah postingan sudah tayang. Periksa akun kanal ini.")

    @abstractmethod
    def permalink(self, post_id: str) -> str | None:
        """Public address of a post, or None while the platform does not tell it."""

    @abstractmethod
    def read_back(self, post_id: str) -> FoundPost:
        """Read one post of ours as the platform now has it."""

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        """What stands on the account since a moment, newest first; for a person who has to compare.

        :raises NotSupported: the platform shows no list of posts through its API.
        """
        raise NotSupported(f"Daftar postingan lewat API tidak didukung oleh {self.platform}.")

    def metrics(self, post_id: str) -> Numbers:
        """How a post is doing now. Platforms count with delay, Instagram up to two days.

        :raises PostGone: the platform knows no such post.
        """
        return figures()

    def delete(self, post_id: str) -> None:
        """Take a post down; it is gone when this returns.

        :raises PostGone: the platform knows no such post.
        :raises NotSupported: the platform cannot delete through its API.
        """
        raise NotSupported(
            f"Penghapusan lewat API tidak didukung oleh {self.platform}. Hapus postingan di aplikasinya."
        )

    def access(self) -> Access:
        """Ask what these credentials may do, for how long, and how many posts are left."""
        return Access(account=self.whoami())

    @property
    def has_answered(self) -> bool:
        """Whether the platform has given this very client a usable answer."""
        return False

    def knock(self) -> None:
        """Make sure with one read that the platform answers, unless it just did.

        A commit into an outage stays in doubt where absence cannot be proved (contract 1.2); a read does not.
        Other refusals than passing ones are left to the commit, which needs other rights.

        :raises Transient: it does not answer.
        :raises RateLimited: it wants to be left alone.
        """
        if self.has_answered:
            return
        try:
            self.whoami()
        except (Transient, RateLimited):
            raise
        except ChannelError:
            return

    def usage(self) -> Usage:
        """How much of its limits the platform's last answers said is used up; makes no call."""
        return Usage()
