"""TikTok's envelope and its error tables (contract 6.2, 6.6, 6.9)."""

from __future__ import annotations

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.rules import Problem, Rule, codes

_DAY = 86_400.0
_MINUTE = 60.0

RULES: tuple[Rule, ...] = (
    Rule(errors.AuthExpired, advice.AUTH_ENDED, codes=codes("access_token_invalid")),
    Rule(errors.AuthInvalid, advice.AUTH, codes=codes("invalid_grant", "invalid_client", "auth_removed")),
    Rule(
        errors.PermissionMissing,
        advice.PERMISSION,
        codes=codes("scope_not_authorized", "scope_permission_missed"),
    ),
    Rule(
        errors.PermissionMissing,
        advice.CONFIG,
        codes=codes("unaudited_client_can_only_post_to_private_accounts", "url_ownership_unverified"),
    ),
    Rule(
        errors.RateLimited,
        advice.DAILY,
        codes=codes("spam_risk_too_many_posts", "spam_risk_too_many_pending_share"),
        wait_seconds=_DAY,
        whole_account=False,
    ),
    Rule(
        errors.RateLimited,
        advice.RATE,
        codes=codes("rate_limit_exceeded"),
        wait_seconds=_MINUTE,
        whole_account=False,
    ),
    Rule(
        errors.AccountBlocked,
        advice.BLOCKED,
        codes=codes(
            "spam_risk_user_banned_from_posting", "reached_active_user_cap", "spam_risk_text", "spam_risk"
        ),
    ),
    Rule(errors.MediaInvalid, advice.MEDIA, codes=codes("invalid_file_upload")),
    Rule(
        errors.ContentInvalid,
        advice.CONTENT,
        codes=codes(
            "invalid_param",
            "invalid_params",
            "invalid_publish_id",
            "app_version_check_failed",
            "token_not_authorized_for_specified_publish_id",
            "publish_not_cancellable",
            "privacy_level_option_mismatch",
        ),
    ),
    Rule(
        errors.Transient,
        advice.SERVER,
        codes=codes("internal_error", "server_error", "temporarily_unavailable"),
    ),
)
"""Contract 6.9 and 7."""

FAIL_RULES: tuple[Rule, ...] = (
    Rule(
        errors.MediaInvalid,
        advice.MEDIA,
        codes=codes(
            "file_format_check_failed",
            "duration_check_failed",
            "frame_rate_check_failed",
            "picture_size_check_failed",
        ),
    ),
    Rule(errors.MediaInvalid, advice.FETCH, codes=codes("video_pull_failed", "photo_pull_failed")),
    Rule(errors.Transient, advice.SERVER, codes=codes("internal")),
    Rule(errors.ContentInvalid, advice.CONTENT, codes=codes("publish_cancelled")),
    *RULES,
)
"""`fail_reason` of a post that TikTok took and then refused (contract 6.6)."""


def read_problem(answer: Answer) -> Problem | None:
    """The envelope's error, whose absence is written "ok"; token errors are flat."""
    error = answer.object.get("error")
    if isinstance(error, str):
        return Problem(
            code=error,
            message=answer.text_at("error_description"),
            trace_id=answer.text_at("log_id") or None,
        )
    code = answer.text_at("error", "code")
    if not code or code == "ok":
        return None
    return Problem(
        code=code,
        message=answer.text_at("error", "message"),
        trace_id=answer.text_at("error", "log_id") or None,
    )


def fail_problem(answer: Answer) -> Problem:
    reason = answer.text_at("data", "fail_reason") or "internal"
    return Problem(code=reason, message=reason, trace_id=answer.text_at("error", "log_id") or None)
