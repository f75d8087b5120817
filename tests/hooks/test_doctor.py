"""`medsos doctor` and the Test button say of every channel what somebody has to know or to do."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from medsos.channels.tokens import TokenPair
from medsos.hooks import doctor
from medsos.hooks.diagnosis import examine
from medsos.hooks.registry import HOOKS, hook_class
from medsos.offices.model import Office, load_office
from medsos.settings import load_settings

NOW = datetime.now(UTC)
Connect = Callable[[str, dict[str, Any]], None]


@pytest.fixture(autouse=True)
def _no_stored_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medsos.hooks.tokens.VariableTokens.load", lambda self: None)


@pytest.fixture
def office() -> Office:
    return load_office(load_settings().offices_dir, "kota-bengkulu")


def tell(sandbox_url: str, what: str, body: dict[str, Any]) -> None:
    requests.post(f"{sandbox_url}/_inspect/{what}", json=body, timeout=20).raise_for_status()


def see(channel: str, at: datetime = NOW) -> Any:
    return examine(hook_class(channel)(f"medsos_{channel}"), at)


@pytest.mark.parametrize("channel", list(HOOKS))
def test_a_healthy_channel_can_publish_and_needs_nobody(connections: Any, channel: str) -> None:
    one = see(channel)

    assert (one.reachable, one.can_publish, one.remarks) == (True, True, [])
    assert one.training


@pytest.mark.parametrize(
    ("channel", "rights", "token", "quota"),
    [
        ("web", "lengkap", "tidak berakhir sampai dicabut", "tidak diberitahukan"),
        ("facebook", "lengkap", r"\d+ \w+ 20\d\d \d\d\.\d\d WIB", r"permintaan API terpakai \d%"),
        ("instagram", "lengkap", r"\d+ \w+ 20\d\d \d\d\.\d\d WIB", "sisa 50 dari 50 postingan per 24 jam"),
        ("x", "tidak diberitahukan", "tidak berakhir sampai dicabut", r"permintaan API terpakai \d%"),
        ("tiktok", "lengkap", "diperbarui otomatis", "sisa 15 dari 15 postingan per 24 jam .+"),
    ],
)
def test_rights_token_and_quota_are_said_as_far_as_the_platform_tells(
    connections: Any, channel: str, rights: str, token: str, quota: str
) -> None:
    one = see(channel)

    assert one.rights_text == rights
    assert re.fullmatch(token, one.token_text)
    assert re.fullmatch(quota, one.quota_text)
    message = hook_class(channel)(f"medsos_{channel}").test_connection()[1]
    assert re.search(f"Izin: {rights}. Token: {token}. Kuota: {quota}.", message)


def test_a_right_that_publishing_needs_turns_the_test_red_and_is_named(
    connections: Any, sandbox_url: str
) -> None:
    tell(sandbox_url, "settings", {"meta_missing_permissions": ["pages_manage_posts"]})

    works, message = hook_class("facebook")("medsos_facebook").test_connection()

    assert not works
    assert "terhubung sebagai KPU Kota Bengkulu" in message
    assert "Izin belum ada: pages_manage_posts (menerbitkan)" in message


def test_a_right_that_only_the_numbers_need_is_said_but_not_red(connections: Any, sandbox_url: str) -> None:
    tell(sandbox_url, "settings", {"meta_missing_permissions": ["read_insights"]})

    works, message = hook_class("facebook")("medsos_facebook").test_connection()

    assert works
    assert "read_insights (membaca jumlah tayangan)" in message


def test_a_token_that_ends_within_a_week_is_said(connections: Any, sandbox_url: str) -> None:
    ends = NOW + timedelta(days=6)
    tell(sandbox_url, "settings", {"meta_token_expires_at": int(ends.timestamp())})

    [remark] = see("facebook").remarks
    assert re.fullmatch(r"Token segera berakhir \(.+ WIB\): buat token baru sebelum tanggal ini\.", remark)
    assert see("facebook", NOW - timedelta(days=2)).remarks == []


def test_a_quota_that_is_used_up_is_said_and_the_channel_stays_green(
    connections: Any, sandbox_url: str
) -> None:
    tell(sandbox_url, "settings", {"instagram_quota_total": 0})

    one = see("instagram")

    assert one.can_publish
    assert one.remarks == ["Kuota postingan 24 jam habis; sistem menunggu sampai dibuka."]


def test_an_api_limit_that_is_nearly_used_up_is_said(connections: Any, sandbox_url: str) -> None:
    tell(sandbox_url, "settings", {"rate_limits": {"x_me": 1}})

    assert see("x").remarks == ["Batas permintaan API hampir habis: permintaan API terpakai 100%."]


def test_a_refused_key_and_a_dead_address_are_told_apart(
    connections: Any, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medsos.channels.http.ATTEMPTS", 1)
    connect("medsos_facebook", {**connections["medsos_facebook"], "password": "salah"})
    connect("medsos_x", {**connections["medsos_x"], "host": "http://127.0.0.1:9"})

    assert (see("facebook").reachable, see("facebook").can_publish) == (True, False)
    assert (see("x").reachable, see("x").can_publish) == (False, False)
    assert "kredensial ditolak" in see("facebook").remarks[0]
    assert "tidak dapat dihubungi" in see("x").remarks[0]


def test_a_limit_that_is_used_up_says_when_it_opens(
    connections: Any, office: Office, sandbox_url: str
) -> None:
    tell(sandbox_url, "faults", {"kind": "status", "preset": "retry_after_429", "path": "^/x/"})

    for _ in range(2):
        text = doctor.office_text(office, doctor.examine_office(office, datetime.now(UTC)))
        [line] = [line for line in text.splitlines() if line.startswith("X (Twitter)  ")]
        assert line.split()[2] == "menunggu"
        assert re.search(
            r"^X \(Twitter\): batas jumlah .+ Dapat dicoba lagi \d+ .+ WIB\.$", text, re.MULTILINE
        )


def test_refused_keys_are_shown_as_refused_and_the_platform_is_named_once(
    connections: Any, office: Office, connect: Connect
) -> None:
    connect("medsos_web", {**connections["medsos_web"], "password": "salah"})

    text = doctor.office_text(office, doctor.examine_office(office, NOW))

    [line] = [line for line in text.splitlines() if line.startswith("Website  ")]
    assert line.split()[1:3] == ["ya", "ditolak"]
    assert re.search(r"^Website: kredensial ditolak\. ", text, re.MULTILINE)


def test_a_connection_that_does_not_exist_was_not_asked() -> None:
    one = see("tiktok")

    assert (one.reachable, one.can_publish) == (None, False)
    assert "belum ada" in one.remarks[0]


def test_the_table_of_an_office_shows_every_channel_in_the_order_of_the_sop(
    connections: Any, office: Office, connect: Connect
) -> None:
    channels = office.channels | {"x": office.channels["x"].model_copy(update={"mode": "manual"})}
    office = office.model_copy(update={"channels": channels})
    connect("medsos_tiktok", {"conn_type": "medsos_tiktok"})

    text = doctor.office_text(office, doctor.examine_office(office, NOW))

    lines = text.splitlines()
    assert lines[0].startswith(office.name)
    assert lines[0].endswith("WIB")
    assert lines[1].split() == ["Kanal", "Terjangkau", "Akun", "Izin", "Token", "berlaku", "sampai", "Kuota"]
    assert [line.split()[0] for line in lines[3:8]] == ["Website", "Facebook", "Instagram", "X", "TikTok"]
    assert "KPU Kota Bengkulu (latihan)" in lines[4]
    assert "diunggah manual" in lines[6]
    assert "belum diatur" in lines[7]
    start = lines[1].index("Akun")
    assert all(line[start - 1] == " " and line[start] != " " for line in lines[3:8])
    assert "TikTok: Connection “medsos_tiktok”, isian Token akses: wajib diisi." in text
    assert "MODE LATIHAN" in lines[-1]


def test_the_exit_code_says_whether_every_channel_can_publish(
    connections: Any, connect: Connect, sandbox_url: str
) -> None:
    out = io.StringIO()
    assert doctor.main(out) == 0
    tell(sandbox_url, "settings", {"meta_missing_permissions": ["instagram_content_publish"]})
    assert doctor.main(out) == 1

    assert "Instagram: Izin belum ada: instagram_content_publish (menerbitkan)" in out.getvalue()


def test_no_key_of_any_channel_stands_in_the_table(connections: Any, office: Office) -> None:
    text = doctor.office_text(office, doctor.examine_office(office, NOW))

    for definition in connections.values():
        keys = {
            name: value for name, value in definition["extra"].items() if "secret" in name or "token" in name
        }
        for secret in (definition.get("password"), *keys.values()):
            assert not secret or secret not in text


def test_what_came_with_a_renewed_token_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    from medsos.hooks import tokens

    monkeypatch.undo()
    pair = TokenPair("akses", "penyegar", NOW, NOW + timedelta(days=180), ("video.publish", "video.list"))

    assert tokens._read(tokens._written(pair)) == pair
    assert tokens._read('{"access": "a", "refresh": "b"}') == TokenPair("a", "b")


def test_the_command_line_reads_the_connections_of_the_airflow_database(
    definitions: dict[str, dict[str, Any]], airflow_env: dict[str, str], tmp_path: Path
) -> None:
    exported = tmp_path / "connections.json"
    exported.write_text(json.dumps(definitions))

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=airflow_env,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    run("-m", "airflow", "connections", "import", str(exported))

    shown = run("-c", "import sys; from medsos.hooks.doctor import main; sys.exit(main())")

    assert shown.startswith("Komisi Pemilihan Umum Kota Bengkulu"), "something stands before the table"
    assert len(re.findall(r"^\S+.*  ya  .*\(latihan\)", shown, re.MULTILINE)) == 5
