"""What a Meta token may do and how long it lives, from `debug_token` (contract 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.access import NEVER_ENDS, Right, Token, missing
from medsos.channels.graph import api as graph
from medsos.channels.http import Phase


def token_facts(
    api: graph.GraphApi, settings: graph.GraphSettings, app_id: str | None
) -> dict[str, Any] | None:
    """`data` of `debug_token`, asked with the app's own token where its number is known.

    :returns: None where Meta does not let this token look at itself.
    :raises AuthInvalid: the token is dead.
    """
    asking, proof = settings.token, None
    if app_id and settings.app_secret:
        asking = f"{app_id}|{settings.app_secret}"
        proof = graph.app_proof(asking, settings.app_secret)
        api.http.add_secret(asking)
    try:
        answer = api.http.send(
            "GET",
            api.url("debug_token"),
            params={"input_token": settings.token, **(api.proof if proof is None else proof)},
            headers={"Authorization": f"Bearer {asking}"},
            signed=False,
            phase=Phase.READ,
        )
    except (errors.PermissionMissing, errors.ContentInvalid):
        return None
    data = answer.object.get("data")
    if not isinstance(data, dict):
        return None
    if data.get("is_valid") is False:
        raise errors.AuthInvalid(f"{api.platform}: {advice.AUTH}")
    return data


def rights_missing(facts: dict[str, Any] | None, needed: Sequence[Right]) -> tuple[Right, ...] | None:
    """The rights that the token lacks; None when Meta did not tell."""
    scopes = (facts or {}).get("scopes")
    return missing(needed, map(str, scopes)) if isinstance(scopes, list) else None


def life_of(facts: dict[str, Any] | None) -> Token:
    """`expires_at` is 0 for a token without an end; the access to data then still has one."""
    if facts is None or "expires_at" not in facts:
        return Token()
    ends, data_ends = _moment(facts.get("expires_at")), _moment(facts.get("data_access_expires_at"))
    if ends:
        return Token(ends, "buat token baru sebelum tanggal ini")
    if data_ends:
        return Token(
            data_ends,
            "akses data; token sendiri tidak berakhir. Sambungkan ulang akun sebelum tanggal ini",
        )
    return NEVER_ENDS


def _moment(value: object) -> datetime | None:
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and value > 0 else None
