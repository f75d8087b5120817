"""What is published in the matrix: every way that an office uses, on every platform."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

from medsos.channels.base import Media, Post
from medsos.devtools.crash import clients
from medsos.devtools.crash.clients import ClientBuilder
from medsos.stack.demo_files import write_document, write_video

PICTURE_SIZE = (600, 600)
TEXT = "Rapat pleno terbuka KPU Kota Bengkulu."


@dataclass(frozen=True)
class Aim:
    """Requests that a fault hits: method, regular expressions for path and content, how many pass before."""

    method: str
    path: str
    match: str = ""
    skip: int = 0


@dataclass(frozen=True)
class Files:
    """Small real files of every kind."""

    pictures: tuple[Media, Media]
    video: Media
    document: Media


@dataclass(frozen=True)
class Flow:
    """One way of publishing.

    :param channel: as in the ledger; also the sandbox's name of the platform.
    :param paths: regular expression of the platform's own addresses.
    :param commit: the call after which the post may be public (contract, section 0.3).
    """

    name: str
    channel: str
    paths: str
    commit: Aim
    client: ClientBuilder
    post: Callable[[Files], Post]


def _post(files: Files, *media: Media, documents: tuple[Media, ...] = ()) -> Post:
    return Post(key="rapat-pleno-k1", text=TEXT, title="Rapat pleno", media=media, documents=documents)


def _text(files: Files) -> Post:
    return _post(files)


def _picture(files: Files) -> Post:
    return _post(files, files.pictures[0])


def _pictures(files: Files) -> Post:
    return _post(files, *files.pictures)


def _video(files: Files) -> Post:
    return _post(files, files.video)


def _documents(files: Files) -> Post:
    return _post(files, files.pictures[0], documents=(files.document,))


_WEB = r"^/web/"
_GRAPH = r"^/(graph|graph-video|rupload)/"
_X = r"^/x/"
_TIKTOK = r"^/tiktok"
_WEB_COMMIT = Aim("POST", r"/wp/v2/posts/\d+$")
_FEED = Aim("POST", r"/feed$")
_FINISH = Aim("POST", r"/videos$", match="finish")
_MEDIA_PUBLISH = Aim("POST", r"/media_publish$")
_TWEET = Aim("POST", r"/2/tweets$")

FLOWS: tuple[Flow, ...] = (
    Flow("situs, artikel dan gambar", "web", _WEB, _WEB_COMMIT, clients.web, _picture),
    Flow("situs, dokumen", "web", _WEB, _WEB_COMMIT, clients.web, _documents),
    Flow("Facebook, teks", "facebook", _GRAPH, _FEED, clients.facebook, _text),
    Flow("Facebook, gambar", "facebook", _GRAPH, _FEED, clients.facebook, _picture),
    Flow("Facebook, beberapa gambar", "facebook", _GRAPH, _FEED, clients.facebook, _pictures),
    # Start, transfer and finish go to one address; the finish is the commit.
    Flow("Facebook, video", "facebook", _GRAPH, _FINISH, clients.facebook, _video),
    Flow("Instagram, gambar", "instagram", _GRAPH, _MEDIA_PUBLISH, clients.instagram, _picture),
    Flow("Instagram, carousel", "instagram", _GRAPH, _MEDIA_PUBLISH, clients.instagram, _pictures),
    Flow("Instagram, reel", "instagram", _GRAPH, _MEDIA_PUBLISH, clients.instagram, _video),
    Flow("X, teks (OAuth 2)", "x", _X, _TWEET, clients.x_rotating, _text),
    Flow("X, gambar", "x", _X, _TWEET, clients.x, _picture),
    Flow("X, beberapa gambar", "x", _X, _TWEET, clients.x, _pictures),
    Flow("X, video", "x", _X, _TWEET, clients.x, _video),
    Flow("TikTok, foto", "tiktok", _TIKTOK, Aim("POST", r"/content/init/$"), clients.tiktok, _pictures),
    # The last byte is the commit; a small video is one chunk.
    Flow("TikTok, video", "tiktok", _TIKTOK, Aim("PUT", r"^/tiktok-upload/"), clients.tiktok, _video),
)


def make_files(folder: Path) -> Files:
    """Write the files into `folder`, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for number, colour in enumerate(("firebrick", "darkorange")):
        path = folder / f"foto-{number}.jpg"
        Image.new("RGB", PICTURE_SIZE, colour).save(path, quality=80)
        pictures.append(_media(path, "image/jpeg", PICTURE_SIZE, alt_text=f"Foto {number + 1}"))
    video = folder / "video.mp4"
    write_video(video)
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        size = (stream.width, stream.height)
        seconds = float((container.duration or 0) / av.time_base)
    document = folder / "keputusan.pdf"
    write_document(document, "Keputusan contoh")
    return Files(
        pictures=(pictures[0], pictures[1]),
        video=_media(video, "video/mp4", size, seconds=seconds),
        document=_media(document, "application/pdf", None, alt_text="Keputusan contoh"),
    )


def _media(
    path: Path,
    media_type: str,
    size: tuple[int, int] | None,
    *,
    seconds: float | None = None,
    alt_text: str = "",
) -> Media:
    data = path.read_bytes()
    width, height = size or (None, None)
    return Media(
        path=path,
        media_type=media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        width=width,
        height=height,
        duration_seconds=seconds,
        alt_text=alt_text,
    )
