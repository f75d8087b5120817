"""Frees typed text of what nobody sees, and cuts it at the ends of sentences and words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence

Fits = Callable[[str], bool]
"""Says whether a text is short enough. If a text fits, its beginnings fit too."""

ELLIPSIS = "…"

# A dot behind these does not end a sentence.
# fmt: off
_ABBREVIATIONS = frozenset({
    "no", "jl", "jln", "kel", "kec", "kab", "prov", "dr", "drs", "dra", "ir", "prof",
    "h", "hj", "s.h", "s.e", "s.ip", "s.sos", "s.pd", "s.kom", "m.h", "m.si", "m.pd", "m.m",
    "m.ap", "a.n", "u.b", "u.p", "tgl", "pkl", "yth", "sdr", "bpk", "rp", "hlm", "plh",
    "plt", "st", "kh",
})
# fmt: on
_SENTENCE_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)")
# "A", "M.Y" or "WR", as in "Jl. WR. Supratman"; not "RI", with which many sentences end.
_INITIALS = re.compile(r"([^\W\d_]\.)*[^\W\d_]|[b-df-hj-np-tv-z]{2}")
_JOINING = {"\u200d", "\ufe0f", "\ufe0e"}


# What a word processor, a spreadsheet or a chat puts in place of a new line.
_NEW_LINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Soft hyphens, signs of width zero, signs that turn the reading direction, marks of byte order (which X
# refuses), places where an object was.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff]"
)
# A joiner makes one picture of two; anywhere else it only hides in a word or a hashtag.
_STRAY_JOINERS = re.compile(r"(?<![^\w\s])\u200d+|\u200d+(?![^\w\s])|(?<=\u200d)\u200d+")


def tidy_text(text: str) -> str:
    """Typed or pasted text as it is stored, approved, sent and looked for again.

    Composed (NFC), lines parted by `\\n` without spaces at their ends, at most one empty line in a row, no
    control characters, nothing invisible. What is seen stays; emoji of several parts stay whole.
    """
    text = _NEW_LINES.sub("\n", text).replace("\t", " ")
    text = _STRAY_JOINERS.sub("", _UNSEEN.sub("", "".join(filter(_is_seen, text))))
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def tidy_line(text: str) -> str:
    """Like `tidy_text`, on one line, words parted by single spaces."""
    return " ".join(tidy_text(text).split())


def _is_seen(character: str) -> bool:
    """Control characters and halves of broken pairs are not."""
    return character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")


def sentence_ends(text: str) -> list[int]:
    """Offsets behind each sentence; ends of paragraphs count, dots of abbreviations and numbering do not."""
    ends = {match.start() for match in re.finditer(r"\n\s*\n", text)} | {len(text)}
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        if not _is_abbreviation(text, match.start(), end):
            ends.add(end)
    return sorted(end for end in ends if text[:end].strip())


def cut_at_sentence(text: str, fits: Fits) -> str:
    """The most whole sentences from the beginning that fit; "" when not even the first does."""
    ends = sentence_ends(text)
    count = bisect_right(range(len(ends)), 0, key=lambda i: 0 if fits(text[: ends[i]].rstrip()) else 1)
    return text[: ends[count - 1]].rstrip() if count else ""


def cut_at_word(text: str, fits: Fits) -> str:
    """`text` itself when it fits, otherwise the most whole words with "…"; "" when no word fits."""
    if fits(text):
        return text
    return _longest(text, [match.start() for match in re.finditer(r"\s+", text)], fits)


def cut_anywhere(text: str, fits: Fits) -> str:
    """Like `cut_at_word`, but cuts a word (never a character and its marks) when there is no other way."""
    if cut := cut_at_word(text, fits):
        return cut
    places = [i for i in range(1, len(text)) if not _joined(text[i - 1], text[i])]
    return _longest(text, places, fits)


def _longest(text: str, places: Sequence[int], fits: Fits) -> str:
    candidates = [text[:place].rstrip(" \n\t,;:.-–—") + ELLIPSIS for place in places]
    count = bisect_right(range(len(candidates)), 0, key=lambda i: 0 if fits(candidates[i]) else 1)
    return candidates[count - 1] if count and candidates[count - 1] != ELLIPSIS else ""


def _is_abbreviation(text: str, dot: int, end: int) -> bool:
    """Is the dot at `dot` part of an abbreviation, an initial or the number of a list?"""
    if text[dot:end] != ".":
        return False
    word = re.search(r"\S*$", text[:dot])
    last = (word.group() if word else "").lstrip("(“\"'").lower()
    if last in _ABBREVIATIONS or _INITIALS.fullmatch(last):
        return True
    line_start = text.rfind("\n", 0, dot) + 1
    return last.isdigit() and not text[line_start : dot - len(last)].strip()


def _joined(before: str, after: str) -> bool:
    """Do two characters make one visible sign?"""
    return (
        bool(unicodedata.combining(after))
        or after in _JOINING
        or before == "\u200d"
        or 0x1F3FB <= ord(after) <= 0x1F3FF
        or (0x1F1E6 <= ord(before) <= 0x1F1FF and 0x1F1E6 <= ord(after) <= 0x1F1FF)
    )
