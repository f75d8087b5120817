"""Writes dates, times, durations and numbers the way Indonesian official papers do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

LOCALE = "id"


def long_date(day: date | None, *, weekday: bool = True) -> str:
    """“Senin, 23 November 2026”, or “23 November 2026” without the weekday; empty for no date."""
    if day is None:
        return ""
    return format_date(day, "EEEE, d MMMM y" if weekday else "d MMMM y", locale=LOCALE)


def short_date(day: date) -> str:
    """“23 Nov 2026”."""
    return format_date(day, "d MMM y", locale=LOCALE)


def month_text(day: date) -> str:
    """“November 2026”."""
    return format_date(day, "MMMM y", locale=LOCALE)


def short_month(day: date) -> str:
    """“Nov 26”, for scales."""
    return format_date(day, "MMM yy", locale=LOCALE)


def percent_text(share: float | None) -> str:
    """“83 %” of a share from 0 to 1; a dash for none. Whole ones only when nothing was rounded up to them."""
    if share is None:
        return "–"
    decimals = 1 if 0 < share < 0.005 or 0.995 <= share < 1 else 0
    return f"{number_text(100 * share, decimals=decimals)} %"


def days_text(first: date, last: date) -> str:
    """“3 November 2026 s.d. 9 November 2026”; one day stands alone."""
    days = dict.fromkeys(long_date(day, weekday=False) for day in (first, last))
    return " s.d. ".join(days)


def time_text(at: datetime, zone: ZoneInfo) -> str:
    """“14.05 WIB”; `at` is aware, `zone` one of Indonesia's three, whose label it carries."""
    local = at.astimezone(zone)
    return f"{local:%H.%M} {local.tzname()}"


def moment_text(at: datetime, zone: ZoneInfo, *, weekday: bool = True) -> str:
    """“Senin, 23 November 2026 pukul 14.05 WIB”."""
    return f"{long_date(at.astimezone(zone).date(), weekday=weekday)} pukul {time_text(at, zone)}"


def minutes_text(minutes: float) -> str:
    """“1 jam 20 menit”; under one minute in seconds. Rounded to what is shown; no sign for negatives."""
    minutes = abs(minutes)
    seconds = round(minutes * 60)
    if 0 < seconds < 60:
        return f"{seconds} detik"
    hours, rest = divmod(round(minutes), 60)
    if not hours:
        return f"{rest} menit"
    return f"{number_text(hours)} jam {rest} menit" if rest else f"{number_text(hours)} jam"


def number_text(value: float, *, decimals: int = 1) -> str:
    """“1.234,5”; at most `decimals` digits after the comma, none for whole numbers."""
    pattern = "#,##0" + ("." + "#" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=LOCALE)


def size_text(size_bytes: int) -> str:
    """“1,4 MB”, in steps of 1.000 bytes."""
    for unit, size in (("MB", 1_000_000), ("kB", 1_000)):
        if size_bytes >= size:
            return f"{number_text(size_bytes / size)} {unit}"
    return f"{size_bytes} byte"


def list_text(items: Sequence[str]) -> str:
    """“Website”, “Website dan X”, “Website, Facebook, dan X”."""
    if len(items) < 3:
        return " dan ".join(items)
    return f"{', '.join(items[:-1])}, dan {items[-1]}"


def slug_text(text: str, *, length: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens, cut between words; “tanpa-judul” if none is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    if len(slug) > length:
        slug = slug[: length + 1].rsplit("-", 1)[0][:length]
    return slug or "tanpa-judul"
