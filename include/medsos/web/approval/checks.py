"""The automatic checks of a round, channel by channel: what the platform would say, before the approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medsos.channels.base import Media, Post
from medsos.channels.limits import LIMITS, UNIT_NAMES, channel_text_length, check_limits, hashtags
from medsos.content.captions import with_longest_link
from medsos.content.plan import WEB_LINK
from medsos.design.contrast import REQUIRED
from medsos.indonesian import number_text, size_text
from medsos.publishing.assemble import build_post
from medsos.store.models import Design

SHORTEST_ALT = 15
"""Characters. A shorter alternative text describes nothing."""


@dataclass(frozen=True)
class Check:
    """One line. `verdict`: ok, look (a person should look), bad (the platform would refuse it)."""

    verdict: Literal["ok", "look", "bad"]
    text: str


def checks_of_channel(
    channel: str, designs: Sequence[Design], *, caption: str, title: str, has_website: bool
) -> tuple[Check, ...]:
    """Everything that is checked about one channel of a round.

    :param designs: of the channel, in order. :param caption: as it goes out, perhaps with the mark.
    :param has_website: whether the website is among the channels of the round.
    """
    post = build_post(
        designs, key="", title=title, text=with_longest_link(caption), fetch=lambda d: Path(d.path)
    )
    broken = [_sentence(problem) for problem in check_limits(channel, LIMITS[channel], post)]
    found = [Check("bad", sentence) for sentence in broken]
    if not any(sentence.startswith("Teks ") for sentence in broken):
        found.append(_length(channel, post))
    found += [_file(media, broken) for media in post.media if not _named(media, broken)]
    found.append(_alt_text(designs[0]))
    if WEB_LINK in caption and not has_website:
        found.append(Check("look", "Ada tempat untuk tautan website, tetapi Website tidak dipilih."))
    found.append(_drawing(designs[0]))
    return tuple(found)


def _sentence(problem: str) -> str:
    """Without the channel's name, under which it stands."""
    text = problem.split(": ", 1)[-1]
    return text[:1].upper() + text[1:]


def _length(channel: str, post: Post) -> Check:
    limits = LIMITS[channel]
    length = number_text(channel_text_length(channel, post.text))
    most = f" dari {number_text(limits.text_length)}" if limits.text_length else ""
    tags = len(hashtags(post.text))
    tagged = f"; {tags} tagar" + (f" dari {limits.hashtags}" if limits.hashtags else "") if tags else ""
    return Check("ok", f"Teks {length}{most} {UNIT_NAMES[limits.text_unit]}{tagged}.")


def _named(media: Media, broken: Sequence[str]) -> bool:
    what = "video" if media.is_video else "gambar"
    return any(what in sentence.lower() for sentence in broken)


def _file(media: Media, broken: Sequence[str]) -> Check:
    facts = [size_text(media.size_bytes)]
    if media.width and media.height:
        facts.insert(0, f"{media.width} × {media.height} piksel")
    if media.duration_seconds is not None:
        facts.append(f"{number_text(media.duration_seconds)} detik")
    return Check("ok", f"{'Video' if media.is_video else 'Gambar'} sesuai batas kanal: {', '.join(facts)}.")


def _alt_text(design: Design) -> Check:
    length = len(design.alt_text.strip())
    if length == 0:
        return Check("bad", "Teks alternatif masih kosong.")
    if length < SHORTEST_ALT:
        return Check(
            "look", f"Teks alternatif hanya {length} karakter; apakah sudah menggambarkan desainnya?"
        )
    return Check("ok", f"Teks alternatif terisi, {number_text(length)} karakter.")


def _drawing(design: Design) -> Check:
    if design.notes:
        return Check("look", "Ada catatan desain: " + " ".join(design.notes))
    ratio = number_text(REQUIRED)
    return Check(
        "ok", f"Desain dari kit merek kantor, tanpa catatan; kontras teks dijaga paling sedikit {ratio} : 1."
    )
