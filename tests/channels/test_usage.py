"""What platforms say about their limits, and when a refused call may be tried again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from scripted_server import Reply, Script, scripted_server

from medsos import errors
from medsos.channels.base import Media, Post
from medsos.channels.graph import api as graph
from medsos.channels.http import HttpSession, Phase
from medsos.channels.usage import Limit, Usage
from medsos.channels.x import rules as x_rules

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


def session(platform: str) -> HttpSession:
    rules, read = (
        (x_rules.rules(oauth2=False), x_rules.read_problem)
        if platform == "X"
        else (graph.RULES, graph.read_problem)
    )
    return HttpSession(
        platform, rules=rules, read_problem=read, clock=lambda: NOW, sleep=lambda seconds: None
    )


def ask(http: HttpSession, server: Script, path: str, reply: Reply) -> None:
    server.replies = [reply]
    http.send("GET", f"{server.url}{path}", phase=Phase.READ)


def refused(http: HttpSession, server: Script, reply: Reply) -> errors.RateLimited:
    with pytest.raises(errors.RateLimited) as caught:
        ask(http, server, "/2/tweets", reply)
    return caught.value


def x_headers(remaining: int, reset: datetime, prefix: str = "x-rate-limit") -> dict[str, str]:
    return {
        f"{prefix}-limit": "100",
        f"{prefix}-remaining": str(remaining),
        f"{prefix}-reset": str(int(reset.timestamp())),
    }


def test_x_tells_its_windows_per_endpoint(server: Script) -> None:
    http = session("X")
    reset = NOW + timedelta(minutes=5)

    ask(http, server, "/2/users/1718293045607116801/tweets", Reply(headers=x_headers(90, reset)))
    ask(http, server, "/2/users/me", Reply(headers=x_headers(40, reset)))
    ask(http, server, "/2/users/99/tweets", Reply(headers=x_headers(89, reset)))

    assert http.usage == Usage(
        (
            Limit("GET /2/users/:id/tweets", 11.0, total=100, remaining=89, free_at=reset),
            Limit("GET /2/users/me", 60.0, total=100, remaining=40, free_at=reset),
        )
    )
    assert http.usage.tightest == http.usage.limits[1]
    assert http.usage.free_at is None


def test_meta_tells_its_budgets_in_per_cent_and_minutes(server: Script) -> None:
    http = session("Facebook")
    account = {"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25}
    headers = {
        "X-App-Usage": json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 31}),
        "X-Business-Use-Case-Usage": json.dumps({"1": [{**account, "estimated_time_to_regain_access": 19}]}),
    }

    ask(http, server, "/v26.0/me", Reply(body={"id": "1"}, headers=headers))

    free_at = NOW + timedelta(minutes=19)
    assert http.usage == Usage(
        (
            Limit("app", 31.0, whole_account=True),
            Limit("pages", 100.0, free_at=free_at, whole_account=True),
        )
    )
    assert http.usage.free_at == free_at


@pytest.mark.parametrize("value", ["", "kosong", "[]", '{"1": "x"}', '{"1": [3]}', '{"1": [{"type": 1}]}'])
def test_headers_that_make_no_sense_do_no_harm(server: Script, value: str) -> None:
    http = session("Facebook")
    headers = {"X-App-Usage": value, "X-Business-Use-Case-Usage": value, "x-rate-limit-limit": value}

    ask(http, server, "/v26.0/me", Reply(body={"id": "1"}, headers=headers))

    assert http.usage.free_at is None
    assert http.usage.tightest is None


def test_a_refusal_of_x_is_waited_out_until_the_window_opens(server: Script) -> None:
    reset = NOW + timedelta(minutes=7)

    error = refused(session("X"), server, Reply(429, {"title": "Too Many Requests"}, x_headers(0, reset)))

    assert error.retry_at == reset


def test_the_day_window_of_x_counts_when_it_is_the_one_that_is_empty(server: Script) -> None:
    quarter, day = NOW + timedelta(minutes=7), NOW + timedelta(hours=9)
    headers = x_headers(50, quarter) | x_headers(0, day, "x-user-limit-24hour")

    error = refused(session("X"), server, Reply(429, {"title": "Too Many Requests"}, headers))

    assert error.retry_at == day


def test_a_wrong_clock_of_ours_does_not_shorten_the_wait(server: Script) -> None:
    theirs = NOW - timedelta(minutes=20)
    headers = x_headers(0, theirs + timedelta(minutes=7)) | {"Date": format_datetime(theirs, usegmt=True)}

    error = refused(session("X"), server, Reply(429, {"title": "Too Many Requests"}, headers))

    assert error.retry_at == NOW + timedelta(minutes=7)


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(429, {"title": "Too Many Requests"}), timedelta(minutes=15)),
        (Reply(429, {"title": "Too Many Requests"}, {"Retry-After": "120"}), timedelta(seconds=120)),
        (
            Reply(429, {"title": "Too Many Requests"}, {"Retry-After": "Fri, 20 Nov 2026 03:10:00 GMT"}),
            timedelta(minutes=10),
        ),
    ],
)
def test_without_windows_the_answer_or_the_table_gives_the_wait(
    server: Script, reply: Reply, wait: timedelta
) -> None:
    assert refused(session("X"), server, reply).retry_at == NOW + wait


def test_a_refusal_of_meta_without_headers_waits_an_hour(server: Script) -> None:
    reply = Reply(400, {"error": {"code": 4, "message": "Application request limit reached"}})

    assert refused(session("Facebook"), server, reply).retry_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("channel", "name"),
    [("x", "GET /x/2/users/me"), ("facebook", "pages"), ("instagram", "instagram")],
)
def test_a_client_reports_what_the_platform_said_last(sandbox: Any, channel: str, name: str) -> None:
    client = sandbox.client(channel)
    assert client.usage() == Usage()

    client.whoami()

    assert name in [limit.name for limit in client.usage().limits]
    assert client.usage().tightest.used_percent < 10


@pytest.mark.parametrize("channel", ["web", "tiktok"])
def test_platforms_that_say_nothing_leave_it_empty(sandbox: Any, channel: str) -> None:
    client = sandbox.client(channel)
    client.whoami()

    assert client.usage() == Usage()


def test_the_full_window_of_x_is_told_with_its_end(sandbox: Any) -> None:
    sandbox.tell("settings", {"rate_limits": {"x_me": 1}})
    client = sandbox.client("x")
    client.whoami()

    with pytest.raises(errors.RateLimited) as caught:
        client.whoami()

    [window] = client.usage().limits
    assert (window.total, window.remaining, window.exhausted) == (1, 0, True)
    wait = (caught.value.retry_at - datetime.now(UTC)).total_seconds()
    assert 800 < wait <= 902


def test_the_quota_of_instagram_is_read_before_the_commit_and_stops_it(
    sandbox: Any, journal: Any, picture: Callable[..., Media]
) -> None:
    client = sandbox.client("instagram")
    post = Post(key="kegiatan-10", text="Rapat", title="Rapat", media=(picture(),))
    client.prepare(post, journal)
    sandbox.tell("settings", {"instagram_quota_total": 0})

    with pytest.raises(errors.RateLimited, match="0 dari 0 dalam 24 jam"):
        client.commit(post, journal)

    assert sandbox.requests("POST", "/media_publish") == 0
    sandbox.tell("settings", {"instagram_quota_total": 25})
    client.commit(post, journal)
    assert len(sandbox.posts("instagram")) == 1
