"""Rate windows and the headers that tell about them (platform contract, section 9, point 10)."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from medsos.sandbox import accounts, faults
from medsos.sandbox.state import State

Headers = dict[str, str]


@dataclass(frozen=True)
class Rule:
    """At most `limit` requests to `method path` per `seconds`; `limit` can be set by the rule's name."""

    name: str
    platform: str
    method: str
    path: str
    limit: int
    seconds: int


QUARTER = 900
RULES = (
    # Section 5.9.
    Rule("x_create", "x", "POST", r"^/x/2/tweets$", 100, QUARTER),
    Rule("x_delete", "x", "DELETE", r"^/x/2/tweets/\d+$", 50, QUARTER),
    Rule("x_timeline", "x", "GET", r"^/x/2/users/\d+/tweets$", 900, QUARTER),
    Rule("x_read", "x", "GET", r"^/x/2/tweets", 900, QUARTER),
    Rule("x_me", "x", "GET", r"^/x/2/users/me$", 75, QUARTER),
    Rule("x_upload", "x", "POST", r"^/x/2/media/(upload|metadata)$", 500, QUARTER),
    Rule("x_status", "x", "GET", r"^/x/2/media/upload$", 1000, QUARTER),
    Rule("x_segments", "x", "POST", r"^/x/2/media/upload/", 1875, QUARTER),
    # Section 6.3 to 6.8.
    Rule("tiktok_creator_info", "tiktok", "POST", r"/creator_info/query/$", 20, 60),
    Rule("tiktok_init", "tiktok", "POST", r"/(video|content)/init/$", 6, 60),
    Rule("tiktok_status", "tiktok", "POST", r"/status/fetch/$", 30, 60),
    Rule("tiktok_list", "tiktok", "POST", r"/v2/video/(list|query)/$", 600, 60),
    # Section 3.8: 200 calls per user and hour for the app; the page's own budget is larger.
    Rule("graph_app", "graph", "", r"^/(graph|graph-video|instagram-graph)/", 4800, 3600),
)


@dataclass
class Verdict:
    """Headers for the answer; `refusal` is the answer itself when the window is full."""

    headers: Headers
    refusal: dict[str, Any] | None = None


def check(state: State, method: str, path: str) -> Verdict:
    """Count this request and say whether it may pass."""
    rule = next((r for r in RULES if r.method in ("", method) and re.search(r.path, path)), None)
    if rule is None:
        return Verdict({})
    limit = int(state.setting("rate_limits").get(rule.name, rule.limit))
    with state.transaction():
        hits = state.hits_since(rule.name, state.time() - rule.seconds)
        full = len(hits) >= limit
        if not full:
            state.add_hit(rule.name)
    reset = (hits[0] if hits else state.time()) + rule.seconds
    used = len(hits) if full else len(hits) + 1
    headers = _headers(rule, path, limit, used, reset - state.time())
    return Verdict(headers, _refusal(rule) if full else None)


def _headers(rule: Rule, path: str, limit: int, used: int, seconds_left: float) -> Headers:
    if rule.platform == "x":
        return {
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(0, limit - used)),
            # By the wall clock, as the header Date is, so that a client waits for as long as it takes.
            "x-rate-limit-reset": str(int(time.time() + seconds_left) + 1),
        }
    if rule.platform == "graph":
        percent = min(100, int(100 * used / max(1, limit)))
        usage = {"call_count": percent, "total_cputime": 1, "total_time": 1}
        minutes = int(seconds_left / 60) + 1 if used >= limit else 0
        instagram = accounts.INSTAGRAM["user_id"] in path or path.startswith("/instagram-graph/")
        account = accounts.INSTAGRAM["user_id"] if instagram else accounts.FACEBOOK["page_id"]
        use = {
            "type": "instagram" if instagram else "pages",
            **usage,
            "estimated_time_to_regain_access": minutes,
        }
        return {
            "x-app-usage": json.dumps(usage),
            "x-business-use-case-usage": json.dumps({account: [use]}),
        }
    return {}


def _refusal(rule: Rule) -> dict[str, Any]:
    return faults.PRESETS[{"x": "x_429", "graph": "graph_4", "tiktok": "tiktok_429"}[rule.platform]]
