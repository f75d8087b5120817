"""The offices as the pages need them: time zone, names of people, and whether they are only training."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime

from medsos.errors import ConfigError
from medsos.offices.model import Office, load_office, office_slugs
from medsos.settings import load_settings

_REMEMBER_SECONDS = 30.0
_training: dict[str, tuple[float, bool]] = {}


def office_of(slug: str) -> Office:
    """:raises ConfigError: the office has no valid file."""
    return load_office(load_settings().offices_dir, slug)


def all_offices() -> list[Office]:
    """Every office whose file can be read; the DAG of a broken one says what is wrong with it."""
    offices = []
    for slug in office_slugs(load_settings().offices_dir):
        try:
            offices.append(office_of(slug))
        except ConfigError:
            continue
    return offices


def local_day(office: Office, at: datetime) -> date:
    """The date in the office of an aware instant."""
    return at.astimezone(office.zone).date()


def any_training(offices: Sequence[Office]) -> bool:
    return any(training_mode(office) for office in offices)


def training_mode(office: Office) -> bool:
    """Does any channel of the office lead to a training platform? Remembered for half a minute."""
    known = _training.get(office.slug)
    if known is not None and time.monotonic() - known[0] < _REMEMBER_SECONDS:
        return known[1]
    from medsos.hooks.training import is_training

    training = any(is_training(setup.connection) for setup in office.channels.values() if setup.mode == "api")
    _training[office.slug] = (time.monotonic(), training)
    return training


def forget_training() -> None:
    """Look again at the connections, without waiting for the half minute."""
    _training.clear()
