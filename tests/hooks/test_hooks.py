"""Hooks make working clients from Connections, and their Test button tells the truth in Indonesian."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from medsos.channels.base import Media, Post
from medsos.errors import ConfigError
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
