"""A platform's answer to one request, read once and tolerant of what is not JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

EXCERPT_LENGTH = 200


@dataclass(frozen=True)
class Answer:
    """Status, headers (case-insensitive), text and, where the text is JSON, its value."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any

    @classmethod
    def of(cls, response: requests.Response) -> Answer:
        """UTF-8 unless the platform says otherwise."""
        if "charset" not in response.headers.get("Content-Type", "").lower():
            response.encoding = "utf-8"
        return cls.read(response.status_code, response.headers, response.text)

    @classmethod
    def read(cls, status: int, headers: Mapping[str, str], text: str) -> Answer:
        try:
            value = json.loads(text) if text.strip() else None
        except ValueError:
            value = None
        return cls(status=status, headers=headers, text=text, json=value)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def object(self) -> dict[str, Any]:
        """The JSON object, or an empty one when the answer is none."""
        return self.json if isinstance(self.json, dict) else {}

    @property
    def excerpt(self) -> str:
        """The first 200 characters, on one line."""
        return " ".join(self.text.split())[:EXCERPT_LENGTH]

    @property
    def server_time(self) -> datetime | None:
        """The platform's own clock, from the `Date` header."""
        try:
            moment = parsedate_to_datetime(self.headers.get("Date", ""))
        except (TypeError, ValueError):
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def header_json(self, name: str) -> Any:
        try:
            return json.loads(self.headers.get(name, ""))
        except ValueError:
            return None

    def text_at(self, *path: str) -> str:
        """The value at a path of keys as text; empty when there is none. Numbers keep all their digits."""
        value: Any = self.json
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return "" if value is None or isinstance(value, dict | list) else str(value)
