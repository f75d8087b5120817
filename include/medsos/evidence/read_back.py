"""What a platform's API tells about a post, as a file: the proof where nobody can photograph the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from medsos.channels.base import FoundPost
from medsos.channels.redaction import redact
from medsos.evidence.archive import Archive
from medsos.evidence.record import keep_evidence
from medsos.store.models import Evidence, Publication

FORMAT = 1


def read_back_document(found: FoundPost, *, channel: str, account: str, why: str, read_at: datetime) -> bytes:
    """The post as the platform has it now, as JSON without secrets.

    :param why: Indonesian sentence: why there is no screenshot.
    :param read_at: aware.
    """
    content = {
        "format": FORMAT,
        "kind": "read_back",
        "channel": channel,
        "account": account,
        "read_at": read_at.astimezone(UTC).isoformat(timespec="seconds"),
        "why_no_screenshot": why,
        "post": {
            "post_id": found.post_id,
            "text": found.text,
            "created_at": found.created_at.astimezone(UTC).isoformat() if found.created_at else None,
            "permalink": found.permalink,
            "answer_of_the_platform": dict(found.raw),
        },
    }
    return json.dumps(_without_secrets(content), indent=2, ensure_ascii=False, default=str).encode()


def keep_read_back(
    session: Session,
    archive: Archive,
    publication: Publication,
    found: FoundPost,
    *,
    account: str,
    why: str,
    read_at: datetime,
) -> Evidence:
    """Archive what the platform told and record it, of kind `read_back`.

    :raises EvidenceError: the archive refuses the file.
    """
    return keep_evidence(
        session,
        archive,
        publication.id,
        kind="read_back",
        data=read_back_document(
            found, channel=publication.channel, account=account, why=why, read_at=read_at
        ),
        suffix="json",
        source_url=found.permalink or publication.permalink or "",
        captured_at=read_at,
    )


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_without_secrets(item) for item in value]
    return value
