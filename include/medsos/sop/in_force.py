"""Which version of the procedure an office follows on a day: that of its file, or a later one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from medsos.errors import ConfigError
from medsos.sop.model import Origin, Sop, load_sop


def own_versions(folder: Path, office: str) -> list[Sop]:
    """The versions that an office's Sekretaris determined, in the order in which they take effect.

    :param office: slug.
    :raises ConfigError: when a file is wrong.
    """
    found = [load_sop(folder, path.stem) for path in sorted(folder.glob(f"*--{office}--*.yaml"))]
    return sorted((sop for sop in found if origin_of(sop).office == office), key=_order)


def version_in_force(folder: Path, *, office: str, named: str, on: date) -> str:
    """The version under which a cycle begins on that day, local to the office: `chosen_version`, read.

    :param folder: with the versions of the offices' own.
    :param office: slug.
    :raises ConfigError: when a file is wrong.
    """
    return chosen_version(own_versions(folder, office), named=named, on=on)


def chosen_version(versions: Sequence[Sop], *, named: str, on: date) -> str:
    """The version that counts on a day, local to the office.

    A version of the office's own counts from its date of effect on, when it goes back to the version that
    the office's file names: who names another procedure there leaves the old one and all that came of it.

    :param versions: all of the office's own, as `own_versions`.
    :param named: `sop_version` of the office's file.
    :raises ConfigError: when one of them does not say where it comes from.
    """
    line, newest = {named}, named
    # In the order of effect a version may stand before the one it is based on, so it is gone round until
    # nothing joins the line any more.
    while grown := {sop.version for sop in versions if origin_of(sop).based_on in line} - line:
        line |= grown
    for sop in versions:
        if sop.version in line and sop.version != named and origin_of(sop).effective_from <= on:
            newest = sop.version
    return newest


def sop_in_force(folders: tuple[Path, Path], *, office: str, named: str, on: date) -> Sop:
    """`version_in_force`, read.

    :param folders: those of the system and of the offices' own, as `Settings.sop_dirs`.
    :raises ConfigError: when a file is missing or wrong.
    """
    return load_sop(folders, version_in_force(folders[1], office=office, named=named, on=on))


def origin_of(sop: Sop) -> Origin:
    """:raises ConfigError: a version among the offices' own does not say where it comes from."""
    if sop.origin is None:
        raise ConfigError(f"{sop.version}.yaml, kunci origin: kunci ini wajib ada pada versi milik kantor")
    return sop.origin


def _order(sop: Sop) -> tuple[date, str]:
    origin = origin_of(sop)
    return origin.effective_from, origin.decided_at.isoformat()
