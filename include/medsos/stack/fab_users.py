"""Keeps the roles and users of Airflow's FAB auth manager as the offices' files say."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medsos.errors import ConfigError
from medsos.offices.model import Person, load_office, office_slugs

ROLES_FILE = Path(__file__).with_name("roles.json")
"""Permissions per role, in the form of `airflow roles import`."""

FAB_ROLES = {
    "admin_medsos": "Admin Medsos",
    "tim_medsos": "Tim Medsos",
    "kasubbag": "Kasubbag",
    "sekretaris": "Sekretaris",
    "analis": "Analis",
}
"""Role in an office's file -> role in Airflow."""


def people_of_all_offices(offices_dir: Path) -> dict[str, Person]:
    """Log-in name -> person, over all offices; one with a broken file is left out, aloud."""
    people = {}
    for slug in office_slugs(offices_dir):
        try:
            office = load_office(offices_dir, slug)
        except ConfigError as error:
            sys.stderr.write(f"Kantor {slug} dilewati:\n{error}\n")
            continue
        people.update({person.username: person for person in office.people})
    return people


def declared_roles() -> dict[str, set[tuple[str, str]]]:
    """Role -> permissions as (action, resource), from the roles file."""
    roles: dict[str, set[tuple[str, str]]] = {}
    for entry in json.loads(ROLES_FILE.read_text(encoding="utf-8")):
        permissions = roles.setdefault(entry["name"], set())
        permissions |= {(action, entry["resource"]) for action in entry["action"].split(",")}
    return roles


def sync(
    people: Mapping[str, Person], operator: str, first_passwords: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Give every role its permissions and create the users that are missing.

    Users that exist keep their password and the roles that somebody gave them. Runs inside the
    environment of the Airflow whose database is meant.

    :returns: names of the users created, and the FAB id of every user by log-in name.
    """
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder
    from airflow.utils.providers_configuration_loader import providers_configuration_loaded

    @providers_configuration_loaded
    def work() -> tuple[list[str], dict[str, str]]:
        with get_application_builder() as builder:
            builder.add_permissions(update_perms=True)
            builder.sm.sync_roles()
            _sync_roles(builder.sm)
            created = [
                name
                for name, wanted in _wanted_users(people, operator).items()
                if _create(builder.sm, name, wanted, first_passwords[name])
            ]
            return created, {user.username: str(user.id) for user in builder.sm.get_all_users()}

    return work()


def _wanted_users(people: Mapping[str, Person], operator: str) -> dict[str, tuple[str, list[str]]]:
    """Log-in name -> (full name, roles)."""
    wanted = {operator: ("Pengelola Sistem", ["Admin"])}
    for name, person in people.items():
        wanted[name] = (person.name, [FAB_ROLES[role] for role in person.roles])
    return wanted


def _sync_roles(manager: Any) -> None:
    declared = declared_roles()
    manager.bulk_sync_roles(
        [{"role": name, "perms": sorted(permissions)} for name, permissions in declared.items()]
    )
    # What the file no longer grants is withdrawn; permissions on single DAGs are the operator's affair.
    for name, permissions in declared.items():
        role = manager.find_role(name)
        for permission in list(role.permissions):
            pair = (permission.action.name, permission.resource.name)
            if pair not in permissions and not pair[1].startswith(("DAG:", "DAG Run:")):
                manager.remove_permission_from_role(role, permission)


def _create(manager: Any, name: str, wanted: tuple[str, list[str]], password: str) -> bool:
    if manager.find_user(username=name) is not None:
        return False
    full_name, roles = wanted
    first, _, last = full_name.partition(" ")
    manager.add_user(
        username=name,
        first_name=first,
        last_name=last or first,
        # FAB wants one address per user; nothing is ever sent to it.
        email=f"{name}@localhost",
        role=[manager.find_role(role) for role in roles],
        password=password,
    )
    return True
