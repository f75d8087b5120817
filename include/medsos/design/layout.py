"""Layouts as data: what a picture is made of, per content type and format, read from `layouts/*.yaml`."""

from __future__ import annotations

import re
import string
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from medsos.errors import ConfigError
from medsos.yaml_model import DataModel, load_yaml

LAYOUTS_DIR = Path(__file__).resolve().parent / "layouts"

Format = Literal["landscape", "square", "portrait", "tall"]
FontName = Literal["regular", "medium", "bold", "extra_bold"]
Pair = tuple[float, float]

PLACEHOLDERS = frozenset(
    {
        "headline",
        "summary",
        "office_name",
        "website",
        "handle",
        "date_text",
        "place",
        "document_number",
        "tagline",
    }
)
_COLOUR = (
    r"^(primary|primary_dark|accent|ink|paper|muted|mourning)"
    r"(~(primary|primary_dark|accent|ink|paper|muted|mourning)@\d{1,2})?$"
)
Colour = Annotated[str, Field(pattern=_COLOUR)]
"""A brand colour, or a mixture: `paper~primary@8` is paper with 8 percent of primary in it."""

Length = Annotated[float | str, Field(union_mode="left_to_right")]


class Box(DataModel):
    """Where a layer stands: `anchor` of `inside`, moved by `dx`, `dy` (positive: right and down).

    Lengths are design pixels, or a percentage of the area such as "100%". `safe` is the page without the
    brand's margin and without the parts that the platform covers with its own buttons.
    """

    inside: Literal["page", "safe"] = "safe"
    anchor: Literal[
        "top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right"
    ] = "top left"
    dx: float = 0
    dy: float = 0
    width: Length = "100%"
    height: Length = "100%"

    @field_validator("width", "height")
    @classmethod
    def _length(cls, value: float | str) -> float | str:
        if isinstance(value, str) and not re.fullmatch(r"\d{1,3}(\.\d+)?%", value):
            raise ValueError('diharapkan bilangan piksel atau persen dalam tanda kutip, misalnya "100%"')
        return value


class Layer(DataModel):
    """What all layers share. `when`: shown only with, or only without, a photo."""

    when: Literal["always", "photo", "no_photo"] = "always"
    box: Box = Box()


class Fill(Layer):
    """An even colour, or a gradient from `colour` to `to`."""

    kind: Literal["fill"]
    colour: Colour
    to: Colour | None = None
    direction: Literal["down", "right", "diagonal"] = "down"
    opacity: float = Field(default=1, ge=0, le=1)


class Shape(Layer):
    """A simple form; with `outline` only its line is drawn, that many pixels wide."""

    kind: Literal["shape"]
    form: Literal["rectangle", "ellipse", "arch"] = "rectangle"
    colour: Colour
    radius: float = 0
    outline: float | None = None
    opacity: float = Field(default=1, ge=0, le=1)
    shadow: float = Field(default=0, ge=0, le=1)


class Motif(Layer):
    """A brand pattern. `centre` (shares of the box) matters for rays and rings, `scale` is its module."""

    kind: Literal["motif"]
    pattern: Literal["kawung", "rings", "rays", "tumpal"]
    colour: Colour
    opacity: float = Field(default=0.1, ge=0, le=1)
    scale: float = Field(default=120, gt=4)
    centre: Pair = (0.5, 0.5)
    fade: Literal["none", "up", "down", "left", "right"] = "none"


class Picture(Layer):
    """The photos: one, or a collage of up to `most`. `focus`: where faces should come to stand."""

    kind: Literal["photo"]
    form: Literal["rectangle", "ellipse", "arch"] = "rectangle"
    radius: float = 0
    most: int = Field(default=1, ge=1, le=4)
    gap: float = 10
    tone: Literal["colour", "mono"] = "colour"
    focus: Pair = (0.5, 0.42)
    fade: Literal["none", "up", "down", "left", "right", "vertical"] = "none"
    fade_length: float = 0


class Scrim(Layer):
    """A veil between a photo and the text block `behind`; it is strengthened until the contrast holds."""

    kind: Literal["scrim"]
    behind: str
    colour: Colour
    edge: Literal["top", "bottom"]
    reach: float = Field(description="design pixels over which the veil fades out beyond the text")
    strength: float = Field(default=0.45, ge=0, le=1)


class Logo(Layer):
    """The office's logo, as large as fits in the box."""

    kind: Literal["logo"]


class Icon(Layer):
    """A drawn sign; with `disc` on a round ground of that colour."""

    kind: Literal["icon"]
    icon: str
    colour: Colour
    disc: Colour | None = None
    opacity: float = Field(default=1, ge=0, le=1)


