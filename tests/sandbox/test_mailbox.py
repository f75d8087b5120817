"""The training mailbox takes mail and messages, shows them, and forgets nothing over a restart."""

from __future__ import annotations

import base64
import smtplib
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import requests
from PIL import Image

from medsos.sandbox.testing import running_sandbox


def picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (48, 60), "#8f1d2c").save(target, "JPEG")
    return target.getvalue()


def mail(subject: str = "Pengingat: Persetujuan") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"] = subject, "medsos@latihan.example"
    message["To"] = "kasubbag@latihan.example"
    message.set_content("Buka https://kantor.example/medsos/persetujuan/1/1\n")
    message.add_alternative(
        '<html><head></head><body><p>Désain</p><img src="cid:gambar"><script>alert(1)</script></body></html>',
        subtype="html",
    )
    message.get_payload()[1].add_related(picture(), "image", "jpeg", cid="<gambar>")  # type: ignore[index]
    return message


def send(url: str, message: EmailMessage) -> None:
    place = requests.get(f"{url}/_inspect/accounts", timeout=20).json()["mail"]
    with smtplib.SMTP(place["host"], place["port"], timeout=20) as client:
        client.send_message(message)


def inbox(url: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = requests.get(f"{url}/_inspect/mailbox", timeout=20).json()
    return found


def test_a_mail_is_shown_with_its_picture_and_without_scripts(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as url:
        send(url, mail())
        listed = requests.get(f"{url}/kotak-surat", timeout=20).text
        assert "MODE LATIHAN" in listed
        assert "kasubbag@latihan.example" in listed
        page = requests.get(f"{url}/kotak-surat/1", timeout=20).text
        assert 'href="https://kantor.example/medsos/persetujuan/1/1"' in page
        body = requests.get(f"{url}/kotak-surat/1/isi", timeout=20)
        assert "Désain" in body.text
        assert "script-src" not in body.headers["Content-Security-Policy"]
        assert body.headers["Content-Security-Policy"].startswith("default-src 'none'; img-src 'self'")
        assert "sandbox" in body.headers["Content-Security-Policy"]
        source = body.text.split('<img src="')[1].split('"')[0]
        assert requests.get(f"{url}{source}", timeout=20).content == picture()
        assert "1 surat" in requests.get(url, timeout=20).text


def test_a_message_in_the_form_of_apprise_is_shown_with_its_picture(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as url:
        attachment = {
            "filename": "p.jpg",
            "base64": base64.b64encode(picture()).decode(),
            "mimetype": "image/jpeg",
        }
        payload = {
            "version": "1.0", "title": "Pengingat", "message": "Buka <b>https://kantor.example</b>",
            "type": "info", "attachments": [attachment],
        }  # fmt: skip
        assert requests.post(f"{url}/pesan/kasubbag", json=payload, timeout=20).status_code == 200
        page = requests.get(f"{url}/kotak-surat/1", timeout=20).text
        assert "&lt;b&gt;" in page
        assert "/cdn/" in page
        assert inbox(url)[0]["to"] == ["kasubbag"]


def test_a_message_without_text_or_with_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as url:
        for payload in ({}, {"message": ""}, {"message": "a", "attachments": [{"base64": "?"}]}, ["a"]):
            assert requests.post(f"{url}/pesan/kasubbag", json=payload, timeout=20).status_code == 400
        assert inbox(url) == []


def test_the_mailbox_keeps_its_letters_and_its_port_over_a_restart(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as url:
        send(url, mail("Pertama"))
        port = requests.get(f"{url}/_inspect/accounts", timeout=20).json()["mail"]["port"]
    with running_sandbox(tmp_path) as url:
        assert requests.get(f"{url}/_inspect/accounts", timeout=20).json()["mail"]["port"] == port
        send(url, mail("Kedua"))
        assert [letter["subject"] for letter in inbox(url)] == ["Pertama", "Kedua"]


def test_an_empty_mailbox_and_an_unknown_letter_say_so(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as url:
        assert "Belum ada surat" in requests.get(f"{url}/kotak-surat", timeout=20).text
        for path in ("/kotak-surat/7", "/kotak-surat/7/isi"):
            assert requests.get(url + path, timeout=20).status_code == 404
