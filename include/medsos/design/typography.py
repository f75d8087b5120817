"""Measures and breaks text: fonts, lines, hyphens, shortening."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

_MIN_PIECE = 2
_SMOOTH = 4
"""Text is measured and drawn this many times larger: at its own size, hinting moves letters to whole
pixels and leaves their distances uneven."""

_NO_BREAK = "\u00a0"
SEPARATOR = f" {_NO_BREAK}·{_NO_BREAK} "
"""Stands between two facts on one line; vanishes where the line breaks."""

_BOUND = re.compile(
    r"\b\d{1,2} (Januari|Februari|Maret|April|Mei|Juni|Juli|Agustus|September|Oktober|November|Desember)"
    r"( \d{4})?\b"
    r"|\b(Nomor|No\.|Pasal|Ayat|Tahun|Triwulan|Rp|H\.|Hj\.|Dr\.|Ir\.|Drs\.|Prof\.|Bapak|Ibu) (?=\S)"
)
"""Words that belong together: a line is not broken between them unless there is no other way."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Typeface:
    """A font file at a size in pixels, with extra space between letters (`tracking`, pixels)."""

    path: Path
    size: float
    tracking: float = 0

    def width(self, text: str) -> float:
        """Advance width of one line."""
        if not self.tracking:
            return _advance(self.path, self.size, text)
        # Letters set apart are drawn one by one, so they are not kerned.
        letters = sum(_advance(self.path, self.size, letter) for letter in text)
        return letters + self.tracking * max(0, len(text) - 1)

    def extent(self, text: str) -> tuple[float, float]:
        """How far the line reaches above and below its baseline, capitals and (unless all capitals) tails."""
        _, cap, _, low = _ink(self.path, self.size, "H" if text.isupper() else "Hp")
        _, top, _, bottom = _ink(self.path, self.size, text)
        return -min(cap, top), max(low, bottom, 0.0)

    @property
    def cap_height(self) -> float:
        """Height of a capital letter."""
        return -_ink(self.path, self.size, "H")[1]

    def mask(self, text: str, x: float, baseline: float) -> tuple[Image.Image, tuple[int, int]]:
        """Mask (L) of one line whose baseline starts at (`x`, `baseline`), and where its left top belongs."""
        above, below = (math.ceil(reach) + 3 for reach in self.extent(text))
        left, top = math.floor(x) - 3, math.floor(baseline) - above
        size = (math.ceil(self.width(text)) + 9, above + below + 2)
        mask = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH), 0)
        draw = ImageDraw.Draw(mask)
        font = _font(self.path, self.size)
        at, y = (x - left) * _SMOOTH, (baseline - top) * _SMOOTH
        for piece in text if self.tracking else (text,):
            draw.text((at, y), piece, font=font, fill=255, anchor="ls")
            at += (_advance(self.path, self.size, piece) + self.tracking) * _SMOOTH
        return mask.reduce(_SMOOTH), (left, top)


@lru_cache(maxsize=512)
def _font(path: Path, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size * _SMOOTH, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=50_000)
def _advance(path: Path, size: float, text: str) -> float:
    return _font(path, size).getlength(text) / _SMOOTH


@lru_cache(maxsize=5_000)
def _ink(path: Path, size: float, text: str) -> tuple[float, float, float, float]:
    left, top, right, bottom = _font(path, size).getbbox(text, anchor="ls")
    return left / _SMOOTH, top / _SMOOTH, right / _SMOOTH, bottom / _SMOOTH