class Text(DataModel):
    """One text of a block. `size` is smallest and largest, in design pixels.

    `overflow`: what happens when even the smallest size does not fit: `refuse` (DesignError), `shorten`
    (cut at a word end, with a note), `give_way` (shortened first and, if need be, left out, with a note).
    """

    text: str
    font: FontName
    size: Pair
    colour: Colour
    gap: float = Field(default=0, description="space above, in design pixels")
    leading: float = Field(default=1.3, ge=0.9, le=2)
    tracking: float = Field(default=0, description="extra space between letters, in thousandths of the size")
    upper: bool = False
    balance: bool = Field(default=True, description="lines of about the same length")
    max_lines: int | None = Field(default=None, ge=1)
    overflow: Literal["refuse", "shorten", "give_way"] = "shorten"
    icon: str | None = None
    icon_colour: Colour | None = None
    icon_disc: Colour | None = None
    badge: Colour | None = None

    @field_validator("size")
    @classmethod
    def _ordered(cls, value: Pair) -> Pair:
        if not 8 <= value[0] <= value[1]:
            raise ValueError("diharapkan [terkecil, terbesar], paling kecil 8")
        return value

    @field_validator("text")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        for _, name, _, _ in string.Formatter().parse(value):
            if name is not None and name not in PLACEHOLDERS:
                raise ValueError(
                    f"isian {{{name}}} tidak dikenal; pilih dari {', '.join(sorted(PLACEHOLDERS))}"
                )
        return value


class Rule(DataModel):
    """A short line between texts."""

    rule: float = Field(description="length in design pixels")
    thickness: float = 6
    colour: Colour
    gap: float = 0


class Block(Layer):
    """Texts under each other. All shrink together until they fit in the box."""

    kind: Literal["text"]
    name: str
    align: Literal["left", "centre", "right"] = "left"
    stand: Literal["top", "middle", "bottom"] = "top"
    texts: list[Text | Rule] = Field(min_length=1)


AnyLayer = Annotated[
    Fill | Shape | Motif | Picture | Scrim | Logo | Icon | Block,
    Field(discriminator="kind"),
]


class FormatLayout(DataModel):
    """Layers of one format, from the ground up."""

    layers: list[AnyLayer] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> FormatLayout:
        names = {layer.name for layer in self.layers if isinstance(layer, Block)}
        for layer in self.layers:
            if isinstance(layer, Scrim) and layer.behind not in names:
                raise ValueError(f"layer scrim menunjuk blok teks “{layer.behind}” yang tidak ada")
        for case in ("photo", "no_photo"):
            blocks = [b for b in self.layers if isinstance(b, Block) and b.when in ("always", case)]
            words = " ".join(t.text for block in blocks for t in block.texts if isinstance(t, Text))
            if missing := [
                n
                for n in ("headline", "office_name", "website", "handle", "tagline")
                if f"{{{n}}}" not in words
            ]:
                raise ValueError(f"isian {', '.join(missing)} belum ditempatkan (keadaan {case})")
            if not any(isinstance(layer, Logo) and layer.when in ("always", case) for layer in self.layers):
                raise ValueError(f"logo belum ditempatkan (keadaan {case})")
        return self


class Layout(DataModel):
    """One content type in all four formats. `parts` only holds YAML anchors that the layers refer to."""

    content_type: str
    parts: dict[str, object] = Field(default_factory=dict, exclude=True)
    formats: dict[Format, FormatLayout]

    @field_validator("formats")
    @classmethod
    def _all_formats(cls, value: dict[Format, FormatLayout]) -> dict[Format, FormatLayout]:
        if missing := [f for f in ("landscape", "square", "portrait", "tall") if f not in value]:
            raise ValueError(f"format {', '.join(missing)} belum ada")
        return value


class Canvas(DataModel):
    """A format's design size, and the parts along its edges that a platform covers (design pixels)."""

    width: int
    height: int
    covered: dict[Literal["top", "right", "bottom", "left"], float] = Field(default_factory=dict)


class ChannelSize(DataModel):
    """The format that a channel uses and the width of the finished picture."""

    format: Format
    width: int = Field(ge=320, le=2048)


class Canvases(DataModel):
    """The file `canvases.yaml`."""

    formats: dict[Format, Canvas]
    channels: dict[str, ChannelSize]


@cache
def load_canvases(folder: Path = LAYOUTS_DIR) -> Canvases:
    """Sizes of all formats and channels.

    :raises ConfigError: with file, line, key and what was expected.
    """
    return load_yaml(folder / "canvases.yaml", Canvases)


@cache
def load_layout(content_type: str, folder: Path = LAYOUTS_DIR) -> Layout:
    """The layout of a content type.

    :raises ConfigError: with file, line, key and what was expected.
    """
    layout = load_yaml(folder / f"{content_type}.yaml", Layout)
    if layout.content_type != content_type:
        raise ConfigError(
            f"{content_type}.yaml, kunci content_type: diharapkan “{content_type}”, sama dengan nama berkas"
        )
    return layout
