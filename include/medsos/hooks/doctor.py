"""`medsos doctor`: how every channel of every office stands, as a table."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TextIO

from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.hooks.diagnosis import Diagnosis, examine
from medsos.hooks.registry import hook_class
from medsos.indonesian import moment_text
from medsos.offices.model import CHANNEL_NAMES, Channel, Office, load_office, office_slugs
from medsos.settings import load_settings

MODES = {"manual": "diunggah manual", "off": "tidak dipakai"}
_HEADINGS = ("Kanal", "Terjangkau", "Akun", "Izin", "Token berlaku sampai", "Kuota")
_REACHABLE = {True: "ya", False: "tidak", None: "belum diatur"}


def main(out: TextIO = sys.stdout) -> int:
    """Exit code: 0 all channels with an API can publish, 1 one of them cannot, 2 an office file is wrong."""
    # Read when Airflow is first imported, below: its own remarks would stand in the table.
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")
    well = True
    try:
        folder = load_settings().offices_dir
        for slug in office_slugs(folder):
            office = load_office(folder, slug)
            found = examine_office(office, utc_now())
            out.write(office_text(office, found) + "\n")
            well = well and all(one.can_publish for one in found)
    except ConfigError as error:
        out.write(f"{error}\n")
        return 2
    return 0 if well else 1


def examine_office(office: Office, at: datetime) -> list[Diagnosis]:
    """Ask the platforms of the channels that an office publishes on through their API, in the SOP's order.

    :param at: now; aware.
    """
    return [
        examine(
            hook_class(channel)(
                office.channels[channel].connection, web_connection_id=office.channels["web"].connection
            ),
            at,
            office.zone,
        )
        for channel in office.offered_channels
        if office.channels[channel].mode == "api"
    ]


def office_text(office: Office, found: Sequence[Diagnosis]) -> str:
    """The table of one office, and under it what has to be done."""
    by_channel = {one.channel: one for one in found}
    rows = [_row(office, channel, by_channel.get(channel)) for channel in office.channels]
    lines = [f"{office.name}", *table([_HEADINGS, *rows])]
    if found:
        lines[0] += f", {moment_text(found[0].at, office.zone)}"
    notes = [f"{_label(one.channel)}: {remark}" for one in found for remark in one.remarks]
    if any(one.training for one in found):
        notes.append("MODE LATIHAN: akun bertanda (latihan) adalah akun tiruan; tidak ada yang terbit.")
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


def table(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows as lines of equal columns; the first row is underlined."""
    cells = [tuple(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return [lines[0], "  ".join("─" * width for width in widths), *lines[1:]]


def _row(office: Office, channel: Channel, one: Diagnosis | None) -> tuple[str, ...]:
    if one is None:
        return (_label(channel), MODES[office.channels[channel].mode], "–", "–", "–", "–")
    if one.access:
        account = f"{one.access.account.name} (latihan)" if one.training else one.access.account.name
    else:
        account = "ditolak" if one.refused else "–"
    return (
        _label(channel),
        "menunggu" if one.retry_at else _REACHABLE[one.reachable],
        account,
        one.rights_text,
        one.token_text,
        one.quota_text,
    )


def _label(channel: str) -> str:
    return CHANNEL_NAMES[channel]