@lru_cache(maxsize=16)
def _glyphs(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def tidy(text: str) -> str:
    """`text` without needless white space; words that belong together are bound."""
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    whole = "\n".join(line for line in lines if line)
    return _BOUND.sub(lambda found: found.group(0).replace(" ", _NO_BREAK), whole)


def printable(text: str, path: Path) -> tuple[str, str]:
    """`text` without the characters that the font cannot draw, and those characters."""
    glyphs = _glyphs(path) | {ord("\n"), ord(_NO_BREAK)}
    lost = "".join(dict.fromkeys(c for c in text if ord(c) not in glyphs))
    if not lost:
        return text, ""
    kept = "".join(c for c in text if c not in lost)
    return "\n".join(re.sub(" +", " ", line).strip(" ") for line in kept.splitlines()), lost


def wrap(text: str, face: Typeface, width: float, *, hyphenate: bool) -> list[str] | None:
    """Lines of `text` no wider than `width`, or None when a word does not fit.

    :param hyphenate: may bound words be separated and long words be parted where there is no other way.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        broken = _wrap_paragraph(paragraph.split(" "), face, width, hyphenate)
        if broken is None:
            return None
        lines += [line.strip(f" ·{_NO_BREAK}") for line in broken]
    return [line for line in lines if line]


def _wrap_paragraph(words: list[str], face: Typeface, width: float, hyphenate: bool) -> list[str] | None:
    lines: list[str] = []
    line = ""
    waiting = words[::-1]
    while waiting:
        word = waiting.pop()
        candidate = f"{line} {word}" if line else word
        if face.width(candidate) <= width:
            line = candidate
            continue
        if face.width(word) <= width:
            lines += [line] if line else []
            line = word
            continue
        if not hyphenate:
            return None
        if _NO_BREAK in word.strip(_NO_BREAK):
            waiting += word.split(_NO_BREAK)[::-1]
            continue
        pieces = _part(word, face, width, f"{line} " if line else "")
        if pieces is None:
            return None
        lines += pieces[:-1]
        line = pieces[-1]
    return [*lines, line] if line else lines


def _part(word: str, face: Typeface, width: float, lead: str) -> list[str] | None:
    """Lines that a too wide word takes, the first one behind `lead`."""
    pieces: list[str] = []
    rest = word
    while face.width(lead + rest) > width:
        fitting = [p for p in _hyphen_positions(rest) if face.width(lead + _with_hyphen(rest[:p])) <= width]
        if not fitting and lead:
            pieces.append(lead.rstrip())
            lead = ""
            continue
        if not fitting:
            fitting = [
                p for p in range(_MIN_PIECE, len(rest) - 1) if face.width(_with_hyphen(rest[:p])) <= width
            ]
        if not fitting:
            return None
        cut = fitting[-1]
        pieces.append(lead + _with_hyphen(rest[:cut]))
        rest, lead = rest[cut:], ""
    return [*pieces, lead + rest]


def _with_hyphen(piece: str) -> str:
    return piece if piece[-1] in "-/.–" else piece + "-"


@lru_cache(maxsize=2_000)
def _hyphen_positions(word: str) -> tuple[int, ...]:
    """Where Indonesian allows a break; beside it hyphens, slashes and dots that the word already has.

    The dictionary sometimes leaves a single letter alone ("pe-mu-t-a-khir-an"); such breaks are not taken.
    """
    natural = {
        i + 1 for i, c in enumerate(word) if c in "-/." and _MIN_PIECE <= i + 1 <= len(word) - _MIN_PIECE
    }
    cuts = sorted(set(_dictionary().positions(word)))
    edges = [0, *cuts, len(word)]
    sound = {
        cut
        for before, cut, after in zip(edges, cuts, edges[2:], strict=False)
        if cut - before >= _MIN_PIECE and after - cut >= _MIN_PIECE
    }
    return tuple(sorted(natural | sound))


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    import pyphen

    return pyphen.Pyphen(lang="id_ID", left=_MIN_PIECE, right=_MIN_PIECE)


def balanced(lines: list[str], face: Typeface, width: float) -> list[str]:
    """The same words on the same number of lines, as even as `width` allows."""
    words = " ".join(lines).split(" ")
    if len(lines) < 2 or any(line.endswith("-") for line in lines):
        return lines
    # tables[n][i]: least unevenness of the words from i on over n lines, and where the first of them ends.
    tables: list[list[tuple[float, int]]] = [[(math.inf, 0)] * len(words) + [(0.0, 0)]]
    slacks = _slacks(words, face, width)
    for _ in lines:
        rest = tables[-1]
        table = [min(((rest[j][0] + s, j) for j, s in row), default=(math.inf, 0)) for row in slacks]
        tables.append([*table, (math.inf, 0)])
    if tables[-1][0][0] == math.inf:
        return lines
    even, start = [], 0
    for table in reversed(tables[1:]):
        end = table[start][1]
        even.append(" ".join(words[start:end]))
        start = end
    return even


def _slacks(words: list[str], face: Typeface, width: float) -> list[list[tuple[int, float]]]:
    """For every first word: the ends of lines that fit, and the square of the space that they leave."""
    rows = []
    for i in range(len(words)):
        row = []
        for j in range(i + 1, len(words) + 1):
            left_over = width - face.width(" ".join(words[i:j]))
            if left_over < 0:
                break
            row.append((j, left_over * left_over))
        rows.append(row)
    return rows


def shortened(text: str, face: Typeface, width: float, max_lines: int) -> str | None:
    """The longest beginning of `text` with “…” that takes at most `max_lines`; None when no word does.

    Ends at a sentence where that keeps at least half of what would fit.
    """

    def fits(candidate: str) -> bool:
        lines = wrap(candidate, face, width, hyphenate=True)
        return lines is not None and len(lines) <= max_lines

    words = text.split(" ")
    count = next(
        (n for n in range(len(words) - 1, 0, -1) if fits(" ".join(words[:n]).rstrip(",;:–-. ") + "…")), 0
    )
    if not count:
        return None
    by_word = " ".join(words[:count]).rstrip(",;:–-. ") + "…"
    by_sentence = ""
    for sentence in _SENTENCE_END.split(text)[:-1]:
        longer = f"{by_sentence} {sentence}".strip()
        if not fits(f"{longer} …"):
            break
        by_sentence = longer
    return f"{by_sentence} …" if len(by_sentence) >= len(by_word) / 2 else by_word
