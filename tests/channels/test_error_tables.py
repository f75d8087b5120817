"""Every refusal of the contract's tables becomes the right error class."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from medsos import errors
from medsos.channels.answer import Answer
from medsos.channels.graph import api as graph
from medsos.channels.http import HttpSession, Phase
from medsos.channels.rules import Problem, Rule, find_rule
from medsos.channels.tiktok import rules as tiktok_rules
from medsos.channels.wordpress import api as wordpress_api
from medsos.channels.x import rules as x_rules

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def session(rules: tuple[Rule, ...], read_problem: Callable[[Answer], Problem | None]) -> HttpSession:
    return HttpSession("Platform", rules=rules, read_problem=read_problem, clock=lambda: NOW)


SESSIONS = {
    "web": session(wordpress_api.RULES, wordpress_api.read_problem),
    "graph": session(graph.RULES, graph.read_problem),
    "x": session(x_rules.rules(oauth2=False), x_rules.read_problem),
    "x_oauth2": session(x_rules.rules(oauth2=True), x_rules.read_problem),
    "tiktok": session(tiktok_rules.RULES, tiktok_rules.read_problem),
}


def error_of(platform: str, status: int, body: Any, headers: dict[str, str] | None = None) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = Answer.read(status, CaseInsensitiveDict(headers or {}), text)
    return SESSIONS[platform].error_of(answer, Phase.PREPARE)


def graph_error(code: int, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    error = {"message": "The platform's words", "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    return {"error": error | ({"error_subcode": subcode} if subcode else {}) | more}


@pytest.mark.parametrize(
    ("code", "subcode", "expected"),
    [
        (190, 463, errors.AuthInvalid),
        (190, None, errors.AuthInvalid),
        (102, None, errors.AuthInvalid),
        (10, None, errors.PermissionMissing),
        (200, None, errors.PermissionMissing),
        (299, None, errors.PermissionMissing),
        (100, 33, errors.PostGone),
        (100, None, errors.ContentInvalid),
        (1, None, errors.Transient),
        (2, None, errors.Transient),
        (4, None, errors.RateLimited),
        (17, None, errors.RateLimited),
        (32, None, errors.RateLimited),
        (341, None, errors.RateLimited),
        (613, None, errors.RateLimited),
        (80001, None, errors.RateLimited),
        (80002, None, errors.RateLimited),
        (368, 1390008, errors.AccountBlocked),
        (506, None, errors.Duplicate),
        (197, None, errors.ContentInvalid),
        (324, None, errors.MediaInvalid),
        (1609005, None, errors.ContentInvalid),
        (1, 1366046, errors.MediaInvalid),
        (100, 1366046, errors.MediaInvalid),
        (100, 1404078, errors.AccountBlocked),
        (-2, 2207003, errors.Transient),
        (-2, 2207020, errors.Transient),
        (-1, 2207001, errors.Transient),
        (-1, 2207032, errors.Transient),
        (-1, 2207053, errors.Transient),
        (1, 2207057, errors.MediaInvalid),
        (4, 2207051, errors.AccountBlocked),
        (9, 2207042, errors.RateLimited),
        (24, 2207006, errors.ContentInvalid),
        (24, 2207008, errors.NotReady),
        (25, 2207050, errors.AccountBlocked),
        (100, 2207023, errors.MediaInvalid),
        (100, 2207028, errors.ContentInvalid),
        (352, 2207026, errors.MediaInvalid),
        (9004, 2207052, errors.MediaInvalid),
        (9007, 2207027, errors.NotReady),
        (36000, 2207004, errors.MediaInvalid),
        (36001, 2207005, errors.MediaInvalid),
        (36003, 2207009, errors.MediaInvalid),
        (36004, 2207010, errors.ContentInvalid),
        (123456, None, errors.ContentInvalid),
    ],
)
def test_graph_errors_go_by_code_and_subcode(
    code: int, subcode: int | None, expected: type[errors.ChannelError]
) -> None:
    error = error_of("graph", 400, graph_error(code, subcode))

    assert type(error) is expected
    assert error.code.startswith(str(code))
    assert error.trace_id == "AbC"
    assert "The platform's words" in str(error)


def test_a_graph_error_that_is_marked_transient_is_transient_whatever_its_code() -> None:
    assert type(error_of("graph", 400, graph_error(2500, is_transient=True))) is errors.Transient
    assert type(error_of("graph", 400, graph_error(4, is_transient=True))) is errors.RateLimited


def test_a_graph_answer_of_200_may_still_be_a_failure() -> None:
    assert type(error_of("graph", 200, graph_error(190))) is errors.AuthInvalid
    assert error_of("graph", 200, {"success": False}) is not None
    assert error_of("graph", 200, {"success": True}) is None
    failed_upload = {"debug_info": {"retriable": False, "type": "ProcessingFailedError", "message": "bad"}}
    assert type(error_of("graph", 400, failed_upload)) is errors.MediaInvalid


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "rest_cannot_create", errors.AuthInvalid),
        (401, "incorrect_password", errors.AuthInvalid),
        (403, "rest_cannot_publish", errors.PermissionMissing),
        (400, "rest_invalid_param", errors.ContentInvalid),
        (400, "rest_invalid_featured_media", errors.MediaInvalid),
        (400, "rest_upload_no_data", errors.MediaInvalid),
        (404, "rest_post_invalid_id", errors.PostGone),
        (410, "rest_already_trashed", errors.PostGone),
        (501, "rest_trash_not_supported", errors.NotSupported),
        (412, "rest_upload_hash_mismatch", errors.Transient),
        (500, "rest_upload_sideload_error", errors.MediaInvalid),
        (500, "db_insert_error", errors.Transient),
    ],
)
def test_wordpress_errors_go_by_code_and_status(
    status: int, code: str, expected: type[errors.ChannelError]
) -> None:
    body = {"code": code, "message": "Maaf", "data": {"status": status}}

    assert type(error_of("web", status, body)) is expected


def test_dead_credentials_hidden_in_a_400_are_seen() -> None:
    hidden = {"status": {"code": "rest_forbidden_status", "message": "x", "data": {"status": 401}}}
    body = {
        "code": "rest_invalid_param",
        "message": "Invalid parameter(s): status",
        "data": {"status": 400, "params": {"status": "Status is forbidden."}, "details": hidden},
    }

    assert type(error_of("web", 400, body)) is errors.AuthInvalid


def test_the_page_of_a_firewall_is_kept_to_200_characters() -> None:
    error = error_of("web", 403, "<html>" + "x" * 5000)

    assert type(error) is errors.PermissionMissing
    assert len(str(error)) < 500


def x_problem(kind: str = "about:blank", **more: Any) -> dict[str, Any]:
    return {"title": "T", "detail": "D", "type": f"https://api.x.com/2/problems/{kind}", "status": 400} | more


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            400,
            x_problem("invalid-request", errors=[{"message": "Your media IDs are invalid."}]),
            errors.MediaInvalid,
        ),
        (400, x_problem("invalid-request", errors=[{"message": "bad field"}]), errors.ContentInvalid),
        (401, {"title": "Unauthorized", "type": "about:blank"}, errors.AuthInvalid),
        (402, x_problem("credits", title="CreditsDepleted"), errors.QuotaExhausted),
        (402, "", errors.QuotaExhausted),
        (
            403,
            {"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403},
            errors.Duplicate,
        ),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, errors.Duplicate),
        (403, {"detail": "You are not permitted to perform this action."}, errors.PermissionMissing),
        (403, x_problem("unsupported-authentication"), errors.PermissionMissing),
        (403, x_problem("oauth1-permissions"), errors.PermissionMissing),
        (403, {"errors": [{"code": 186, "message": "Tweet needs to be shorter."}]}, errors.ContentInvalid),
        (403, {"detail": "Only one cashtag is allowed."}, errors.ContentInvalid),
        (403, {"errors": [{"code": 326, "message": "locked"}]}, errors.AccountBlocked),
        (403, {"errors": [{"code": 64, "message": "suspended"}]}, errors.AccountBlocked),
        (404, x_problem("resource-not-found"), errors.PostGone),
        (413, "<html>", errors.MediaInvalid),
        (429, {"title": "Too Many Requests", "detail": "Too Many Requests"}, errors.RateLimited),
        (429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, errors.RateLimited),
        (429, x_problem("usage-capped"), errors.QuotaExhausted),
        (503, "<html>Service Unavailable</html>", errors.Transient),
        (200, {"errors": [x_problem("resource-not-found")]}, errors.PostGone),
    ],
)
def test_x_errors_go_by_status_type_and_text(
    status: int, body: Any, expected: type[errors.ChannelError]
) -> None:
    assert type(error_of("x", status, body)) is expected


def test_x_says_until_when_to_wait() -> None:
    reset = int(NOW.timestamp()) + 600
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(reset), "x-transaction-id": "t1"}

    error = error_of("x", 429, {"title": "Too Many Requests"}, headers)

    assert error.retry_at == datetime.fromtimestamp(reset, UTC)
    assert error.trace_id == "t1"


def test_an_x_oauth2_token_may_have_ended_but_oauth1_keys_are_wrong() -> None:
    body = {"title": "Unauthorized", "type": "about:blank", "status": 401}

    assert type(error_of("x", 401, body)) is errors.AuthInvalid
    assert type(error_of("x_oauth2", 401, body)) is errors.AuthExpired


def test_a_partial_x_answer_with_data_is_a_success() -> None:
    assert error_of("x", 200, {"data": {"id": "1"}, "errors": [{"message": "x"}]}) is None


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "invalid_param", errors.ContentInvalid),
        (400, "invalid_publish_id", errors.ContentInvalid),
        (400, "invalid_file_upload", errors.MediaInvalid),
        (401, "access_token_invalid", errors.AuthExpired),
        (401, "scope_not_authorized", errors.PermissionMissing),
        (403, "spam_risk_too_many_posts", errors.RateLimited),
        (403, "spam_risk_user_banned_from_posting", errors.AccountBlocked),
        (403, "reached_active_user_cap", errors.AccountBlocked),
        (403, "unaudited_client_can_only_post_to_private_accounts", errors.PermissionMissing),
        (403, "url_ownership_unverified", errors.PermissionMissing),
        (403, "privacy_level_option_mismatch", errors.ContentInvalid),
        (429, "rate_limit_exceeded", errors.RateLimited),
        (500, "internal_error", errors.Transient),
        (200, "spam_risk_too_many_posts", errors.RateLimited),
    ],
)
def test_tiktok_errors_go_by_code(status: int, code: str, expected: type[errors.ChannelError]) -> None:
    error = error_of("tiktok", status, {"data": {}, "error": {"code": code, "message": "m", "log_id": "L"}})

    assert type(error) is expected
    assert error.trace_id == "L"


def test_tiktok_token_errors_are_flat() -> None:
    body = {"error": "invalid_grant", "error_description": "Refresh token is invalid", "log_id": "L"}

    assert type(error_of("tiktok", 200, body)) is errors.AuthInvalid
    assert error_of("tiktok", 200, {"data": {}, "error": {"code": "ok", "message": ""}}) is None


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("file_format_check_failed", errors.MediaInvalid),
        ("picture_size_check_failed", errors.MediaInvalid),
        ("photo_pull_failed", errors.MediaInvalid),
        ("internal", errors.Transient),
        ("auth_removed", errors.AuthInvalid),
        ("spam_risk", errors.AccountBlocked),
        ("spam_risk_too_many_posts", errors.RateLimited),
        ("publish_cancelled", errors.ContentInvalid),
    ],
)
def test_tiktok_fail_reasons_have_their_class(reason: str, expected: type[errors.ChannelError]) -> None:
    answer = Answer.read(200, {}, json.dumps({"data": {"status": "FAILED", "fail_reason": reason}}))

    problem = tiktok_rules.fail_problem(answer)

    assert find_rule(tiktok_rules.FAIL_RULES, 200, problem).error is expected
