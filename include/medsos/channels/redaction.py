"""Takes secrets out of texts before anybody sees or stores them."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"

_NAMES = (
    r"access_token|refresh_token|id_token|client_secret|consumer_secret|app_secret|appsecret_proof|"
    r"fb_exchange_token|input_token|upload_token|application_password|password|passwd|secret|oauth_[a-z_]+"
)

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # JSON: "access_token": "…"
    (re.compile(rf"""(?i)(["'](?:{_NAMES})["']\s*:\s*)(["'])(?:\\.|(?!\2).)*\2"""), rf"\1\2{MASK}\2"),
    # Query, form and OAuth header: access_token=…, oauth_signature="…"
    (re.compile(rf"""(?i)\b({_NAMES})(\s*=\s*|%3D)("[^"]*"|[^\s&"'<>,;]+)"""), rf"\1\2{MASK}"),
    (re.compile(r"(?i)\b(authorization)(['\"]?\s*[:=]\s*)[^\r\n]+"), rf"\1\2{MASK}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=!*-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\bOAuth\s+(?=\S*\d)[A-Za-z0-9._~+/=|-]{16,}"), f"OAuth {MASK}"),
    (re.compile(r"(?i)(https?://)[^\s/@:]+:[^\s/@]+@"), rf"\1{MASK}@"),
    # Tokens of Meta and TikTok, and WordPress application passwords, by their look.
    (re.compile(r"\b(?:EAA|IGQ|IGAA)[A-Za-z0-9_-]{16,}"), MASK),
    (re.compile(r"\b(?:act|rft)\.[A-Za-z0-9!*._-]{10,}"), MASK),
    (
        re.compile(r"\b(?=[A-Za-z ]{0,28}\d)(?=[0-9 ]{0,28}[A-Za-z])(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}\b"),
        MASK,
    ),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without tokens, passwords and signatures.

    :param secrets: values known to be secret; they are removed wherever and however they stand.
    """
    for secret in sorted({s for s in secrets if len(s) >= 4}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
