"""What WordPress does to texts: typography, paragraphs, excerpts, filters (platform contract, 2.2)."""

from __future__ import annotations

import re
from html import unescape

_BLOCK = re.compile(
    r"^\s*<(?:p|div|h[1-6]|ul|ol|li|table|figure|blockquote|pre|hr|section|iframe|img|video|!--)", re.I
)
# What stands between these is shown as typed.
_TAG = re.compile(r"(<[a-z/!][^<>]*>)", re.I)
_TYPOGRAPHY: tuple[tuple[str, str], ...] = (
    (r"\.\.\.", "&#8230;"),
    (r"``", "&#8220;"),
    (r"''", "&#8221;"),
    (r"---", "&#8212;"),
    (r"(?<=\s)--(?=\s)|^--(?=\s)", "&#8212;"),
    (r"--", "&#8211;"),
    (r"(?<=\s)-(?=\s)", "&#8211;"),
    (r"(?<=\d)x(?=\d)", "&#215;"),
    (r"'(?=\d\d(?:\W|$))", "&#8217;"),
    (r"(?<![\w.,;:!?)\]}\"'&;])\"(?=\S)|(?<=[\s(\[{])\"|^\"", "&#8220;"),
    (r"\"", "&#8221;"),
    (r"(?<=[\w.,;:!?)\]}])'", "&#8217;"),
    (r"(?<=[\s(\[{\"])'|^'", "&#8216;"),
    (r"'", "&#8217;"),
    (r"&(?!#?\w+;)", "&#038;"),
)
_SHORTCODES = "gallery|caption|wp_caption|embed|audio|video|playlist"
_SHORTCODE = re.compile(rf"\[/?(?:{_SHORTCODES})\b[^\]]*\]")
_SHORTCODE_AND_CONTENT = re.compile(rf"\[({_SHORTCODES})\b[^\]]*\](?:.*?\[/\1\])?", re.S)
_EXCERPT_WORDS = 55
# Core's filter for authors without `unfiltered_html` keeps the text of what it drops.
_FILTERED = re.compile(r"</?(?:script|style|iframe|form|input|object|embed|select|meta|link)\b[^>]*>", re.I)
_HANDLER = re.compile(r"\s+on\w+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)


def texturize(html: str) -> str:
    """Typographic quotes, dashes and ampersands outside of tags, as core in the common cases."""
    parts = _TAG.split(html)
    for index in range(0, len(parts), 2):
        for pattern, sign in _TYPOGRAPHY:
            parts[index] = re.sub(pattern, sign, parts[index])
    return "".join(parts)


def render(raw: str) -> str:
    """As WordPress shows an article: text in paragraphs, markup as it is, core's shortcodes carried out.

    What a shortcode makes (a gallery, a player) is left out here.
    """
    parts = []
    for block in re.split(r"\n\s*\n", raw.strip()):
        if not block.strip() or (block.strip().startswith("<!--") and "\n" not in block.strip()):
            continue
        if _BLOCK.match(block):
            parts.append(re.sub(r"<!--.*?-->\s*", "", block, flags=re.S))
        else:
            parts.append("<p>" + block.strip().replace("\n", "<br />\n") + "</p>")
    return texturize(_SHORTCODE.sub("", "\n".join(parts) + ("\n" if parts else "")))


def excerpt(given: str, content: str) -> str:
    """The excerpt as shown: the given one, otherwise the first 55 words of the article."""
    if given:
        return render(given)
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", _SHORTCODE_AND_CONTENT.sub("", content), flags=re.S)
    words = re.sub(r"<[^>]*>", "", text).split()
    more = " [&hellip;]" if len(words) > _EXCERPT_WORDS else ""
    return render(" ".join(words[:_EXCERPT_WORDS]) + more)


def filtered(html: str) -> str:
    """What is left of an article by somebody who may not use every markup."""
    return _TAG.sub(lambda tag: _HANDLER.sub("", tag.group()), _FILTERED.sub("", html))


def field_text(text: str) -> str:
    """One line without tags and `%41`, as core stores alternative texts; a lone "<" becomes an entity."""
    text = re.sub(r"%[a-f0-9]{2}", "", re.sub(r"<(?![^<>]*>)", "&lt;", text), flags=re.I)
    return " ".join(re.sub(r"<[^>]*>", "", text).split())


def readable(html: str) -> str:
    """What people read of a title or an alternative text."""
    return unescape(re.sub(r"<[^>]*>", "", html))
