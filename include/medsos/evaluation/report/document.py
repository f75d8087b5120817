"""Renders a report as an official document: letterhead, number, body, signature, annexes; one HTML file."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.embedding import data_uri, font_uri
from medsos.evaluation.report.signing import Signatory
from medsos.indonesian import (
    list_text,
    long_date,
    minutes_text,
    moment_text,
    month_text,
    number_text,
    percent_text,
    short_date,
    time_text,
)
from medsos.offices.model import Brand, Office

STATUS_TEXTS = {
    "berjalan": "Berjalan",
    "ditolak": "Ditolak",
    "selesai": "Selesai",
    "tidak_lengkap": "Tidak lengkap",
}

_templates = Environment(
    loader=PackageLoader("medsos.evaluation.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(
    minutes=lambda minutes: "–" if minutes is None else minutes_text(minutes),
    number=lambda value: "–" if value is None else number_text(value),
    whole=lambda value: number_text(value, decimals=0),
    percent=percent_text,
    month=month_text,
    listed=list_text,
    plain_day=lambda day: long_date(day, weekday=False),
)
_templates.globals["status_texts"] = STATUS_TEXTS
_templates.tests["web_address"] = lambda address: urlsplit(str(address)).scheme in ("http", "https")


def render(
    template: str,
    *,
    office: Office,
    brand: Brand,
    signatory: Signatory,
    made_at: datetime,
    training: bool,
    **values: Any,
) -> str:
    """`templates/<template>.html.j2` with everything that it shows inside; prints on A4.

    :param made_at: date of the document, aware.
    :param training: the channels lead to training platforms; said aloud.
    """
    zone = office.zone
    return _templates.get_template(f"{template}.html.j2").render(
        office=office,
        signatory=signatory,
        made_at=made_at,
        training=training,
        fonts={
            400: font_uri(brand.file(brand.fonts.regular)),
            700: font_uri(brand.file(brand.fonts.bold)),
            800: font_uri(brand.file(brand.fonts.extra_bold)),
        },
        logo=data_uri(brand.file(brand.logo).read_bytes(), "image/png"),
        colours=brand.colours,
        moment=lambda at: moment_text(at, zone, weekday=False),
        long_moment=lambda at: moment_text(at, zone),
        stamp=lambda at: f"{short_date(at.astimezone(zone).date())}, {time_text(at, zone)}",
        hour=lambda at: time_text(at, zone),
        day=lambda at: long_date(at.astimezone(zone).date(), weekday=False),
        short_day=lambda at: short_date(at.astimezone(zone).date()),
        **values,
    )
