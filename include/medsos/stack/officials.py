"""Enters the people of every office file into the record, with the ids under which Airflow knows them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from medsos.approval.officials import sync_officials
from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.offices.model import load_office, office_slugs
from medsos.store.session import transaction


def sync_all_offices(database_url: str, offices_dir: Path, user_ids: Mapping[str, str] | None = None) -> None:
    """Bring the record in line with the office files. An office with a broken file is left out, aloud.

    :param user_ids: username → id in Airflow's auth manager; without it the username is the id, as
        SimpleAuthManager has it.
    """
    for slug in office_slugs(offices_dir):
        try:
            office = load_office(offices_dir, slug)
        except ConfigError as error:
            sys.stderr.write(f"Kantor {slug} dilewati:\n{error}\n")
            continue
        with transaction(database_url) as session:
            sync_officials(session, office, now=utc_now(), user_ids=user_ids)
