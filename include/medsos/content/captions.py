"""Drafts the captions and alt texts of a round from the request; a person changes them afterwards."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from medsos.content.plan import WEB_LINK, ChannelText, ContentPlan
from medsos.content.request import CONTENT_TYPES, ContentRequest
from medsos.content.text import (
    cut_anywhere,
    cut_at_sentence,
    cut_at_word,
    sentence_ends,
)
from medsos.indonesian import long_date
from medsos.offices.model import CHANNELS, Office
from medsos.yaml_model import DataModel, load_yaml

Measure = Callable[[str, str], int]
"""(channel, text) → length of the text in the unit in which that channel counts."""

LINK_RESERVE = 120
"""Characters kept free for the address of the website post where a channel counts every character."""
SUMMARY_LENGTH = 220
ALT_TEXT_LENGTH = 420
SHORTEST_STUMP = 80
"""Characters; a body that breaks off earlier than this in mid-sentence is better left out."""

_STAND_IN = "https://contoh.go.id/" + "a" * (LINK_RESERVE - len("https://contoh.go.id/"))
_ADDRESS = re.compile(r"https?://|www\.|\b[\w-]+\.(?:go\.id|or\.id|co\.id|ac\.id|id|com|org|net)\b", re.I)


class _Links(DataModel):
    clickable: str
    typed: str
    none: str


class _ChannelStyle(DataModel):
    layout: Literal["article", "post", "short", "brief"]
    links: Literal["clickable", "typed", "none"]
    hashtags: int = Field(ge=0, le=30)
    longest: int | None = Field(default=None, gt=0)


class _TypeStyle(DataModel):
    posts: dict[Literal["article", "post", "short", "brief"], list[str]]
    alt: str
    solemn: bool = False


class _Styles(DataModel):
    """The file captions.yaml."""

    parts: dict[str, str]
    unless_said: dict[str, list[str]]
    links: dict[str, _Links]
    channels: dict[str, _ChannelStyle]
    types: dict[str, _TypeStyle]
    give_up: list[str]

    @model_validator(mode="after")
    def _complete(self) -> _Styles:
        if set(self.types) != set(CONTENT_TYPES) or set(self.channels) != set(CHANNELS):
            raise ValueError("diharapkan setiap jenis konten dan setiap kanal tepat satu kali")
        used = {part for style in self.types.values() for parts in style.posts.values() for part in parts}
        if unknown := (used | set(self.give_up) | set(self.unless_said)) - set(self.parts):
            raise ValueError(f"bagian {', '.join(sorted(unknown))} tidak ada di parts")
        return self


@cache
def _styles() -> _Styles:
    return load_yaml(Path(__file__).with_name("captions.yaml"), _Styles)


def draft_plan(
    request: ContentRequest, office: Office, *, budgets: Mapping[str, int], measure: Measure
) -> ContentPlan:
    """Draft all words of a round. The same request always gives the same draft.

    :param budgets: longest text per channel, in the unit of `measure`; no entry means no limit.
    :param measure: length of a text as the channel counts it.
    """
    style = _styles().types[request.content_type]
    title, body = request.title, request.body
    if style.solemn:
        title, body = _calm(title), _calm(body)
    texts = {
        channel: ChannelText(
            caption=_caption(request, office, channel, title, body, budgets.get(channel), measure),
            alt_text=_alt_text(request, office, title),
        )
        for channel in request.channels
    }
    return ContentPlan(headline=title, summary=_summary(body), texts=texts)


def fill_links(caption: str, web_link: str | None) -> str:
    """Put the address of the website post where `WEB_LINK` stands; without one the whole line goes."""
    if web_link is not None:
        return caption.replace(WEB_LINK, web_link)
    lines = [line for line in caption.split("\n") if WEB_LINK not in line]
    if len(lines) == len(caption.split("\n")):
        return caption
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def web_address_needed(caption: str) -> bool:
    """Does this caption wait for the address of the website post?"""
    return WEB_LINK in caption


def longest_link() -> str:
    """The longest address that may take the place of the mark."""
    return _STAND_IN


def with_longest_link(caption: str) -> str:
    """The caption as long as it can become; measure this, not the caption, against a limit."""
    return caption.replace(WEB_LINK, _STAND_IN)


def _caption(
    request: ContentRequest,
    office: Office,
    channel: str,
    title: str,
    body: str,
    budget: int | None,
    measure: Measure,
) -> str:
    styles = _styles()
    shape = styles.channels[channel]
    limit = min((n for n in (budget, shape.longest) if n is not None), default=None)
    if not office.channels[channel].link_in_post and channel != "web":  # type: ignore[index]
        body = _without_addresses(body)
    fields = _fields(request, office, channel, title) | {"body": body}
    said = f"{title}\n{body}".lower()
    parts: dict[str, str] = {}
    for name in styles.types[request.content_type].posts[shape.layout]:
        if any(word in said for word in styles.unless_said.get(name, ())):
            continue
        if text := _fill(styles.parts[name], fields):
            parts[name] = text

    def fits(caption: str) -> bool:
        return limit is None or measure(channel, with_longest_link(caption)) <= limit

    return _fit(parts, fits, styles.give_up)


def _fields(request: ContentRequest, office: Office, channel: str, title: str) -> dict[str, str]:
    styles = _styles()
    shape = styles.channels[channel]
    fields = {
        "title": title,
        "date": long_date(request.activity_date),
        "place": request.place,
        "document_number": request.document_number,
        "document_date": long_date(request.document_date, weekday=False),
        "office_name": office.name,
        "office_short": office.short_name,
        "city": office.city,
        "website": _host(office.website),
        "tautan_web": WEB_LINK,
        "hashtags": " ".join(office.hashtags[: shape.hashtags]),
    }
    fields["when_where"] = ", ".join(filter(None, (fields["date"], fields["place"])))
    fields["link"] = ""
    if "web" in request.channels and channel != "web":
        links = styles.links.get(request.content_type, styles.links["default"])
        allowed = office.channels[channel].link_in_post  # type: ignore[index]
        fields["link"] = _fill(getattr(links, shape.links if allowed else "none"), fields)
    return fields


def _fill(template: str, fields: Mapping[str, str]) -> str:
    """Fill a part line by line; a line with an empty field is left out."""
    lines = []
    for line in template.split("\n"):
        names = [name for _, name, _, _ in string.Formatter().parse(line) if name]
        if all(fields[name].strip() for name in names):
            lines.append(line.format_map(fields))
    return "\n".join(lines).strip()


def _fit(parts: dict[str, str], fits: Callable[[str], bool], give_up: list[str]) -> str:
    """Join the parts; where they are too long, shorten the body, then leave parts out, then cut the title."""
    kept = dict(parts)

    def fits_as(name: str) -> Callable[[str], bool]:
        return lambda text: fits(_join(kept | {name: text}))

    for doomed in ("", *give_up):
        if doomed and kept.pop(doomed, None) is None:
            continue
        if fits(_join(kept)):
            return _join(kept)
        for name in ("body", "report"):
            if name in kept and (body := _shorten(kept[name], fits_as(name))):
                return _join(kept | {name: body})
    title = cut_anywhere(kept.get("title", ""), fits_as("title"))
    return _join(kept | {"title": title})


def _shorten(body: str, fits: Callable[[str], bool]) -> str:
    if whole := cut_at_sentence(body, fits):
        return whole
    stump = cut_at_word(body, fits)
    return stump if len(stump) >= SHORTEST_STUMP else ""


def _join(parts: Mapping[str, str]) -> str:
    return "\n\n".join(text for text in parts.values() if text)


def _summary(body: str) -> str:
    """One to three sentences for the design."""
    first = re.split(r"\n\s*\n", body)[0]
    first = " ".join(first.split())
    ends = sentence_ends(first)
    first = first[: ends[min(2, len(ends) - 1)]] if ends else first

    def fits(text: str) -> bool:
        return len(text) <= SUMMARY_LENGTH

    return cut_at_sentence(first, fits) or cut_anywhere(first, fits)


def _alt_text(request: ContentRequest, office: Office, title: str) -> str:
    """What stands on the design, for those who cannot see it; nothing is said about the photo itself."""
    details = [
        f"nomor {request.document_number}" if request.document_number else "",
        f"tanggal {long_date(request.document_date, weekday=False)}" if request.document_date else "",
        long_date(request.activity_date),
        request.place,
    ]
    fields = {
        "title": title.rstrip("."),
        "office_short": office.short_name,
        "alt_details": "".join(f", {detail}" for detail in details if detail),
    }
    text = _styles().types[request.content_type].alt.format_map(fields)
    return cut_at_word(text, lambda t: len(t) <= ALT_TEXT_LENGTH)


def _calm(text: str) -> str:
    """A condolence raises no voice."""
    return re.sub(r"([.?])?!+", lambda match: match.group(1) or ".", text)


def _without_addresses(body: str) -> str:
    """Without the sentences that name a web address, for channels on which an address costs extra."""
    ends = sentence_ends(body)
    sentences = [body[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return "".join(s for s in sentences if not _ADDRESS.search(s)).strip()


def _host(website: str) -> str:
    return urlsplit(website).netloc or website
