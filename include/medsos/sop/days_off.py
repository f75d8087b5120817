"""Which days are holidays and which are Ramadan, as the libraries know them and an office corrects them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from medsos.errors import ConfigError
from medsos.sop.hours import FILE_NAME, Hours, Stretch


def holidays_between(hours: Hours, years: Iterable[int]) -> dict[date, str]:
    """Days off by date, with their Indonesian names.

    :raises ConfigError: when the library does not know the country.
    """
    import holidays

    days: dict[date, str] = {}
    if hours.holidays.country and hours.holidays.categories:
        try:
            days.update(
                holidays.country_holidays(
                    hours.holidays.country,
                    years=years,
                    categories=tuple(hours.holidays.categories),
                    language="id",
                )
            )
        except (NotImplementedError, ValueError) as error:
            country = hours.holidays.country
            raise ConfigError(
                f"{FILE_NAME}, kunci holidays: kalender “{country}” tidak dapat dipakai ({error})"
            ) from None
    days.update({day.date: day.name for day in hours.holidays.added})
    for day in hours.holidays.cancelled:
        days.pop(day.date, None)
    return days


def ramadans_between(hours: Hours, first: date, last: date) -> list[Stretch]:
    """The months of fasting that touch these days; dates that no decision gives are computed.

    The computed month (Umm al-Qura) may lie a day beside the one that the government decides later.
    """
    from hijridate import Gregorian, Hijri

    found = []
    for year in range(
        Gregorian.fromdate(first).to_hijri().year, Gregorian.fromdate(last).to_hijri().year + 1
    ):
        computed = Stretch(
            first=_civil(Hijri(year, 9, 1).to_gregorian()),
            last=_civil(Hijri(year, 10, 1).to_gregorian()) - timedelta(days=1),
        )
        found.append(hours.ramadan.dates.get(year, computed))
    return found


def _civil(day: date) -> date:
    return date(day.year, day.month, day.day)
