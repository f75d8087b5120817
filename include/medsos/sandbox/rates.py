"""Rate windows and the headers that tell about them (platform contract, section 9, point 10)."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from medsos.sandbox import accounts, fault_answers
from medsos.sandbox.state import State

Headers = dict[str, str]
DAY, QUARTER, HOUR, MINUTE = 86400, 900, 3600, 60
_IG = accounts.INSTAGRAM["user_id"]


@dataclass(frozen=True)
class Rule:
    """At most `limit` requests to `method path` per `seconds`; `limit` can be set by the rule's name.

    :param kind: which headers and which refusal tell about it, a key of `_REFUSALS`.
    """

    name: str
    kind: str
    method: str
    path: str
    limit: int
    seconds: int


# A request counts in the first rule of each kind that fits.
RULES = (
    # Section 5.9. What it does not list has the window of a read.
    Rule("x_create", "x", "POST", r"^/x/2/tweets$", 100, QUARTER),
    Rule("x_delete", "x", "DELETE", r"^/x/2/tweets/\d+$", 50, QUARTER),
    Rule("x_timeline", "x", "GET", r"^/x/2/users/\d+/tweets$", 900, QUARTER),
    Rule("x_read", "x", "GET", r"^/x/2/tweets", 900, QUARTER),
    Rule("x_me", "x", "GET", r"^/x/2/users/me$", 75, QUARTER),
    Rule("x_upload", "x", "POST", r"^/x/2/media/(upload|metadata)$", 500, QUARTER),
    Rule("x_status", "x", "GET", r"^/x/2/media/upload$", 1000, QUARTER),
    Rule("x_segments", "x", "POST", r"^/x/2/media/upload/", 1875, QUARTER),
    Rule("x_other", "x", "", r"^/x/2/(?!oauth2/)", 900, QUARTER),
    Rule("x_create_day", "x_day", "POST", r"^/x/2/tweets$", 10_000, DAY),
    # Sections 6.3 to 6.8.
    Rule("tiktok_creator_info", "tiktok", "POST", r"/creator_info/query/$", 20, MINUTE),
    Rule("tiktok_init", "tiktok", "POST", r"/(video|content)/init/$", 6, MINUTE),
    Rule("tiktok_status", "tiktok", "POST", r"/status/fetch/$", 30, MINUTE),
    Rule("tiktok_list", "tiktok", "POST", r"/v2/video/(list|query)/$", 600, MINUTE),
    Rule("tiktok_user", "tiktok", "GET", r"/v2/user/info/$", 600, MINUTE),
    # Section 3.8: 200 calls per user and hour for the app; 4,800 per engaged user and day for an account.
    Rule("graph_app", "graph", "", r"^/(graph|graph-video|instagram-graph)/", 4800, HOUR),
    Rule("graph_instagram", "instagram_account", "", rf"^/instagram-graph/|^/graph/v[\d.]+/{_IG}",
         48_000, DAY),
    Rule("graph_page", "page_account", "", r"^/(graph|graph-video)/", 48_000, DAY),
)  # fmt: skip
# Kinds that exclude each other: an account of Instagram is no page.
_ONE_ACCOUNT = ("instagram_account", "page_account")
_REFUSALS = {
    "x": "x_429", "x_day": "x_429", "tiktok": "tiktok_429", "graph": "graph_4",
    "instagram_account": "instagram_80002", "page_account": "graph_80001",
}  # fmt: skip


@dataclass
class Verdict:
    """Headers for the answer; `refusal` is the answer itself when a window is full."""

    headers: Headers
    refusal: dict[str, Any] | None = None


@dataclass
class _Window:
    rule: Rule
    limit: int
    used: int
    seconds_left: float

    @property
    def full(self) -> bool:
        return self.used >= self.limit


def check(state: State, method: str, path: str) -> Verdict:
    """Count this request and say whether it may pass."""
    windows = []
    with state.transaction():
        now = state.time()
        for rule in _rules(method, path):
            limit = int(state.setting("rate_limits").get(rule.name, rule.limit))
            hits = state.hits_since(rule.name, now - rule.seconds)
            left = (hits[0] if hits else now) + rule.seconds - now
            windows.append(_Window(rule, limit, len(hits), left))
        refused = next((window for window in windows if window.full), None)
        if refused is None:
            for window in windows:
                state.add_hit(window.rule.name)
                window.used += 1
    headers = {name: value for window in windows for name, value in _headers(window).items()}
    headers |= _graph_headers(windows)
    refusal = None
    if refused is not None:
        refusal = {**fault_answers.PRESETS[_REFUSALS[refused.rule.kind]], "headers": {}}
    return Verdict(headers, refusal)


def _rules(method: str, path: str) -> list[Rule]:
    chosen: dict[str, Rule] = {}
    for rule in RULES:
        kind = "account" if rule.kind in _ONE_ACCOUNT else rule.kind
        if kind not in chosen and rule.method in ("", method) and re.search(rule.path, path):
            chosen[kind] = rule
    return list(chosen.values())


def _headers(window: _Window) -> Headers:
    prefix = {"x": "x-rate-limit", "x_day": "x-app-limit-24hour"}.get(window.rule.kind)
    if prefix is None:
        return {}
    return {
        f"{prefix}-limit": str(window.limit),
        f"{prefix}-remaining": str(max(0, window.limit - window.used)),
        # By the wall clock, as the header Date is, so that a client waits for as long as it takes.
        f"{prefix}-reset": str(int(time.time() + window.seconds_left) + 1),
    }


def _graph_headers(windows: list[_Window]) -> Headers:
    headers = {}
    for window in windows:
        percent = min(100, int(100 * window.used / max(1, window.limit)))
        usage = {"call_count": percent, "total_cputime": 1, "total_time": 1}
        if window.rule.kind == "graph":
            headers["x-app-usage"] = json.dumps(usage)
        if window.rule.kind in _ONE_ACCOUNT:
            instagram = window.rule.kind == "instagram_account"
            account = _IG if instagram else accounts.FACEBOOK["page_id"]
            minutes = int(window.seconds_left / 60) + 1 if window.full else 0
            use = {"type": "instagram" if instagram else "pages", **usage,
                   "estimated_time_to_regain_access": minutes}  # fmt: skip
            headers["x-business-use-case-usage"] = json.dumps({account: [use]})
    return headers
