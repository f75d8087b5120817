"""Whatever a platform does, no secret gets into an error, a log line at any level, or the record."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pytest
import requests
from leak_watch import Watch

from leak_search import SECRET_KEYS, Secrets, search_files
from medsos.clock import utc_now
from medsos.errors import MedsosError
from medsos.hooks import client_for
from medsos.hooks.diagnosis import examine
from medsos.hooks.registry import hook_class
from medsos.offices.model import load_office
from medsos.settings import DEFAULT_DATA_DIR
from medsos.store.session import engine_for

KINDS = ("drop_before", "process_then_drop", "truncated", "process_then_status")
PREFIX = {
    "web": "/web/",
    "facebook": "/graph",
    "instagram": "/graph|/rupload",
    "x": "/x/",
    "tiktok": "/tiktok",
}
CLIENTS = ("web", "facebook", "instagram", "x", "x_oauth2", "tiktok")
MEDIA = ("picture", "video")


def assert_nothing_leaked(secrets: Secrets, watch: Watch, home: Path) -> None:
    engine_for(f"sqlite:///{home / 'medsos.db'}").dispose()
    assert len(secrets) > 5
    assert sorted(watch.leaks(secrets), key=str) == []
    assert search_files(secrets, home) == []


@pytest.mark.parametrize(("name", "medium"), list(product(CLIENTS, MEDIA)))
def test_a_quiet_day_leaks_nothing(
    name: str, medium: str, go_through: Any, secrets: Secrets, watch: Watch, home: Path
) -> None:
    go_through(name, medium, "Rapat pleno")
    assert any(place.startswith("log urllib3") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_no_fault_makes_a_secret_show(
    name: str,
    go_through: Any,
    fault: Callable[..., None],
    sandbox_url: str,
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    """Every ready-made answer of the platforms and every way to break a connection, early and late."""
    path = PREFIX[name.split("_")[0]]
    presets = requests.get(f"{sandbox_url}/_inspect/faults", timeout=20).json()["presets"]
    assert len(presets) > 20
    faults: list[dict[str, Any]] = [
        *({"preset": preset, "skip": number % 4} for number, preset in enumerate(presets)),
        *({"kind": kind, "skip": skip} for kind, skip in product(KINDS, (0, 1, 3))),
    ]
    for one, medium in zip(faults, cycle(MEDIA), strict=False):
        fault(path=path, times=2, **one)
        go_through(name, medium, f"Gangguan {one}")
    assert any(place.startswith("error ") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("kind", ["status", *KINDS])
def test_an_upload_in_chunks_that_breaks_in_the_middle_shows_no_upload_address(
    kind: str, go_through: Any, fault: Callable[..., None], secrets: Secrets, watch: Watch, home: Path
) -> None:
    """TikTok's address carries its own permission, and the journal keeps it from one try to the next."""
    fault(kind=kind, method="PUT", path="/tiktok-upload/", times=-1, skip=1)
    go_through("tiktok", "long video", "Terputus")
    assert any(name.startswith("upload address") for name in secrets.names())
    assert_nothing_leaked(secrets, watch, home)


ECHO = "Malformed key {} in the request"


@pytest.mark.parametrize("status", [400, 401, 503])
@pytest.mark.parametrize("name", CLIENTS)
def test_a_platform_that_repeats_our_keys_in_its_refusal_does_not_make_us_repeat_them(
    name: str,
    status: int,
    clients: dict[str, str],
    go_through: Any,
    fault: Callable[..., None],
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    channel = name.split("_")[0]
    definition = json.loads(os.environ[f"AIRFLOW_CONN_{clients[name].upper()}"])
    fields = {**definition, **definition["extra"]}
    keys = [str(value) for field, value in fields.items() if SECRET_KEYS.search(field)]
    said = ECHO.format(" ".join(keys))
    bodies: tuple[Any, ...] = (
        {"error": {"message": said, "code": 190 if channel != "tiktok" else "access_token_invalid"}},
        {"title": "Unauthorized", "detail": said, "status": status, "type": "about:blank"},
        {"code": "rest_forbidden", "message": said, "data": {"status": status}},
        f"<html><body>{said}</body></html>",
    )
    for body in bodies:
        fault(kind="status", status=status, body=body, path=PREFIX[channel], times=-1)
        go_through(name, "picture", "Gema")
    assert any(place.startswith("error ") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("platform", ["x", "tiktok"])
def test_renewing_a_token_shows_neither_the_old_nor_the_new_pair(
    platform: str, go_through: Any, sandbox_url: str, secrets: Secrets, watch: Watch, home: Path
) -> None:
    before = secrets.names()
    body = {"platform": platform}
    requests.post(f"{sandbox_url}/_inspect/expire", json=body, timeout=20).raise_for_status()
    go_through({"x": "x_oauth2"}.get(platform, platform), "picture", "Token baru")
    assert {"answer/access_token", "answer/refresh_token"} <= secrets.names() - before
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_the_test_button_and_the_doctor_show_no_secret(
    name: str,
    clients: dict[str, str],
    fault: Callable[..., None],
    sandbox_url: str,
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    channel = name.split("_")[0]
    zone = load_office(DEFAULT_DATA_DIR / "offices", "kota-bengkulu").zone
    hook = hook_class(channel)(clients[name], web_connection_id="medsos_web")
    presets = requests.get(f"{sandbox_url}/_inspect/faults", timeout=20).json()["presets"]
    for preset in ("", *presets):
        if preset:
            fault(preset=preset, path=PREFIX[channel], times=2)
        found = examine(hook, utc_now(), zone)
        watch.seen.append(("doctor", f"{found!r} {found.short} {found.remarks}"))
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrong_key_is_named_by_its_field_and_not_by_its_value(
    name: str, clients: dict[str, str], monkeypatch: pytest.MonkeyPatch, watch: Watch, home: Path
) -> None:
    variable = f"AIRFLOW_CONN_{clients[name].upper()}"
    definition = json.loads(os.environ[variable])
    wrong = Secrets()
    for place in (definition, definition["extra"]):
        for field in list(place):
            if field in ("password", "access_token", "access_secret", "consumer_secret", "bearer_token",
                         "refresh_token", "client_secret", "app_secret"):  # fmt: skip
                place[field] = f"kunci-keliru-{field}-Zx81"
                wrong.add(field, place[field])
    monkeypatch.setenv(variable, json.dumps(definition))
    client = client_for(name.split("_")[0], clients[name], web_connection_id="medsos_web")
    with pytest.raises(MedsosError) as caught:
        client.whoami()
    watch.error(caught.value)
    assert_nothing_leaked(_more(wrong), watch, home)


def _more(secrets: Secrets) -> Secrets:
    """Enough names for the check of the check."""
    for number in range(6):
        secrets.add(f"spare {number}", f"tidak-pernah-dipakai-{number}")
    return secrets
