"""Renders a picture from its layout, the brand and the words."""

from __future__ import annotations

from medsos.content.pictures import encode_jpeg
from medsos.design.layout import load_canvases, load_layout
from medsos.design.model import DesignFields, DesignRequest, RenderedDesign
from medsos.design.painter import Composition, Painter
from medsos.design.typography import tidy
from medsos.errors import DesignError
from medsos.offices.model import Brand

MAX_BYTES = 4_000_000
_QUALITIES = (90, 86, 80, 72, 60)


def render_design(request: DesignRequest) -> RenderedDesign:
    """Render one design as JPEG (sRGB, no metadata, below 4 MB).

    :raises DesignError: when a text that must be whole does not fit, or a photo cannot be read.
    :raises ConfigError: when the layout file is wrong.
    """
    composition = compose(request)
    for quality in _QUALITIES:
        jpeg = encode_jpeg(composition.image, quality)
        if len(jpeg) < MAX_BYTES:
            break
    width, height = composition.image.size
    return RenderedDesign(jpeg, width, height, tuple(dict.fromkeys(composition.notes)))


def compose(request: DesignRequest) -> Composition:
    """Paint one design; errors as `render_design`."""
    size = load_canvases().channels.get(request.channel)
    if size is None:
        raise DesignError(f"Kanal “{request.channel}” tidak punya ukuran desain. Periksa canvases.yaml.")
    canvas = load_canvases().formats[size.format]
    layers = load_layout(request.content_type).formats[size.format].layers
    painter = Painter(request, canvas, size.width / canvas.width)
    return painter.paint(layers, _words(request.fields, request.brand))


def _words(fields: DesignFields, brand: Brand) -> dict[str, str]:
    website = fields.website.strip().removeprefix("https://").removeprefix("http://").rstrip("/")
    words = {
        "headline": fields.headline,
        "summary": fields.summary,
        "office_name": fields.office_name,
        "website": website,
        "handle": fields.handle if fields.handle.strip() != website else "",
        "date_text": fields.date_text,
        "place": fields.place,
        "document_number": fields.document_number,
        "tagline": brand.tagline,
    }
    return {name: tidy(text) for name, text in words.items()}
