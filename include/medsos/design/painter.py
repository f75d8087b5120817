"""Paints the layers of a layout, in order, on one canvas."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatchmethod

from PIL import Image, ImageDraw, ImageFilter

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.design import layout as parts
from medsos.design.block import set_block
from medsos.design.contrast import REQUIRED, RGB, holds, worst_contrast
from medsos.design.crop import cells, cropped
from medsos.design.layout import Canvas
from medsos.design.model import DesignRequest
from medsos.design.paint import (
    fade_mask,
    form_mask,
    gradient,
    icon_mask,
    motif_mask,
    scaled_mask,
    shadow,
    veil_mask,
)
from medsos.design.placed import Area, SetBlock, SetRule, SetText
from medsos.errors import DesignError
from medsos.offices.model import CHANNEL_NAMES, Brand

_VEIL_STEP = 0.05
_VEIL_MOST = 0.94


@dataclass(frozen=True)
class PaintedText:
    """A text as it stands on the picture, with the contrast measured behind it."""

    text: SetText
    box: Area
    colour: RGB
    contrast: float


@dataclass
class Composition:
    """A picture before it is encoded, and what was measured while painting."""

    image: Image.Image
    texts: list[PaintedText] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def rgb(colour: str, brand: Brand) -> RGB:
    """The pixel value of a colour as layouts name it."""
    base, _, mixture = colour.partition("~")
    value = _hex(getattr(brand.colours, base))
    if not mixture:
        return value
    other, _, percent = mixture.partition("@")
    share = int(percent) / 100
    pairs = zip(value, _hex(getattr(brand.colours, other)), strict=True)
    red, green, blue = (round(a + (b - a) * share) for a, b in pairs)
    return red, green, blue


def _hex(value: str) -> RGB:
    return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)


class Painter:
    """Paints the layers of one request on one canvas."""

    def __init__(self, request: DesignRequest, canvas: Canvas, scale: float) -> None:
        self.request, self.brand, self.scale = request, request.brand, scale
        size = (round(canvas.width * scale), round(canvas.height * scale))
        self.done = Composition(Image.new("RGB", size, rgb("paper", self.brand)))
        self.page = Area(0, 0, *size)
        margin = self.brand.margin_percent / 100 * min(size)
        sides = {
            side: max(margin, canvas.covered.get(side, 0) * scale)
            for side in ("top", "right", "bottom", "left")
        }
        self.safe = Area(
            sides["left"],
            sides["top"],
            size[0] - sides["left"] - sides["right"],
            size[1] - sides["top"] - sides["bottom"],
        )
        self.blocks: dict[str, SetBlock] = {}

    def paint(self, layers: list[parts.AnyLayer], words: dict[str, str]) -> Composition:
        """Set all blocks, then paint. `words`: what the placeholders stand for."""
        if not self.request.fields.headline.strip():
            raise DesignError("Judul desain masih kosong. Isi judul singkat yang akan tampil pada desain.")
        case = "photo" if self.request.fields.photos else "no_photo"
        shown = [layer for layer in layers if layer.when in ("always", case)]
        for layer in shown:
            if isinstance(layer, parts.Block):
                box = self._area(layer.box)
                self.blocks[layer.name] = set_block(layer, words, self.brand, box, self.scale, self._where())
        for layer in shown:
            self._paint(layer)
        for block in self.blocks.values():
            self.done.notes += block.notes
        return self.done

    def _where(self) -> str:
        kind = CONTENT_TYPE_NAMES.get(self.request.content_type, self.request.content_type)
        return f"desain {kind} untuk {CHANNEL_NAMES.get(self.request.channel, self.request.channel)}"

    def _area(self, box: parts.Box) -> Area:
        whole = self.page if box.inside == "page" else self.safe
        width, height = self._length(box.width, whole.width), self._length(box.height, whole.height)
        across = 0.0 if "left" in box.anchor else 1.0 if "right" in box.anchor else 0.5
        down = 0.0 if "top" in box.anchor else 1.0 if "bottom" in box.anchor else 0.5
        left = whole.left + across * (whole.width - width) + box.dx * self.scale
        top = whole.top + down * (whole.height - height) + box.dy * self.scale
        return Area(left, top, width, height)

    def _length(self, value: float | str, whole: float) -> float:
        return float(value[:-1]) / 100 * whole if isinstance(value, str) else value * self.scale

    @staticmethod
    def _pixels(area: Area) -> tuple[tuple[int, int], tuple[int, int]]:
        """Left top and size of the area on whole pixels."""
        left, top = round(area.left), round(area.top)
        return (left, top), (max(1, round(area.right) - left), max(1, round(area.bottom) - top))

    @singledispatchmethod
    def _paint(self, layer: parts.Layer) -> None:
        raise TypeError(f"{type(layer).__name__} cannot be painted")

    @_paint.register
    def _fill(self, layer: parts.Fill) -> None:
        at, size = self._pixels(self._area(layer.box))
        start = rgb(layer.colour, self.brand)
        painted = gradient(size, start, rgb(layer.to, self.brand) if layer.to else start, layer.direction)
        if not layer.to:
            painted = Image.new("RGB", size, start)
        self.done.image.paste(painted, at, Image.new("L", size, round(255 * layer.opacity)))

    @_paint.register
    def _shape(self, layer: parts.Shape) -> None:
        area = self._area(layer.box)
        at, size = self._pixels(area)
        if layer.shadow:
            shadow(self.done.image, area, layer.radius * self.scale, layer.shadow)
        outline = layer.outline * self.scale if layer.outline is not None else None
        mask = form_mask(size, layer.form, layer.radius * self.scale, outline)
        self.done.image.paste(rgb(layer.colour, self.brand), at, scaled_mask(mask, layer.opacity))

    @_paint.register
    def _motif(self, layer: parts.Motif) -> None:
        at, size = self._pixels(self._area(layer.box))
        scale = layer.scale * (1 if layer.pattern == "rays" else self.scale)
        mask = motif_mask(size, layer.pattern, scale, layer.centre)
        if layer.fade != "none":
            length = size[0] if layer.fade in ("left", "right") else size[1]
            mask = Image.composite(mask, Image.new("L", size, 0), fade_mask(size, layer.fade, length))
        self.done.image.paste(rgb(layer.colour, self.brand), at, scaled_mask(mask, layer.opacity))

    @_paint.register
    def _picture(self, layer: parts.Picture) -> None:
        (left, top), (width, height) = self._pixels(self._area(layer.box))
        photos = self.request.fields.photos[: layer.most]
        if not photos:
            return
        for path, cell in zip(photos, cells(len(photos), width, height, layer.gap * self.scale), strict=True):
            at, size = self._pixels(cell)
            try:
                photo = cropped(path, size, layer.focus)
            except (OSError, ValueError) as error:
                raise DesignError(f"Foto {path.name} tidak dapat dibaca. Unggah ulang fotonya.") from error
            if layer.tone == "mono":
                photo = photo.convert("L").convert("RGB")
            mask = form_mask(size, layer.form, layer.radius * self.scale)
            if layer.fade != "none":
                mask = Image.composite(
                    mask, Image.new("L", size, 0), fade_mask(size, layer.fade, layer.fade_length * self.scale)
                )
            self.done.image.paste(photo, (left + at[0], top + at[1]), mask)

    @_paint.register
    def _scrim(self, layer: parts.Scrim) -> None:
        """The lightest veil, from the declared strength up, on which the texts of the block can be read."""
        block = self.blocks[layer.behind]
        if not block.items:
            return
        mask = veil_mask(self.done.image.size, block.area, layer.edge, layer.reach * self.scale)
        colour = rgb(layer.colour, self.brand)
        strength = layer.strength
        while True:
            veiled = self.done.image.copy()
            veiled.paste(colour, (0, 0), scaled_mask(mask, strength))
            if strength >= _VEIL_MOST or all(
                holds(veiled, [line.area for line in text.lines], rgb(text.style.colour, self.brand))
                for text in block.texts
                if not text.style.badge
            ):
                break
            strength = min(_VEIL_MOST, strength + _VEIL_STEP)
        self.done.image = veiled

    @_paint.register
    def _logo(self, layer: parts.Logo) -> None:
        (left, top), (width, height) = self._pixels(self._area(layer.box))
        with Image.open(self.brand.file(self.brand.logo)) as opened:
            logo = opened.convert("RGBA")
        ratio = min(width / logo.width, height / logo.height)
        logo = logo.resize((round(logo.width * ratio), round(logo.height * ratio)), Image.Resampling.LANCZOS)
        at = (left + (width - logo.width) // 2, top + (height - logo.height) // 2)
        self.done.image.paste(logo, at, logo)

    @_paint.register
    def _icon(self, layer: parts.Icon) -> None:
        self._paint_icon(self._area(layer.box), layer.icon, layer.colour, layer.disc, layer.opacity)

    def _paint_icon(self, area: Area, name: str, colour: str, disc: str | None, opacity: float = 1) -> None:
        (left, top), (width, height) = self._pixels(area)
        side = min(width, height)
        if disc:
            mask = scaled_mask(form_mask((side, side), "ellipse"), opacity)
            self.done.image.paste(rgb(disc, self.brand), (left, top), mask)
            inset = round(side * 0.22)
            left, top, side = left + inset, top + inset, side - 2 * inset
        self.done.image.paste(
            rgb(colour, self.brand), (left, top), scaled_mask(icon_mask(name, side), opacity)
        )

    @_paint.register
    def _block(self, layer: parts.Block) -> None:
        block = self.blocks[layer.name]
        for item in block.items:
            if isinstance(item, SetRule):
                at, size = self._pixels(item.area)
                self.done.image.paste(
                    rgb(item.style.colour, self.brand), (*at, at[0] + size[0], at[1] + size[1])
                )
            else:
                self._text(item, block.box)

    def _text(self, item: SetText, box: Area) -> None:
        style = item.style
        if style.badge:
            at, size = self._pixels(item.area)
            self.done.image.paste(rgb(style.badge, self.brand), at, form_mask(size, "rectangle", size[1] / 2))
        if style.icon:
            self._paint_row_icon(item)
        colour = self._readable(item)
        areas = [line.area for line in item.lines]
        self.done.texts.append(PaintedText(item, box, colour, worst_contrast(self.done.image, areas, colour)))
        for line in item.lines:
            mask, at = item.face.mask(line.text, line.x, line.baseline)
            self.done.image.paste(colour, at, mask)

    def _paint_row_icon(self, item: SetText) -> None:
        style, size = item.style, item.face.size
        side = size * (2.3 if style.icon_disc else 1.25)
        first = item.lines[0].baseline - item.face.cap_height / 2
        centre = item.area.top + item.area.height / 2 if style.icon_disc else first
        area = Area(item.area.left, centre - side / 2, side, side)
        self._paint_icon(area, str(style.icon), style.icon_colour or style.colour, style.icon_disc)

    def _readable(self, item: SetText) -> RGB:
        """The declared colour, else paper or ink; where nothing can be read, a soft plate comes behind."""
        areas = [line.area for line in item.lines]
        wanted = rgb(item.style.colour, self.brand)
        choices = [wanted, rgb("paper", self.brand), rgb("ink", self.brand)]
        for colour in choices:
            if holds(self.done.image, areas, colour):
                return colour
        best = max(choices, key=lambda colour: worst_contrast(self.done.image, areas, colour))
        against = (0, 0, 0) if sum(best) > 382 else (255, 255, 255)
        mask = Image.new("L", self.done.image.size, 0)
        pad = item.face.size * 0.5
        for area in areas:
            ImageDraw.Draw(mask).rounded_rectangle(
                (area.left - pad, area.top - pad, area.right + pad, area.bottom + pad), radius=pad, fill=255
            )
        mask = mask.filter(ImageFilter.GaussianBlur(pad / 3))
        self.done.image.paste(against, (0, 0), scaled_mask(mask, 0.75))
        if worst_contrast(self.done.image, areas, best) < REQUIRED:
            best = (255, 255, 255) if sum(best) > 382 else (0, 0, 0)
        return best
