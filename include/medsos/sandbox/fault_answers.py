"""Ready-made answers of a platform in trouble, by name (platform contract, section 9, point 7).

In headers, `{now+120}` stands for the unix second 120 seconds from now and `{date+120}` for the same as an
HTTP date, by the wall clock, as the header `Date` is.
"""

from __future__ import annotations

import json
from typing import Any


def _graph(code: int, message: str, subcode: int | None = None, **more: Any) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Alatihan", **more}
    if subcode is not None:
        error["error_subcode"] = subcode
    return {"status": more.pop("http", 400), "body": {"error": error}}


def _x(status: int, title: str, detail: str, problem: str = "about:blank", **headers: str) -> dict[str, Any]:
    kind = problem if problem == "about:blank" else f"https://api.twitter.com/2/problems/{problem}"
    body = {"title": title, "detail": detail, "type": kind, "status": status}
    return {"status": status, "body": body, "headers": headers}


def _tiktok(status: int, code: str) -> dict[str, Any]:
    error = {"code": code, "message": code.replace("_", " "), "log_id": "20261101000000LATIHAN"}
    return {"status": status, "body": {"data": {}, "error": error}}


_HTML = {"content-type": "text/html"}
_PAGE = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>"
_USAGE = {"104589211773650": [{"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25,
                               "estimated_time_to_regain_access": 2}]}  # fmt: skip
_IG_USAGE = {"17841460077112233": [{**_USAGE["104589211773650"][0], "type": "instagram"}]}

PRESETS: dict[str, dict[str, Any]] = {
    # Any platform (sections 2.6 and 5.8).
    "html_503": {"status": 503, "body": _PAGE, "headers": _HTML},
    "html_502": {"status": 502, "body": _PAGE.replace("503", "502"), "headers": _HTML},
    "html_200": {"status": 200, "body": "<html>OK</html>", "headers": _HTML},
    "empty_200": {"status": 200, "body": ""},
    "http_500": {"status": 500, "body": {"error": "internal"}},
    "retry_after_429": {"status": 429, "body": "", "headers": {"retry-after": "120"}},
    "retry_after_date_429": {"status": 429, "body": "", "headers": {"retry-after": "{date+120}"}},
    "bare_429": {"status": 429, "body": ""},
    # Graph (sections 3.7 and 4.7).
    "graph_1": _graph(1, "An unknown error occurred", is_transient=True),
    "graph_2": _graph(2, "Service temporarily unavailable", is_transient=True),
    "graph_4": _graph(4, "(#4) Application request limit reached", is_transient=True),
    "graph_17": _graph(17, "User request limit reached"),
    "graph_32": _graph(32, "Page request limit reached"),
    "graph_613": _graph(613, "Calls to this api have exceeded the rate limit."),
    "graph_102": _graph(102, "Session key invalid or no longer valid"),
    "graph_10": _graph(10, "(#10) Application does not have permission for this action"),
    "graph_100": _graph(100, "(#100) Invalid parameter"),
    "graph_success_false": {"status": 200, "body": {"success": False}},
    "graph_80001": {**_graph(80001, "(#80001) There have been too many calls to this Page account."),
                    "headers": {"x-business-use-case-usage": json.dumps(_USAGE)}},
    "graph_190": _graph(190, "Error validating access token: Session has expired", 463),
    "graph_200": _graph(200, "(#200) Permissions error"),
    "graph_368": _graph(368, "The action attempted has been deemed abusive", 1390008),
    "graph_506": _graph(506, "(#506) Duplicate status message", 1455006),
    "graph_200_with_error": {**_graph(1, "An unknown error occurred"), "status": 200},
    "instagram_not_ready": _graph(9007, "Media ID is not available", 2207027),
    "instagram_server_error": _graph(-1, "Instagram server error", 2207001, is_transient=True),
    "instagram_limit": _graph(9, "You reached the maximum number of posts", 2207042),
    "instagram_80002": {**_graph(80002, "(#80002) There have been too many calls to this Instagram account."),
                        "headers": {"x-business-use-case-usage": json.dumps(_IG_USAGE)}},
    "instagram_spam": _graph(4, "Application request limit reached", 2207051),
    "instagram_restricted": _graph(25, "The account is restricted", 2207050),
    "instagram_not_usable": _graph(24, "The requested resource does not exist", 2207008),
    "instagram_creation_failed": _graph(-1, "Failed to create a media container", 2207032),
    "instagram_upload_error": _graph(-1, "Unknown upload error", 2207053),
    "instagram_download_timeout": _graph(-2, "The media took too long to download", 2207003),
    # X (section 5.8).
    "x_401": _x(401, "Unauthorized", "Unauthorized"),
    "x_402": _x(402, "CreditsDepleted", "Your account has no credits left.", "credits"),
    "x_402_payment_required": _x(402, "Payment Required", "Payment Required"),
    "x_403_duplicate": _x(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."),
    "x_429": _x(429, "Too Many Requests", "Too Many Requests", **{
        "x-rate-limit-limit": "100", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "{now+120}",
    }),
    "x_429_bare": _x(429, "Too Many Requests", "Too Many Requests"),
    "x_429_day": _x(429, "Too Many Requests", "Too Many Requests", **{
        "x-rate-limit-limit": "100", "x-rate-limit-remaining": "99", "x-rate-limit-reset": "{now+900}",
        "x-user-limit-24hour-limit": "17", "x-user-limit-24hour-remaining": "0",
        "x-user-limit-24hour-reset": "{now+3600}",
    }),
    "x_429_usage_capped": {"status": 429, "body": {
        "title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly product cap", "status": 429,
        "account_id": 1718293045607116801, "product_name": "standard-basic", "period": "Monthly",
        "scope": "Product", "type": "https://api.twitter.com/2/problems/usage-capped",
    }},
    "x_88": {"status": 429, "body": {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}},
    "x_187": {"status": 403, "body": {"errors": [{"code": 187, "message": "Status is a duplicate."}]}},
    "x_403": _x(403, "Forbidden", "You are not permitted to perform this action."),
    "x_400_media": {"status": 400, "body": {
        "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
        "errors": [{"parameters": {}, "message": "Your media IDs are invalid."}],
    }},
    "x_413": {"status": 413, "body": "Payload Too Large", "headers": {"content-type": "text/plain"}},
    "x_503": _x(503, "Service Unavailable", "Service Unavailable"),
    # TikTok (section 6.9).
    "tiktok_401": _tiktok(401, "access_token_invalid"),
    "tiktok_429": _tiktok(429, "rate_limit_exceeded"),
    "tiktok_500": _tiktok(500, "internal_error"),
    "tiktok_spam": _tiktok(403, "spam_risk_too_many_posts"),
    "tiktok_banned": _tiktok(403, "spam_risk_user_banned_from_posting"),
    "tiktok_active_user_cap": _tiktok(403, "reached_active_user_cap"),
    "tiktok_pending_share": _tiktok(403, "spam_risk_too_many_pending_share"),
    "tiktok_scope": _tiktok(401, "scope_not_authorized"),
    "tiktok_200_with_error": _tiktok(200, "spam_risk_too_many_posts"),
    # WordPress (section 2.6).
    "wordpress_401": {"status": 401, "body": {"code": "rest_not_logged_in", "data": {"status": 401},
                                              "message": "You are not currently logged in."}},
    "wordpress_500": {"status": 500, "body": {"code": "db_insert_error", "data": {"status": 500},
                                              "message": "Could not insert post into the database."}},
    "wordpress_403_html": {"status": 403, "body": _PAGE.replace("503 Service Temporarily Unavailable", "403"),
                           "headers": _HTML},
}  # fmt: skip
