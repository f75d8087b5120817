"""Hooks make working clients from Connections, and their Test button tells the truth in Indonesian."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from medsos.channels.base import Media, Post
from medsos.errors import AuthInvalid, ConfigError
from medsos.hooks import client_for
from medsos.hooks.registry import HOOKS, hook_class

NAMES = {
    "web": "Admin Medsos",
    "facebook": "KPU Kota Bengkulu",
    "instagram": "@kpukotabengkulu",
    "x": "@kpukotabengkulu",
    "tiktok": "@kpukotabengkulu",
}
Connect = Callable[[str, dict[str, Any]], None]


@pytest.fixture(autouse=True)
def _no_stored_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Airflow database here; `test_airflow_database.py` has one."""
    monkeypatch.setattr("medsos.hooks.tokens.VariableTokens.load", lambda self: None)


@pytest.mark.parametrize("channel", list(HOOKS))
def test_the_test_button_says_whose_account_it_is(connections: Any, channel: str) -> None:
    works, message = hook_class(channel)(f"medsos_{channel}").test_connection()

    assert works
    assert f"terhubung sebagai {NAMES[channel]}" in message


@pytest.mark.parametrize(
    ("channel", "place", "field"),
    [
        ("web", "definition", "password"),
        ("facebook", "definition", "password"),
        ("instagram", "definition", "password"),
        ("x", "extra", "access_secret"),
    ],
)
def test_the_test_button_says_that_a_key_is_wrong_and_does_not_show_it(
    connections: Any, connect: Connect, channel: str, place: str, field: str
) -> None:
    wrong = "kunci-yang-salah-12345"
    definition = {**connections[f"medsos_{channel}"]}
    if place == "extra":
        definition["extra"] = {**definition["extra"], field: wrong}
    else:
        definition[field] = wrong
    connect("medsos_uji", definition)

    works, message = hook_class(channel)("medsos_uji").test_connection()

    assert not works
    assert "kredensial ditolak" in message
    assert wrong not in message


@pytest.mark.parametrize("channel", list(HOOKS))
def test_an_empty_connection_says_which_field_is_missing(connect: Connect, channel: str) -> None:
    connect("medsos_kosong", {"conn_type": f"medsos_{channel}"})

    works, message = hook_class(channel)("medsos_kosong").test_connection()

    assert not works
    assert "medsos_kosong" in message
    assert "wajib diisi" in message


def test_a_host_without_scheme_is_refused(connect: Connect) -> None:
    connect("medsos_web", {"conn_type": "medsos_web", "host": "kpu.go.id", "login": "a", "password": "b"})

    works, message = hook_class("web")("medsos_web").test_connection()

    assert not works
    assert "https://" in message


