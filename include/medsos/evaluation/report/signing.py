"""Who signs a report: the Sekretaris of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from medsos.offices.model import ROLE_NAMES, Office


@dataclass(frozen=True)
class Signatory:
    """Who signs; an empty name leaves a line to fill, and so does the NIP always."""

    position: str
    name: str


def signatory_of(office: Office, at: datetime) -> Signatory:
    """The Sekretaris on the local date of `at`."""
    holders = office.holders("sekretaris", at.astimezone(office.zone).date())
    if not holders:
        return Signatory(ROLE_NAMES["sekretaris"], "")
    return Signatory(holders[0].position, holders[0].name)
