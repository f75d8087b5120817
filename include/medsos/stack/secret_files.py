"""Keeps the keys and passwords of a stack in files that only their owner can read."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

# Without 0, O, 1, l and I: people type these passwords from a screen.
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` with mode 0600, in a folder with mode 0700; never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    scratch = path.with_name(path.name + ".baru")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    scratch.replace(path)


def keys(path: Path) -> dict[str, str]:
    """Keys of an installation (`fernet`, `jwt`, `session`); made on the first call and kept."""
    return _complete(
        path,
        {
            "fernet": Fernet.generate_key().decode(),
            "jwt": secrets.token_urlsafe(48),
            "session": secrets.token_urlsafe(32),
        },
    )


def passwords(path: Path, users: list[str]) -> dict[str, str]:
    """Password per user; made on the first call and kept. Airflow's SimpleAuthManager reads this file."""
    return _complete(path, {user: new_password() for user in users})


def new_password() -> str:
    """Sixteen characters, about 92 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def _complete(path: Path, fresh: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if missing := {name: value for name, value in fresh.items() if name not in kept}:
        kept |= missing
        write_private(path, json.dumps(kept, indent=2))
    return kept
