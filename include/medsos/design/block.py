"""Fits a block of texts into its box: finds sizes, lines and positions, before anything is painted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medsos.design.layout import Block, Rule, Text
from medsos.design.placed import Area, Line, SetBlock, SetRule, SetText
from medsos.design.typography import SEPARATOR, Typeface, balanced, printable, shortened, wrap
from medsos.errors import DesignError
from medsos.offices.model import Brand

_STEPS = 20
_GIVING_WAY = 0.5
"""How far sizes shrink (0: largest, 1: smallest) before a text that gives way loses lines."""

_HYPHENATED_FROM = 0.5
"""Long words are shrunk down to here before they are parted."""

_BADGE_PADDING = (0.75, 0.48)
_ICON_SPACE = 1.75
_DISC_SPACE = 2.3


@dataclass(frozen=True)
class _Measured:
    style: Text | Rule
    width: float
    height: float
    gap: float
    face: Typeface | None = None
    lines: tuple[str, ...] = ()
    inset: tuple[float, float] = (0, 0)
    note: str = ""


class _TooLargeError(Exception):
    """This text does not fit at this size."""

    def __init__(self, style: Text) -> None:
        self.style = style
        super().__init__(style.text)


def set_block(
    block: Block, words: dict[str, str], brand: Brand, box: Area, scale: float, where: str
) -> SetBlock:
    """Choose the largest sizes at which the block fits `box`.

    :param words: what the placeholders stand for. :param scale: finished pixels per design pixel.
    :param where: the design in words, for messages.
    :raises DesignError: when a text that must not be shortened does not fit at its smallest size.
    """
    fitter = _Fitter(block, brand, box, scale)
    filled: list[tuple[Text | Rule, str]] = []
    lost = ""
    for style in block.texts:
        text = ""
        if isinstance(style, Text):
            text, dropped = printable(_fill(style, words), brand.file(getattr(brand.fonts, style.font)))
            lost += dropped
            if not text:
                continue
        filled.append((style, text))
    notes = [f"Karakter {' '.join(lost)} tidak ada pada huruf resmi, jadi tidak ditampilkan."] if lost else []
    culprit: Text | None = None
    for shrink, allowed in fitter.tries():
        try:
            measured = fitter.measure(filled, shrink, allowed)
        except _TooLargeError as problem:
            culprit = problem.style
            continue
        if fitter.height(measured) <= box.height + 0.5:
            notes += [m.note for m in measured if m.note]
            even = [fitter.balance(m) for m in measured]
            chosen = even if fitter.height(even) <= box.height + 0.5 else measured
            return SetBlock(block, box, fitter.place(chosen), tuple(dict.fromkeys(notes)))
    raise _refusal(fitter, filled, culprit, where)


def _fill(style: Text, words: dict[str, str]) -> str:
    """The text with its placeholders filled; empty when all that it would say is empty."""
    used = [name for name in words if f"{{{name}}}" in style.text]
    if used and not any(words[name].strip() for name in used):
        return ""
    parts = [part.format(**words).strip() for part in style.text.split(" · ")]
    text = SEPARATOR.join(part for part in parts if part)
    return text.upper() if style.upper else text


def _name(style: Text) -> str:
    names = {
        "{headline}": "Judul",
        "{document_number}": "Nomor dokumen",
        "{office_name}": "Nama kantor",
        "{place}": "Tempat",
        "{summary}": "Ringkasan",
        "{date_text}": "Tanggal",
    }
    return next((name for key, name in names.items() if key in style.text), f"Teks “{style.text}”")


def _refusal(
    fitter: _Fitter, filled: list[tuple[Text | Rule, str]], culprit: Text | None, where: str
) -> DesignError:
    """A sentence that says which text is too long, and by how many characters."""
    refusing = [(s, t) for s, t in filled if isinstance(s, Text) and s.overflow == "refuse"]
    style, text = next(
        ((s, t) for s, t in refusing if s is culprit),
        max(refusing, key=lambda pair: len(pair[1]), default=(None, "")),
    )
    if style is None:
        return DesignError(f"Teks pada {where} tidak muat dalam tata letaknya. Ringkas teksnya.")
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        trial = [(s, t[:middle] if s is style else t) for s, t in filled]
        if fitter.fits_at_smallest(trial):
            low = middle
        else:
            high = middle - 1
    return DesignError(
        f"{_name(style)} pada {where} terlalu panjang {len(text) - low} karakter "
        f"(paling banyak {low}). Ringkas, lalu pindahkan rinciannya ke isi konten."
    )


def _ink_height(style: Text, face: Typeface, lines: Sequence[str]) -> float:
    """From the top of the first line's capitals to the bottom of the last line's tails."""
    above, below = face.extent(lines[0])[0], face.extent(lines[-1])[1]
    return above + below + (len(lines) - 1) * face.size * style.leading


class _Fitter:
    """Measures and places the texts of one block."""

    def __init__(self, block: Block, brand: Brand, box: Area, scale: float) -> None:
        self.block, self.brand, self.box, self.scale = block, brand, box, scale

    def tries(self) -> Iterator[tuple[float, int]]:
        """Shrinkage and lines allowed to texts that give way, best first."""
        giving = [
            t.max_lines or 6 for t in self.block.texts if isinstance(t, Text) and t.overflow == "give_way"
        ]
        most = max(giving, default=0)
        for allowed in range(most, 1, -1):
            for step in range(int(_STEPS * _GIVING_WAY) + 1):
                yield step / _STEPS, allowed
        for allowed in (2, 1, 0) if most else (0,):
            for step in range(_STEPS + 1):
                yield step / _STEPS, min(allowed, most)

    def measure(self, filled: list[tuple[Text | Rule, str]], shrink: float, allowed: int) -> list[_Measured]:
        found: list[_Measured] = []
        for style, text in filled:
            if isinstance(style, Rule):
                gap = style.gap * self.scale
                found.append(_Measured(style, style.rule * self.scale, style.thickness * self.scale, gap))
            elif style.overflow == "give_way" and not allowed:
                found.append(
                    _Measured(style, 0, 0, 0, note=f"{_name(style)} tidak ditampilkan karena tidak muat.")
                )
            else:
                found.append(self._measure_text(style, text, shrink, allowed))
        return found

    def _measure_text(self, style: Text, text: str, shrink: float, allowed: int) -> _Measured:
        smallest, largest = style.size
        size = round((largest + (smallest - largest) * shrink) * self.scale, 1)
        path = self.brand.file(getattr(self.brand.fonts, style.font))
        face = Typeface(path, size, round(style.tracking * size / 1000, 2))
        inset = (0.0, 0.0)
        if style.badge:
            inset = (_BADGE_PADDING[0] * size, _BADGE_PADDING[1] * size)
        elif style.icon:
            inset = ((_DISC_SPACE + 0.5 if style.icon_disc else _ICON_SPACE) * size, 0)
        room = self.box.width - inset[0] * (2 if style.badge else 1)
        most = style.max_lines or 99
        if style.overflow == "give_way":
            most = min(most, allowed)
        lines = wrap(text, face, room, hyphenate=shrink >= _HYPHENATED_FROM)
        note = ""
        if (
            lines is not None
            and len(lines) > most
            and style.overflow != "refuse"
            and (style.overflow == "give_way" or shrink >= 1)
        ):
            cut = shortened(text, face, room, most)
            lines = wrap(cut, face, room, hyphenate=True) if cut else None
            note = f"{_name(style)} dipendekkan agar muat."
        if lines is None or len(lines) > most:
            raise _TooLargeError(style)
        return self._measured(style, face, lines, inset, note)

    def _measured(
        self, style: Text, face: Typeface, lines: list[str], inset: tuple[float, float], note: str
    ) -> _Measured:
        height = _ink_height(style, face, lines) + 2 * inset[1]
        if style.icon and style.icon_disc:
            height = max(height, _DISC_SPACE * face.size)
        width = max(face.width(line) for line in lines) + inset[0] * (2 if style.badge else 1)
        return _Measured(style, width, height, style.gap * self.scale, face, tuple(lines), inset, note)

    def balance(self, m: _Measured) -> _Measured:
        """The same text with lines of about the same length."""
        # A separator that vanished at a line's end would be missing in its middle.
        if m.face is None or isinstance(m.style, Rule) or not m.style.balance or " · " in m.style.text:
            return m
        room = self.box.width - m.inset[0] * (2 if m.style.badge else 1)
        return self._measured(m.style, m.face, balanced(list(m.lines), m.face, room), m.inset, m.note)

    @staticmethod
    def height(measured: list[_Measured]) -> float:
        shown = [m for m in measured if m.height]
        return sum(m.height for m in shown) + sum(m.gap for m in shown[1:])

    def fits_at_smallest(self, filled: list[tuple[Text | Rule, str]]) -> bool:
        try:
            return self.height(self.measure(filled, 1, 0)) <= self.box.height + 0.5
        except _TooLargeError:
            return False

    def place(self, measured: list[_Measured]) -> tuple[SetText | SetRule, ...]:
        """Positions, top down, as the block stands in its box."""
        spare = max(0.0, self.box.height - self.height(measured))
        y = self.box.top + {"top": 0.0, "middle": spare / 2, "bottom": spare}[self.block.stand]
        items: list[SetText | SetRule] = []
        for m in measured:
            if not m.height:
                continue
            y += m.gap if items else 0
            left = self.box.left + self._share() * (self.box.width - m.width)
            area = Area(left, y, m.width, m.height)
            items.append(
                SetRule(m.style, area) if isinstance(m.style, Rule) else self._lines(m, m.style, area)
            )
            y += m.height
        return tuple(items)

    def _share(self) -> float:
        return {"left": 0.0, "centre": 0.5, "right": 1.0}[self.block.align]

    def _lines(self, m: _Measured, style: Text, area: Area) -> SetText:
        face = m.face
        assert face is not None  # noqa: S101 - only rules are measured without a typeface
        start = area.left + m.inset[0]
        room = area.width - m.inset[0] * (2 if style.badge else 1)
        ink = _ink_height(style, face, m.lines)
        baseline = area.top + (area.height - ink) / 2 + face.extent(m.lines[0])[0]
        lines = []
        for text in m.lines:
            above, below = face.extent(text)
            width = face.width(text)
            x = start + (0 if style.icon else self._share()) * (room - width)
            lines.append(Line(text, x, baseline, Area(x, baseline - above, width, above + below)))
            baseline += face.size * style.leading
        return SetText(style, face, tuple(lines), area)
