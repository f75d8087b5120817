"""Working hours as data: `include/hours.yaml`, and what an office's own `hours.yaml` changes in it."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from medsos.errors import ConfigError
from medsos.settings import DEFAULT_DATA_DIR
from medsos.yaml_model import DataModel, load_yaml

FILE_NAME = "hours.yaml"

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
MINUTES_OF_A_DAY = 24 * 60


def _span(value: object) -> tuple[int, int]:
    match = _SPAN.fullmatch(str(value).replace(" ", ""))
    if match:
        hour, minute, to_hour, to_minute = map(int, match.groups())
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        if start < end <= MINUTES_OF_A_DAY:
            return start, end
    raise ValueError(f"“{value}”: diharapkan jam mulai dan selesai pada hari yang sama, misalnya 07:30-12:00")


def _in_order(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    if any(after[0] < before[1] for before, after in pairwise(spans)):
        raise ValueError("jam-jam satu hari harus berurutan dan tidak bertumpang tindih")
    return spans


Span = Annotated[tuple[int, int], BeforeValidator(_span)]
"""Minutes from midnight, local time, half open; written as `07:30-12:00`."""

DayHours = Annotated[tuple[Span, ...], AfterValidator(_in_order)]


class Stretch(DataModel):
    """Days from the first to the last, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _forward(self) -> Stretch:
        if self.last < self.first:
            raise ValueError("tanggal terakhir (last) mendahului tanggal pertama (first)")
        return self


class Ramadan(DataModel):
    """Hours in the month of fasting, and its dates by Hijri year where they are decided."""

    weekly: dict[Weekday, DayHours] = Field(default_factory=dict)
    dates: dict[int, Stretch] = Field(default_factory=dict)


class DayOff(DataModel):
    """One holiday, or one that is cancelled, with the decree or occasion."""

    date: date
    name: str


class Holidays(DataModel):
    """Days off: a calendar of the library `holidays`, and what an office's decrees change in it."""

    country: str | None = None
    categories: list[Literal["public", "government"]] | None = Field(
        default=None, description="none at all: the calendar does not count"
    )
    added: list[DayOff] = Field(default_factory=list)
    cancelled: list[DayOff] = Field(default_factory=list)


class Overtime(DataModel):
    """Hours on one day that were agreed beyond the weekly ones, also on a day off."""

    date: date
    hours: DayHours = Field(min_length=1)
    reason: str


class Hours(DataModel):
    """Working time as one file says it. An office's file holds only what differs from the general one."""

    weekly: dict[Weekday, DayHours] = Field(default_factory=dict)
    ramadan: Ramadan = Ramadan()
    holidays: Holidays = Holidays()
    overtime: list[Overtime] = Field(default_factory=list)

    def changed_by(self, office: Hours) -> Hours:
        """These hours where the office says nothing: weekdays and Ramadans one by one, lists are joined."""
        off, theirs = self.holidays, office.holidays
        return Hours.model_construct(
            weekly={**self.weekly, **office.weekly},
            ramadan=Ramadan.model_construct(
                weekly={**self.ramadan.weekly, **office.ramadan.weekly},
                dates={**self.ramadan.dates, **office.ramadan.dates},
            ),
            holidays=Holidays.model_construct(
                country=theirs.country or off.country,
                categories=off.categories if theirs.categories is None else theirs.categories,
                added=[*off.added, *theirs.added],
                cancelled=[*off.cancelled, *theirs.cancelled],
            ),
            overtime=[*self.overtime, *office.overtime],
        )


def hours_files(data_dir: Path, slug: str) -> tuple[Path, Path]:
    """The general file and the office's own, which need not exist."""
    general = data_dir / FILE_NAME
    if not general.is_file():
        general = DEFAULT_DATA_DIR / FILE_NAME
    return general, data_dir / "offices" / slug / FILE_NAME


def load_hours(data_dir: Path, slug: str) -> Hours:
    """Working time of one office: the general file, changed by the office's own if there is one.

    A data folder without a general file uses the one that is shipped.

    :raises ConfigError: with file, line, key and what was expected.
    """
    general, own = hours_files(data_dir, slug)
    hours = load_yaml(general, Hours)
    if own.is_file():
        hours = hours.changed_by(load_yaml(own, Hours))
    for name, weekly in (("weekly", hours.weekly), ("ramadan.weekly", hours.ramadan.weekly)):
        if missing := [day for day in WEEKDAYS if day not in weekly]:
            raise ConfigError(
                f"{FILE_NAME}, kunci {name}: hari {', '.join(missing)} belum diatur; tulis [] bila libur"
            )
        if not any(weekly.values()):
            raise ConfigError(f"{FILE_NAME}, kunci {name}: tidak ada satu pun jam kerja dalam seminggu")
    return hours
