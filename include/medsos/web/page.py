"""Renders a page: one template environment, the words and filters that all templates share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.indonesian import list_text, long_date, minutes_text, moment_text, number_text, size_text
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.web import words
from medsos.web.addresses import addresses_of
from medsos.web.office_view import all_offices, any_training

THUMBNAIL = 400
SMALL_THUMBNAIL = 160
"""Widths in pixels; `web.thumbnails` makes no others."""

_templates = Environment(
    loader=PackageLoader("medsos.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    words=words,
    content_types=CONTENT_TYPE_NAMES,
    channel_names=CHANNEL_NAMES,
    thumbnail=THUMBNAIL,
    small_thumbnail=SMALL_THUMBNAIL,
)
_templates.filters.update(
    day=lambda day: long_date(day),
    plain_day=lambda day: long_date(day, weekday=False),
    minutes=minutes_text,
    number=number_text,
    size=size_text,
    listed=list_text,
    paragraphs=lambda text: [part for part in str(text).split("\n\n") if part.strip()],
)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """“23 November 2026 pukul 14.05 WIB”."""
    return moment_text(at, zone, weekday=False)


_templates.filters["moment"] = moment
_templates.filters["local_day"] = lambda at, zone: long_date(at.astimezone(zone).date(), weekday=False)
_templates.tests["web_address"] = lambda address: urlsplit(str(address)).scheme in ("http", "https")


def page(
    request: Request,
    template: str,
    *,
    username: str | None,
    status: int = 200,
    offices: Sequence[Office] | None = None,
    **values: Any,
) -> HTMLResponse:
    """Render `templates/<template>.html.j2`.

    :param username: of the visitor; None on pages for nobody in particular.
    :param offices: whose training mode the page shows; by default all of them.
    """
    html = _templates.get_template(f"{template}.html.j2").render(
        at=addresses_of(request),
        username=username,
        here=template,
        framed=request.headers.get("sec-fetch-dest") == "iframe",
        training=any_training(all_offices() if offices is None else offices),
        **values,
    )
    return HTMLResponse(html, status_code=status)
