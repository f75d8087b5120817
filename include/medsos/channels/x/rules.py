"""X's error table and the forms that its errors come in (contract 5.8)."""

from __future__ import annotations

from typing import Any

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.rules import Problem, Rule, codes, statuses

NO_SUCH_POST = "resource-not-found"

RULES: tuple[Rule, ...] = (
    Rule(errors.MediaInvalid, advice.MEDIA_AGAIN, statuses=statuses(400), contains="media ids are invalid"),
    Rule(errors.Duplicate, advice.DUPLICATE, contains="duplicate content"),
    Rule(errors.Duplicate, advice.DUPLICATE, codes=codes(187)),
    Rule(
        errors.Transient,
        advice.SERVER,
        codes=codes("token/server_error", "token/temporarily_unavailable"),
    ),
    Rule(errors.AuthInvalid, advice.AUTH, codes=codes(32, 89)),
    Rule(errors.AuthInvalid, advice.AUTH, codes=codes("token"), statuses=frozenset(range(200, 500))),
    Rule(errors.AuthInvalid, advice.AUTH, statuses=statuses(401)),
    Rule(errors.QuotaExhausted, advice.QUOTA, statuses=statuses(402)),
    Rule(
        errors.QuotaExhausted,
        advice.QUOTA,
        codes=codes("usage-capped", "credits", "credits-depleted"),
    ),
    Rule(errors.RateLimited, advice.RATE, codes=codes(88), whole_account=False),
    Rule(errors.RateLimited, advice.RATE, statuses=statuses(429), whole_account=False),
    Rule(errors.AccountBlocked, advice.BLOCKED, codes=codes(326, 63, 64)),
    Rule(errors.AccountBlocked, advice.BLOCKED, statuses=statuses(403), contains="suspended"),
    Rule(errors.AccountBlocked, advice.BLOCKED, statuses=statuses(403), contains="locked"),
    Rule(
        errors.PermissionMissing,
        advice.CONFIG,
        codes=codes(
            "unsupported-authentication", "client-forbidden", "oauth1-permissions", "client-not-enrolled"
        ),
    ),
    Rule(errors.ContentInvalid, advice.CONTENT, codes=codes(186)),
    Rule(errors.ContentInvalid, advice.CONTENT, statuses=statuses(403), contains="longer than"),
    Rule(errors.ContentInvalid, advice.CONTENT, statuses=statuses(403), contains="too long"),
    Rule(errors.ContentInvalid, advice.CONTENT, statuses=statuses(403), contains="cashtag"),
    Rule(errors.PostGone, advice.MISSING, codes=codes(NO_SUCH_POST)),
)
"""Contract 5.8. Codes are legacy numbers or the last part of a problem's `type`."""


def rules(*, oauth2: bool) -> tuple[Rule, ...]:
    """An OAuth 2 token that is refused may only have ended; OAuth 1 keys do not end."""
    if not oauth2:
        return RULES
    return (Rule(errors.AuthExpired, advice.AUTH_ENDED, statuses=statuses(401)), *RULES)


def read_problem(answer: Answer) -> Problem | None:
    """X's problem object, the legacy error list, or a 200 that holds errors and no data (contract 5.8)."""
    body = answer.object
    if isinstance(body.get("error"), str) and answer.status in (400, 401):
        return Problem(code="token/" + body["error"], message=answer.text_at("error_description"))
    listed = body.get("errors")
    first: Any = listed[0] if isinstance(listed, list) and listed else {}
    first = first if isinstance(first, dict) else {}
    if answer.ok and (not listed or "data" in body):
        return None
    if not body:
        return None
    kind = str(body.get("type") or first.get("type") or "").rstrip("/").rpartition("/")[2]
    code = first.get("code") or (kind if kind and kind != "about:blank" else None)
    said = (first.get("message"), body.get("detail"), first.get("detail"), body.get("title"))
    return Problem(
        code=str(code) if code else None,
        message=" — ".join(dict.fromkeys(str(text) for text in said if text)),
        trace_id=answer.headers.get("x-transaction-id"),
    )
