"""Airflow knows the five connection types and shows their forms in Indonesian."""

from __future__ import annotations

import inspect
import json
import re
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airflow.providers.apprise.get_provider_info import get_provider_info as apprise_info
from airflow.providers.smtp.get_provider_info import get_provider_info as smtp_info

from medsos.hooks.provider import CONNECTIONS, get_provider_info
from medsos.hooks.registry import HOOKS, hook_class


def test_the_provider_is_registered_under_the_name_of_the_package() -> None:
    [entry] = [e for e in entry_points(group="apache_airflow_provider") if e.dist and e.dist.name == "medsos"]

    assert entry.load()()["package-name"] == "medsos"


def test_what_is_told_to_airflow_fits_its_schema() -> None:
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())

    jsonschema.validate(get_provider_info(), schema)


def test_airflow_finds_the_connection_types_and_their_forms() -> None:
    from airflow.providers_manager import ProvidersManager
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    manager, hooks = ProvidersManager(), ProvidersManagerTaskRuntime().hooks

    for channel in HOOKS:
        hook = hooks[f"medsos_{channel}"]
        assert hook is not None
        assert hook.hook_name == CONNECTIONS[channel]["hook-name"] == hook_class(channel).hook_name
        assert manager.field_behaviours[f"medsos_{channel}"]["relabeling"]["host"].startswith("Alamat")


@pytest.mark.parametrize("channel", list(HOOKS))
def test_every_field_that_a_hook_reads_is_on_its_form_and_the_other_way_round(channel: str) -> None:
    source = inspect.getsource(inspect.getmodule(hook_class(channel)) or hook_class(channel))
    read = set(re.findall(r'fields\.(?:text|flag)\("(\w+)"\)', source))
    if channel == "x":
        from medsos.hooks.x import _OAUTH1

        read |= set(_OAUTH1)

    assert read == set(CONNECTIONS[channel]["conn-fields"])


def test_every_field_with_a_secret_is_hidden_while_it_is_typed() -> None:
    for channel, form in CONNECTIONS.items():
        for name, field in form["conn-fields"].items():
            secret = any(word in name for word in ("secret", "token")) or name == "access_secret"
            assert (field["schema"].get("format") == "password") == secret, f"{channel}.{name}"


def test_the_training_connections_fill_only_fields_that_are_on_the_forms(
    definitions: dict[str, dict[str, Any]],
) -> None:
    others = {"medsos_mail": smtp_info(), "medsos_apprise": apprise_info()}
    assert set(definitions) == {f"medsos_{channel}" for channel in HOOKS} | set(others)
    forms = {
        form["connection-type"]: form
        for info in (get_provider_info(), *others.values())
        for form in info["connection-types"]
    }
    for connection_id, definition in definitions.items():
        # The other providers' forms do not know of training.
        known = {
            *forms[definition["conn_type"]]["conn-fields"],
            *(["training"] if connection_id in others else []),
        }
        assert set(definition["extra"]) <= known
        assert definition["extra"]["training"] is True
        assert "MODE LATIHAN" in definition["description"]


def test_the_operations_guide_explains_every_field_of_every_form() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()

    for form in get_provider_info()["connection-types"]:
        assert f"**{form['hook-name']}.**" in guide
        labels = [field["label"] for field in form["conn-fields"].values()]
        for label in [*labels, *form["ui-field-behaviour"]["relabeling"].values()]:
            assert label in guide, f"{form['hook-name']}: {label}"
