"""Turns an article's plain text into HTML that WordPress shows as it was written, and back."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from medsos.channels.addresses import ADDRESS

_BLOCKS = {"p", "figure", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "div"}
_SILENT = {"script", "style", "figcaption"}


def article_html(text: str) -> str:
    """Paragraphs parted by empty lines become `<p>`, single line breaks `<br />`, addresses become links."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "\n".join(f"<p>{_inline(paragraph)}</p>" for paragraph in paragraphs)


def title_html(title: str) -> str:
    """WordPress takes a title for markup; quotation marks are left to its typography."""
    return escape(title, quote=False)


def image_html(url: str, alt_text: str) -> str:
    return f'<figure class="wp-block-image"><img src="{_safe(url)}" alt="{_safe(alt_text)}" /></figure>'


def video_html(url: str, poster: str | None) -> str:
    shown = f' poster="{_safe(poster)}"' if poster else ""
    return f'<figure class="wp-block-video"><video controls src="{_safe(url)}"{shown}></video></figure>'


def documents_html(documents: list[tuple[str, str]]) -> str:
    """A list of downloads: name and address of each."""
    items = "".join(f'<li><a href="{_safe(url)}">{_safe(name)}</a></li>' for name, url in documents)
    return f"<p><strong>Dokumen:</strong></p>\n<ul>{items}</ul>"


def plain_text(html: str) -> str:
    """The readable text of an article, paragraphs parted by an empty line."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    blocks = ["\n".join(line.strip() for line in block.split("\n")).strip() for block in reader.blocks]
    return "\n\n".join(block for block in blocks if block)


def _safe(text: str) -> str:
    """No markup, and no shortcode: WordPress would act on words in brackets such as `[gallery]`."""
    return escape(text).replace("[", "&#91;")


def _inline(paragraph: str) -> str:
    parts, end = [], 0
    for match in ADDRESS.finditer(paragraph):
        url = _safe(match.group())
        parts += [_safe(paragraph[end : match.start()]), f'<a href="{url}">{url}</a>']
        end = match.end()
    parts.append(_safe(paragraph[end:]))
    return "".join(parts).replace("\n", "<br />\n")


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = [""]
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.blocks.append("")
        elif tag == "br":
            self.blocks[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Line ends of the markup itself are no text; those of the article are `<br />`.
            self.blocks[-1] += re.sub(r"\s*\n\s*", " " if data.strip() else "", data)
