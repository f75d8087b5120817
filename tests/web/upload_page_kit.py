"""Fills in the page of an upload as a browser would."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import httpx
from fastapi.testclient import TestClient
from PIL import Image
from web_samples import asked

from medsos.store.models import Evidence
from medsos.store.session import transaction

UPLOAD = ("Sudah tayang", "Belum tayang, unggah ulang", "Batalkan")
PROOF = ("Kirim tangkapan layar", "Tanpa tangkapan layar")


def waits_for(cycle_id: int, channel: str = "facebook") -> dict[str, Any]:
    return asked(
        cycle_id,
        f"upload.publish_{channel}",
        subject=f"Langkah 4 · Unggah sendiri · Siklus {cycle_id}: Simulasi",
        people=("admin",),
        options=UPLOAD,
    )


def screenshot(size: tuple[int, int] = (780, 1688)) -> bytes:
    """A phone's screenshot that tells where it was taken."""
    image = Image.new("RGB", size, "#3b5998")
    exif = Image.Exif()
    exif[0x0110] = "Ponsel Pribadi"
    target = BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def fields_of(html: str) -> dict[str, str]:
    """What the form on the page holds, as a browser would send it."""
    return dict(re.findall(r'name="(token|tautan|tangkapan)"[^>]* value="([^"]*)"', html))


def send(
    browser: TestClient,
    cycle_id: int,
    channel: str = "facebook",
    *,
    page: str | None = None,
    file: tuple[str, bytes] | None = None,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> httpx.Response:
    """Fill in the page, or the one given, and press a button."""
    address = f"/medsos/unggahan/{cycle_id}/{channel}"
    given = {**fields_of(page or browser.get(address).text), **fields}
    files = {"berkas": (*file, "image/jpeg")} if file else {"berkas": ("", b"", "application/octet-stream")}
    return browser.post(
        address, data=given, files=files, headers=headers or {"sec-fetch-site": "same-origin"}
    )


def proofs() -> list[Evidence]:
    with transaction() as session:
        return session.query(Evidence).order_by(Evidence.id).all()
