"""Fills in the approval form as a browser would."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient


def fields_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(token|segel)" value="([^"]+)"', html))


def send(browser: TestClient, cycle_id: int, *, round_no: int = 1, **fields: str):
    """Open the form and press a button, as a browser does."""
    address = f"/medsos/persetujuan/{cycle_id}/{round_no}"
    given = {**fields_of(browser.get(address).text), **fields}
    return browser.post(address, data=given, headers={"sec-fetch-site": "same-origin"})
