"""Fills in the pages of a request as a browser would, and makes small files for it."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

import httpx
from fastapi.testclient import TestClient
from PIL import Image

from medsos.drafts import book
from medsos.store.models import Draft, DraftFile
from medsos.store.session import transaction

OFFICE = "kota-bengkulu"
OWN_PAGE = {"sec-fetch-site": "same-origin"}


def photo(colour: str = "#9b1c1f", size: tuple[int, int] = (1200, 900)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG", quality=95)
    return target.getvalue()


def token_of(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found, "the page has no form"
    return found[1]


def begun(browser: TestClient, content_type: str = "sosialisasi_tahapan") -> str:
    """Begin a draft through the page; returns its id."""
    page = browser.get("/medsos/ajukan")
    answer = browser.post(
        "/medsos/ajukan",
        data={"token": token_of(page.text), "kantor": OFFICE, "jenis": content_type},
        headers=OWN_PAGE,
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rsplit("/", 1)[1]


def fields_of(html: str) -> dict[str, Any]:
    """What the form on the page holds, as a browser would send it."""
    fields: dict[str, Any] = {"token": token_of(html)}
    for tag in re.findall(r"<input [^>]*>", html):
        name = re.search(r'name="(\w+)"', tag)
        kind = re.search(r'type="([\w-]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if not name or not kind or kind[1] in ("file", "hidden"):
            continue
        if kind[1] == "checkbox":
            if " checked" in tag and value:
                fields.setdefault(name[1], []).append(value[1])
        elif kind[1] != "radio" or " checked" in tag:
            fields[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>\n?(.*?)</textarea>', html, re.S):
        fields[name] = unescape(text)
    return fields


def press(
    browser: TestClient,
    draft_id: str,
    button: str,
    *,
    files: list[tuple[str, bytes]] | None = None,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> httpx.Response:
    """Fill in the page and press a button. The answer of a redirect is not followed."""
    address = f"/medsos/ajukan/{draft_id}"
    given = {**fields_of(browser.get(address).text), **fields, "aksi": button}
    sent = [("berkas", (name, data, "application/octet-stream")) for name, data in files or []]
    return browser.post(
        address,
        data=given,
        files=sent or [("berkas", ("", b"", "application/octet-stream"))],
        headers=headers or OWN_PAGE,
    )


def upload(
    browser: TestClient, draft_id: str, name: str, data: bytes, *, piece: int = 1 << 20, **more: Any
) -> httpx.Response:
    """Upload in pieces as the script does; returns the last answer."""
    headers = {**OWN_PAGE, "x-medsos-token": token_of(browser.get(f"/medsos/ajukan/{draft_id}").text)}
    address = f"/medsos/ajukan/{draft_id}/berkas"
    told = {"nama": name, "ukuran": more.get("size", len(data)), "cap": more.get("stamp", "1")}
    answer = browser.post(address, json=told, headers=headers)
    if answer.status_code != 201:
        return answer
    file_id, offset = answer.json()["id"], answer.json()["sudah"]
    while offset < len(data):
        answer = browser.patch(
            f"{address}/{file_id}",
            content=data[offset : offset + piece],
            headers={**headers, "upload-offset": str(offset)},
        )
        if answer.status_code != 200:
            return answer
        offset += piece
    return answer


def stored(draft_id: str) -> Draft:
    with transaction() as session:
        return session.get_one(Draft, draft_id)


def stored_files(draft_id: str) -> list[DraftFile]:
    with transaction() as session:
        return book.files_of(session, draft_id)
