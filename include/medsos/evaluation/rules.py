"""What the record is judged by: offices, versions of the SOP, and working time; each read when first met."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from medsos.evaluation.durations import WorkingMinutes
from medsos.offices.model import Office, load_office
from medsos.settings import Settings, load_settings
from medsos.sop.in_force import chosen_version, own_versions
from medsos.sop.model import Sop, load_sop
from medsos.sop.worktime import WorkCalendar, calendar_for


@dataclass(frozen=True)
class Rules:
    """The rules as the files say them. One object sees one state of them, however long it lives."""

    settings: Settings = field(default_factory=load_settings)
    _offices: dict[str, Office] = field(default_factory=dict, repr=False)
    _sops: dict[str, Sop] = field(default_factory=dict, repr=False)
    _own: dict[str, list[Sop]] = field(default_factory=dict, repr=False)
    _calendars: dict[str, WorkCalendar] = field(default_factory=dict, repr=False)

    def office(self, slug: str) -> Office:
        """:raises ConfigError: the office's file is missing or wrong."""
        if slug not in self._offices:
            self._offices[slug] = load_office(self.settings.offices_dir, slug)
        return self._offices[slug]

    def sop(self, version: str) -> Sop:
        """:raises ConfigError: the file of that version is missing or wrong."""
        if version not in self._sops:
            self._sops[version] = load_sop(self.settings.sop_dirs, version)
        return self._sops[version]

    def sop_on(self, office: str, day: date) -> Sop:
        """The version that an office follows on a day.

        :raises ConfigError: as `sop`.
        """
        if office not in self._own:
            self._own[office] = own_versions(self.settings.own_sop_dir, office)
        named = self.office(office).sop_version
        return self.sop(chosen_version(self._own[office], named=named, on=day))

    def calendar(self, slug: str) -> WorkCalendar:
        """:raises ConfigError: a file of hours is wrong."""
        if slug not in self._calendars:
            self._calendars[slug] = calendar_for(self.office(slug), self.settings.data_dir)
        return self._calendars[slug]

    def working(self, office_of: pd.Series) -> WorkingMinutes:
        """Working minutes of cycles, each by the calendar of its office.

        :param office_of: slug by cycle.
        """

        def minutes(cycle_ids: pd.Series, starts: pd.Series, ends: pd.Series) -> np.ndarray:
            slugs = cycle_ids.map(office_of).to_numpy()
            result = np.full(len(slugs), np.nan)
            for slug in pd.unique(slugs):
                here = slugs == slug
                result[here] = self.calendar(slug).minutes(starts[here], ends[here])
            return result

        return minutes
