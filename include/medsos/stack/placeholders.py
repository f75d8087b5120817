"""Refuses to run on secrets that everybody knows, and makes fresh ones from `.env.example`."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from medsos.stack.config import PROJECT_ROOT

PLACEHOLDER = "GANTI_SAYA"
"""What stands in `.env.example` where a secret belongs."""

SECRETS = (
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "MEDSOS_ANALYST_PASSWORD",
    "MEDSOS_FERNET_KEY",
    "MEDSOS_JWT_SECRET",
    "MEDSOS_SESSION_SECRET",
)

_WELL_KNOWN = {"admin", "airflow", "password", "postgres", "redis", "secret", "changeme", "medsos", "123456"}
_SHORTEST = 16


def problems(environ: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence per secret that is missing, a placeholder, well known, too short or malformed."""
    return [sentence for name in SECRETS if (sentence := _problem(name, environ.get(name, "")))]


def _problem(name: str, value: str) -> str | None:
    if not value:
        return f"{name} belum diisi di .env."
    if PLACEHOLDER in value.upper() or value.lower() in _WELL_KNOWN:
        return f"{name} masih berisi nilai contoh; ganti di .env dengan nilai rahasia sendiri."
    if name == "MEDSOS_FERNET_KEY":
        try:
            Fernet(value)
        except ValueError:
            return f"{name} bukan kunci Fernet (32 byte dalam base64)."
        return None
    if len(value) < _SHORTEST:
        return f"{name} terlalu pendek; pakai sedikitnya {_SHORTEST} karakter."
    if name.endswith("_PASSWORD") and not re.fullmatch(r"[A-Za-z0-9_.~-]+", value):
        return f"{name} hanya boleh berisi huruf, angka, dan tanda _ . ~ - (menjadi bagian alamat URL)."
    return None


def check_environment(environ: Mapping[str, str] = os.environ) -> int:
    """Exit code: 0 when all secrets are fit for use; otherwise 2, with the reasons on standard error."""
    found = problems(environ)
    if found:
        sys.stderr.write("Layanan tidak dijalankan:\n" + "".join(f"• {sentence}\n" for sentence in found))
        sys.stderr.write("Nilai baru untuk semuanya dibuat dengan: medsos env\n")
        return 2
    return 0


def fresh_env(example: Path = PROJECT_ROOT / ".env.example") -> str:
    """The text of `.env.example` with a new secret for every placeholder."""
    lines = []
    for line in example.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and value == PLACEHOLDER:
            line = f"{name}={_fresh(name)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _fresh(name: str) -> str:
    return Fernet.generate_key().decode() if name == "MEDSOS_FERNET_KEY" else secrets.token_urlsafe(32)
