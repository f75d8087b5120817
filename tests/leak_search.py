"""Finds a secret in whatever form it may have got into a file, a log line or a page."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters; anything shorter would be found by chance."""

SECRET_KEYS = re.compile(
    r"(?i)token|secret|password|proof|signature|private|fernet|jwt|^session$|^authorization$"
)
"""Names of JSON fields and parameters whose values are secret."""

PATTERNS: dict[str, re.Pattern[bytes]] = {
    "access_token= with a value": re.compile(rb"(?i)access_token(?:=|%3D)(?!\*\*\*)[A-Za-z0-9._~+/%-]{6,}"),
    "OAuth signature": re.compile(rb"(?i)oauth_signature(?:=|%3D)\\?\"?(?!\*\*\*)[A-Za-z0-9%+/]{8,}"),
    "upload token": re.compile(rb"(?i)upload_token(?:=|%3D)(?!\*\*\*)[A-Za-z0-9._~-]{6,}"),
    "app secret proof": re.compile(rb"(?i)appsecret_proof(?:=|%3D)(?!\*\*\*)[0-9a-f]{16,}"),
    "session of Airflow": re.compile(rb"eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    "bearer header": re.compile(
        rb"(?i)authorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic|oauth)\s+[a-z0-9._~+/=-]{8,}"
    ),
}
"""What betrays a secret whose value nobody knows beforehand."""


@dataclass(frozen=True)
class Leak:
    """Where what was found. The secret itself is not repeated: a report is seen by many."""

    place: str
    what: str


class Secrets:
    """The values that must be found nowhere, each under a name, in all their written forms."""

    def __init__(self) -> None:
        self._forms: dict[bytes, str] = {}

    def add(self, name: str, value: str) -> None:
        if len(value) >= SHORTEST:
            for form in forms(value):
                self._forms.setdefault(form, name)

    def add_from(self, value: Any, *, path: str = "", known: bool = False) -> None:
        """Every text in a JSON value that stands under a name of `SECRET_KEYS`."""
        if isinstance(value, Mapping):
            for key, inner in value.items():
                self.add_from(inner, path=f"{path}/{key}", known=known or bool(SECRET_KEYS.search(str(key))))
        elif isinstance(value, list):
            for inner in value:
                self.add_from(inner, path=path, known=known)
        elif known and isinstance(value, str):
            self.add(path, value)

    def __len__(self) -> int:
        return len(set(self._forms.values()))

    def names(self) -> set[str]:
        return set(self._forms.values())

    def search(self, place: str, data: bytes | str) -> list[Leak]:
        """Every secret and every pattern in `data`, once."""
        content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        found = {name for form, name in self._forms.items() if form in content}
        found |= {name for name, pattern in PATTERNS.items() if pattern.search(content)}
        return [Leak(place, name) for name in sorted(found)]


def forms(value: str) -> Iterator[bytes]:
    """As it is, in addresses, in JSON, in HTML, and within a longer base64 at each of its three offsets."""
    plain = value.encode()
    yield plain
    for text in (quote(value, safe=""), quote(value), quote_plus(value), json.dumps(value)[1:-1]):
        yield text.encode()
    yield html.escape(value).encode()
    yield quote(quote(value, safe=""), safe="").encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            # The letters at both ends depend on what stands beside the secret.
            inner = encode(bytes(offset) + plain)[4 if offset else 0 : len(plain) * 4 // 3 - 4]
            if len(inner) >= SHORTEST:
                yield inner
    yield plain.hex().encode()


def search_files(secrets: Secrets, root: Path, *, but: Iterable[Path] = ()) -> list[Leak]:
    """Search all files below `root`, as bytes: also what a database has deleted and not yet overwritten."""
    spared = tuple(but)
    leaks = []
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(path == one or one in path.parents for one in spared):
            leaks += secrets.search(str(path.relative_to(root)), path.read_bytes())
    return leaks
