"""Keeps secrets out of what the HTTP libraries write to the log when somebody turns on DEBUG.

`urllib3` writes every address with its query, which holds `appsecret_proof` and TikTok's upload permission;
the OAuth 1 libraries write the access token and every signature.
"""

from __future__ import annotations

import logging
import re

from medsos.channels.redaction import MASK

WITH_ADDRESSES = ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry")
WITH_SIGNATURES = (
    "oauthlib.oauth1.rfc5849",
    "oauthlib.oauth1.rfc5849.signature",
    "requests_oauthlib.oauth1_auth",
)
_QUERY = re.compile(r"\?[^\s\"'<>)]+")


def hush() -> None:
    """Put the filters in place; doing it again changes nothing."""
    for name in WITH_ADDRESSES:
        logging.getLogger(name).addFilter(_without_queries)
    for name in WITH_SIGNATURES:
        logging.getLogger(name).addFilter(_only_warnings)


def _without_queries(record: logging.LogRecord) -> bool:
    record.msg = _QUERY.sub(f"?{MASK}", str(record.msg))
    if isinstance(record.args, tuple):
        record.args = tuple(map(_clean, record.args))
    return True


def _clean(value: object) -> object:
    """Numbers stay numbers, for the record's format; an error becomes its text."""
    if isinstance(value, str | BaseException) and "?" in str(value):
        return _QUERY.sub(f"?{MASK}", str(value))
    return value


def _only_warnings(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
