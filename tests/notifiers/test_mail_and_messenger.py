"""Notices really arrive: by SMTP and by Apprise, in the training mailbox; what goes wrong is told apart."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from medsos.errors import NoticeError
from medsos.hooks.sandbox_connections import connection_for_sandbox
from medsos.notices.message import Message, preview
from medsos.notifiers.mail import MailNotifier
from medsos.notifiers.messenger import MessengerNotifier
from medsos.notifiers.ways import configured_ways
from medsos.offices.model import NoticeRules
from medsos.sandbox.testing import running_sandbox

MESSAGE = Message(
    id="<pemberitahuan-1.1@kantor.example>",
    subject="Pengingat: Persetujuan putaran 1 menunggu · Siklus 1: Rapat – pleno",
    plain="Buka http://kantor.example/medsos/persetujuan/1/1\n",
    html='<html><body><a href="http://x.example">Buka</a><img src="cid:pratinjau"></body></html>',
)


def with_picture() -> Message:
    target = BytesIO()
    Image.effect_noise((1080, 1350), 60).convert("RGB").save(target, "PNG")
    return Message(MESSAGE.id, MESSAGE.subject, MESSAGE.plain, MESSAGE.html, preview(target.getvalue()))


@pytest.fixture
def sandbox_url(tmp_path: Path, home: Path) -> Iterator[str]:
    with running_sandbox(tmp_path / "sandbox") as url:
        yield url


@pytest.fixture
def connections(sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    accounts = requests.get(f"{sandbox_url}/_inspect/accounts", timeout=20).json()
    found = connection_for_sandbox(accounts, sandbox_url)
    for name in ("medsos_mail", "medsos_apprise"):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(found[name]))
    return found


def inbox(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{url}/_inspect/mailbox", timeout=20).json()
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.usefixtures("connections")
def test_a_mail_arrives_with_text_html_and_the_picture_inside(sandbox_url: str) -> None:
    marks: list[str] = []
    MailNotifier(
        message=with_picture(), to="kasubbag@latihan.example", connection_id="medsos_mail",
        committing=lambda: marks.append("now"),
    ).notify({})  # fmt: skip
    (letter,) = inbox(sandbox_url)
    assert letter["subject"] == MESSAGE.subject
    assert letter["to"] == ["kasubbag@latihan.example"]
    assert letter["plain"].strip() == MESSAGE.plain.strip()
    assert letter["message_id"] == MESSAGE.id
    assert len(letter["pictures"]) == 1
    assert "cid:" not in letter["html"]
    assert marks == ["now"]


@pytest.mark.usefixtures("connections")
def test_a_message_arrives_at_the_target_with_the_persons_tag_and_at_no_other(sandbox_url: str) -> None:
    MessengerNotifier(message=with_picture(), tag="kasubbag", connection_id="medsos_apprise").notify({})
    (letter,) = inbox(sandbox_url)
    assert letter["to"] == ["kasubbag"]
    assert "http://kantor.example/medsos/persetujuan/1/1" in letter["plain"]
    assert len(letter["pictures"]) == 1


def test_a_preview_is_small() -> None:
    picture = with_picture().picture
    assert picture is not None
    assert Image.open(BytesIO(picture)).width == 480
    assert len(picture) < 150_000
    assert preview(b"bukan gambar") is None


@pytest.mark.usefixtures("connections")
def test_the_ways_are_those_whose_connections_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = configured_ways(NoticeRules())
    assert list(ways) == ["mail", "apprise"]
    assert all(way.training for way in ways.values())
    monkeypatch.delenv("AIRFLOW_CONN_MEDSOS_MAIL")
    assert list(configured_ways(NoticeRules(apprise="tidak_ada"))) == []


def mail_to(port: int, monkeypatch: pytest.MonkeyPatch, **extra: object) -> MailNotifier:
    definition = {
        "conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "medsos",
        "password": "rahasia-surat",
        "extra": {
            "from_email": "medsos@kpu.example", "disable_ssl": True, "disable_tls": True, "timeout": 5,
            "retry_limit": 0, **extra,
        },
    }  # fmt: skip
    monkeypatch.setenv("AIRFLOW_CONN_MEDSOS_MAIL", json.dumps(definition))
    return MailNotifier(message=MESSAGE, to="a@kpu.example", connection_id="medsos_mail")


def test_a_server_that_is_down_is_worth_another_try(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = mail_to(free_port(), monkeypatch)
    notifier.committing = lambda: pytest.fail("nothing can have gone out")
    with pytest.raises(NoticeError) as caught:
        notifier.notify({})
    assert (caught.value.for_good, caught.value.perhaps_sent) == (False, False)


class ScriptedServer:
    """An SMTP server that says what it is told to; `None` as an answer breaks the line."""

    def __init__(self, **answers: str | None) -> None:
        self.answers = {
            "EHLO": "250 ok",
            "AUTH": "235 ok",
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go",
        }
        self.answers |= answers  # type: ignore[arg-type]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedServer:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        self.thread.join(10)

    def _serve(self) -> None:
        line, _ = self.listener.accept()
        with line, line.makefile("rwb") as stream:
            self._say(stream, "220 siap")
            for raw in stream:
                word = raw.split()[0].decode().upper() if raw.strip() else ""
                if word == "EHLO":
                    self._say(stream, "250-ok\r\n250 AUTH PLAIN")
                    continue
                answer = self.answers.get(word, "250 ok")
                if answer is None:
                    return
                self._say(stream, answer)
                if word == "DATA" and answer.startswith("354"):
                    for data in stream:
                        if data == b".\r\n":
                            break
                    if self.answers.get("END", "250 ok") is None:
                        return
                    self._say(stream, str(self.answers.get("END", "250 ok")))

    def _say(self, stream: Any, text: str) -> None:
        stream.write(text.encode() + b"\r\n")
        stream.flush()


@pytest.mark.parametrize(
    ("answers", "for_good", "perhaps", "words"),
    [
        ({"AUTH": "535 rahasia-surat salah"}, False, False, "535"),
        ({"RCPT": "550 tidak ada"}, True, False, "kode 550"),
        ({"RCPT": "451 nanti"}, False, False, "kode 451"),
        ({"END": "552 penuh"}, True, False, "kode 552"),
        ({"END": None}, False, True, "terputus"),
    ],
)
def test_what_a_mail_server_answers_decides_what_becomes_of_the_notice(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, str | None],
    for_good: bool,
    perhaps: bool,
    words: str,
) -> None:
    with ScriptedServer(**answers) as server:
        notifier = mail_to(server.port, monkeypatch)
        with pytest.raises(NoticeError, match=words) as caught:
            notifier.notify({})
    assert (caught.value.for_good, caught.value.perhaps_sent) == (for_good, perhaps)
    assert "rahasia-surat" not in str(caught.value)


def test_a_mail_connection_without_a_sender_is_explained(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server, pytest.raises(NoticeError, match="From email"):
        mail_to(server.port, monkeypatch, from_email="").notify({})


def messenger(monkeypatch: pytest.MonkeyPatch, config: object, tag: str = "kasubbag") -> MessengerNotifier:
    definition = {"conn_type": "apprise", "extra": {"config": config}}
    monkeypatch.setenv("AIRFLOW_CONN_MEDSOS_APPRISE", json.dumps(definition))
    return MessengerNotifier(message=MESSAGE, tag=tag, connection_id="medsos_apprise")


def test_a_messenger_that_is_down_an_unknown_tag_and_a_broken_list_are_told_apart(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    down = [{"path": f"json://127.0.0.1:{free_port()}/rahasia-bot/pesan", "tag": "kasubbag"}]
    with pytest.raises(NoticeError, match="tidak dapat dihubungi"):
        messenger(monkeypatch, down).notify({})
    with pytest.raises(NoticeError, match="tidak punya tujuan bertanda “sekretaris”"):
        messenger(monkeypatch, down, "sekretaris").notify({})
    with pytest.raises(NoticeError, match="config tidak terbaca"):
        messenger(monkeypatch, "{").notify({})
    assert "rahasia-bot" not in caplog.text


def test_of_two_targets_one_that_is_down_is_remarked_and_the_other_gets_it_once(
    home: Path, sandbox_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sandbox_url.removeprefix("http://")
    both = [
        {"path": f"json://{address}/pesan/kasubbag", "tag": "kasubbag"},
        {"path": f"json://127.0.0.1:{free_port()}/x", "tag": "kasubbag"},
    ]
    notifier = messenger(monkeypatch, both)
    notifier.notify({})
    assert len(inbox(sandbox_url)) == 1
    assert "1 dari 2" in notifier.remark


def test_a_bots_token_in_its_address_gets_into_no_log_line(
    home: Path, sandbox_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    address = sandbox_url.removeprefix("http://")
    caplog.set_level(logging.DEBUG)
    messenger(monkeypatch, {"path": f"json://{address}/pesan/rahasia-bot", "tag": "kasubbag"}).notify({})
    refused = {"path": f"json://{address}/rahasia-bot/tidak-ada", "tag": "kasubbag"}
    with pytest.raises(NoticeError):
        messenger(monkeypatch, refused).notify({})
    assert len(inbox(sandbox_url)) == 1
    assert "rahasia-bot" not in caplog.text
