"""Counts working time: minutes between two instants by an office's hours, holidays and overtime.

Perpres 21/2023 (see `include/hours.yaml`). Instants are aware; counting is in whole microseconds on the UTC
axis, so it is exact and additive. A span of work is half open: at 16.00 sharp nobody works any more.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from medsos.settings import load_settings
from medsos.sop.days_off import holidays_between, ramadans_between
from medsos.sop.hours import WEEKDAYS, Hours, Span, Stretch, hours_files, load_hours

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Instants = Sequence[datetime | None] | pd.Series | pd.DatetimeIndex

FIRST_YEAR, LAST_YEAR = 1950, 2069
"""What the calendars of holidays and of Ramadan cover, in whole decades."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MINUTE = 60_000_000


class HasHours(Protocol):
    """An office, as far as its working time needs it."""

    @property
    def slug(self) -> str: ...

    @property
    def zone(self) -> ZoneInfo: ...


@dataclass(frozen=True)
class _Timetable:
    """All spans of work of some years, as microseconds since 1970; `before[i]` were worked before span i."""

    starts: list[int]
    ends: list[int]
    before: list[int]

    def worked(self, at: int) -> int:
        """Microseconds worked up to `at`, from the beginning of the table."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def worked_column(self, at: np.ndarray) -> np.ndarray:
        """The same for a column."""
        import numpy as np

        if not self.starts:
            return np.zeros_like(at)
        starts, ends, before = self._columns
        index = np.searchsorted(starts, at, "right") - 1
        return np.where(index < 0, 0, before[index] + np.minimum(at, ends[index]) - starts[index])

    @cached_property
    def _columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        import numpy as np

        return np.asarray(self.starts), np.asarray(self.ends), np.asarray(self.before)


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """The working time of one office. Cheap: spans are laid out by decades when first asked for."""

    hours: Hours
    zone: ZoneInfo
    _tables: dict[tuple[int, int], _Timetable] = field(default_factory=dict, repr=False)

    def minutes_between(self, start: datetime, end: datetime) -> float:
        """Working minutes from `start` to `end`; negative when `end` is the earlier one.

        :raises ValueError: for an instant without a zone, or outside 1950 to 2069.
        """
        first, last = _microseconds(start), _microseconds(end)
        table = self._table(first, last)
        return (table.worked(last) - table.worked(first)) / _MINUTE

    def minutes(self, starts: Instants, ends: Instants) -> np.ndarray:
        """The same for columns of equal length: a float for each pair, NaN where an instant is missing.

        :raises ValueError: as `minutes_between`.
        """
        import numpy as np

        first, last = _column(starts), _column(ends)
        missing = (first == _missing()) | (last == _missing())
        result = np.full(len(first), np.nan)
        first, last = first[~missing], last[~missing]
        if not len(first):
            return result
        low, high = min(first.min(), last.min()), max(first.max(), last.max())
        table = self._table(int(low), int(high))
        result[~missing] = (table.worked_column(last) - table.worked_column(first)) / _MINUTE
        return result

    def after(self, start: datetime, minutes: float) -> datetime:
        """The first instant (UTC) at which so many working minutes have passed since `start`.

        It is `start` itself for none, and the end of a day's work rather than the next day's beginning.

        :param minutes: not negative.
        :raises ValueError: for negative minutes, an instant without a zone, or an end beyond 2069.
        """
        if minutes < 0:
            raise ValueError("minutes after an instant cannot be negative")
        begin, wanted = _microseconds(start), round(minutes * _MINUTE)
        if not wanted:
            return start.astimezone(UTC)
        years = 1
        while True:
            # Beyond the last year `_table` refuses, so this ends.
            table = self._table(begin, begin + years * 366 * 24 * 60 * _MINUTE)
            goal = table.worked(begin) + wanted
            index = bisect_left(table.before, goal) - 1
            found = table.starts[index] + goal - table.before[index]
            if found <= table.ends[index]:
                return _EPOCH + found * _MICROSECOND
            years *= 2

    def is_working(self, at: datetime) -> bool:
        """Whether it is working time at this instant.

        :raises ValueError: as `minutes_between`.
        """
        instant = _microseconds(at)
        table = self._table(instant, instant)
        index = bisect_right(table.starts, instant) - 1
        return index >= 0 and instant < table.ends[index]

    def _table(self, *instants: int) -> _Timetable:
        years = [(_EPOCH + instant * _MICROSECOND).year for instant in (min(instants), max(instants))]
        # A decade's table reaches into its neighbours' days, because a local year is not a UTC year.
        key = (years[0] // 10 * 10, years[1] // 10 * 10 + 9)
        if key[0] < FIRST_YEAR or key[1] > LAST_YEAR:
            raise ValueError(f"working time is known from {FIRST_YEAR} to {LAST_YEAR} only")
        if key not in self._tables:
            self._tables[key] = self._lay_out(*key)
        return self._tables[key]

    def _lay_out(self, first_year: int, last_year: int) -> _Timetable:
        first, last = date(first_year, 1, 1) - timedelta(days=1), date(last_year, 12, 31) + timedelta(days=1)
        off = holidays_between(self.hours, range(first.year, last.year + 1))
        fasting = {day for month in ramadans_between(self.hours, first, last) for day in _days(month)}
        extra: dict[date, list[Span]] = {}
        for agreed in self.hours.overtime:
            extra.setdefault(agreed.date, []).extend(agreed.hours)
        starts, ends = [], []
        for day in _days(Stretch(first=first, last=last)):
            weekly = self.hours.ramadan.weekly if day in fasting else self.hours.weekly
            usual = () if day in off else weekly[WEEKDAYS[day.weekday()]]
            midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
            for start, end in _merged([*usual, *extra.get(day, [])]):
                starts.append(_microseconds(midnight + timedelta(minutes=start)))
                ends.append(_microseconds(midnight + timedelta(minutes=end)))
        lengths = (end - start for start, end in zip(starts, ends, strict=True))
        return _Timetable(starts, ends, list(accumulate(chain([0], lengths)))[:-1])


def calendar_for(office: HasHours, data_dir: Path | None = None) -> WorkCalendar:
    """The working time of an office; read again when a file has changed.

    :param data_dir: folder with `hours.yaml` and `offices/`; by default that of the settings.
    :raises ConfigError: when a file of hours is wrong.
    """
    folder = data_dir or load_settings().data_dir
    files = hours_files(folder, office.slug)
    stamps = tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in files)
    return _read(folder, office.slug, office.zone, stamps)


@lru_cache(maxsize=32)
def _read(folder: Path, slug: str, zone: ZoneInfo, stamps: tuple[int, ...]) -> WorkCalendar:
    return WorkCalendar(load_hours(folder, slug), zone)


def _days(stretch: Stretch) -> Iterator[date]:
    for number in range((stretch.last - stretch.first).days + 1):
        yield stretch.first + timedelta(days=number)


def _merged(spans: list[Span]) -> list[Span]:
    """In order and without overlap: overtime may touch the usual hours."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _microseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("an instant carries a zone")
    return (at - _EPOCH) // _MICROSECOND


def _missing() -> int:
    import numpy as np

    return int(np.iinfo(np.int64).min)


def _column(instants: Any) -> np.ndarray:
    """Microseconds since 1970 of a column of aware instants."""
    import pandas as pd

    column = pd.Series(instants)
    if column.isna().all():
        column = column.astype("datetime64[us, UTC]")
    elif column.dtype == object:
        if any(at.tzinfo is None for at in column if not pd.isna(at)):
            raise ValueError("an instant carries a zone")
        column = pd.to_datetime(column, utc=True)
    if getattr(column.dt, "tz", None) is None:
        raise ValueError("an instant carries a zone")
    return column.dt.tz_convert("UTC").dt.as_unit("us").astype("int64").to_numpy()