def test_an_unreachable_host_is_said(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medsos.channels.http.ATTEMPTS", 1)
    definition = {"conn_type": "medsos_web", "host": "http://127.0.0.1:9", "login": "a", "password": "b"}
    connect("medsos_web", definition)

    works, message = hook_class("web")("medsos_web").test_connection()

    assert not works
    assert "tidak dapat dihubungi" in message


@pytest.mark.parametrize("channel", list(HOOKS))
def test_a_connection_survives_the_form_of_the_test_button(
    connections: Any, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    """Airflow's API hands the form's values to the hook as a URI in the environment."""
    from airflow.models import Connection

    definition = dict(connections[f"medsos_{channel}"])
    uri = Connection(conn_id="sementara", **definition).get_uri()
    monkeypatch.setenv("AIRFLOW_CONN_SEMENTARA", uri)

    works, message = hook_class(channel)("sementara").test_connection()

    assert works, message


@pytest.mark.parametrize("channel", ["instagram", "tiktok"])
def test_pictures_for_platforms_that_fetch_come_from_the_office_website(
    connections: Any, sandbox_url: str, tmp_path: Path, channel: str
) -> None:
    client = client_for(channel, f"medsos_{channel}", web_connection_id="medsos_web")
    journal: dict[str, Any] = {}
    post = Post(key="rapat-1", text="Rapat kerja", title="Rapat", media=(_picture(tmp_path),))

    client.prepare(post, journal)
    client.commit(post, journal)

    seen = requests.get(f"{sandbox_url}/_inspect/posts?platform={channel}", timeout=20).json()
    assert [entry["text"] for entry in seen] == ["Rapat kerja"]


def test_without_a_website_connection_the_lack_is_said(connections: Any, tmp_path: Path) -> None:
    client = hook_class("instagram")("medsos_instagram").get_client()
    post = Post(key="rapat-1", text="Rapat kerja", title="Rapat", media=(_picture(tmp_path),))

    with pytest.raises(ConfigError, match="Connection situs web tidak ditentukan"):
        client.prepare(post, {})


def _picture(folder: Path) -> Media:
    path = folder / "foto.jpg"
    Image.new("RGB", (1080, 1080), "#8a1c1c").save(path)
    return Media(
        path=path, media_type="image/jpeg", sha256="ab" * 32, size_bytes=path.stat().st_size,
        width=1080, height=1080, alt_text="Suasana rapat",
    )  # fmt: skip


ADDRESSES = {
    "web": {},
    "facebook": {"video_host": "https://unggah.uji", "site": "https://muka.uji", "version": "v25.0"},
    "instagram": {"site": "https://muka.uji", "version": "v25.0"},
    "x": {"renewal_host": "https://token.uji", "site": "https://muka.uji"},
    "tiktok": {"renewal_host": "https://token.uji", "site": "https://muka.uji"},
}


@pytest.mark.parametrize("channel", list(HOOKS))
def test_every_address_that_a_client_uses_comes_from_its_connection(
    connections: Any, connect: Connect, channel: str
) -> None:
    definition = connections[f"medsos_{channel}"]
    extra = {**definition["extra"], **ADDRESSES[channel]}
    if channel == "x":
        extra |= {"bearer_token": "a", "refresh_token": "b"}
    connect("medsos_uji", {**definition, "host": "https://api.uji", "extra": extra})

    settings = dataclasses.asdict(hook_class(channel)("medsos_uji").get_client()._settings)

    told = {"site" if channel == "web" else "host": "https://api.uji", **ADDRESSES[channel]}
    assert {name: settings[name] for name in told} == told
    place = re.compile(r"\w+://.*|v\d+\.0")
    left = {name for name, value in settings.items() if place.fullmatch(str(value))}
    assert left == set(told), "an address or version that no field of the form can change"


@pytest.mark.parametrize("channel", ["x", "tiktok"])
def test_tokens_are_renewed_at_the_host_of_the_connection(
    connections: Any, connect: Connect, sandbox_url: str, channel: str
) -> None:
    accounts = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json()[channel]
    definition = connections[f"medsos_{channel}"]
    extra = {**definition["extra"], "renewal_host": f"{sandbox_url}/lain"}
    if channel == "x":
        names = {"bearer_token": "oauth2_access_token", "refresh_token": "oauth2_refresh_token"}
        extra |= {ours: accounts[theirs] for ours, theirs in names.items()}
        extra |= {name: accounts[name] for name in ("client_id", "client_secret")}
    connect(f"medsos_{channel}", {**definition, "extra": extra})
    expire = {"platform": channel}
    requests.post(f"{sandbox_url}/_inspect/expire", json=expire, timeout=20).raise_for_status()

    # There is nothing at that host: the renewal is refused there, and not made at the API's own.
    with pytest.raises(AuthInvalid):
        hook_class(channel)(f"medsos_{channel}").get_client().whoami()

    seen = requests.get(f"{sandbox_url}/_inspect/requests", timeout=20).json()
    assert not [entry for entry in seen if entry["path"].endswith(("/oauth2/token", "/oauth/token/"))]


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
def test_the_graph_version_of_the_connection_is_the_one_that_is_asked(
    connections: Any, connect: Connect, sandbox_url: str, channel: str
) -> None:
    definition = connections[f"medsos_{channel}"]
    connect(f"medsos_{channel}", {**definition, "extra": {**definition["extra"], "version": "v25.0"}})

    assert hook_class(channel)(f"medsos_{channel}").test_connection()[0]

    seen = requests.get(f"{sandbox_url}/_inspect/requests", timeout=20).json()
    assert seen
    assert all("/v25.0/" in entry["path"] for entry in seen)
