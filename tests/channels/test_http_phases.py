"""What a lost, broken or refused request means in each phase, on real sockets (contract 1.1)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Reply, Script, scripted_server

from medsos import errors
from medsos.channels.graph import api as graph
from medsos.channels.http import ATTEMPTS, HttpSession, Phase
from medsos.channels.tokens import HeaderToken

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TOKEN = "EAArahasiasekali1234567890abcdef"


@pytest.fixture
def server() -> Iterator[Script]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def http(naps: list[float]) -> HttpSession:
    return HttpSession(
        "Facebook",
        rules=graph.RULES,
        read_problem=graph.read_problem,
        secrets=(TOKEN,),
        auth=HeaderToken(TOKEN),
        clock=lambda: NOW,
        sleep=naps.append,
    )


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(http: HttpSession, url: str, phase: Phase, **more: Any) -> Any:
    method = "GET" if phase is Phase.READ else "POST"
    return http.send(method, f"{url}/v26.0/me?access_token={TOKEN}", phase=phase, timeout=0.5, **more)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_connection_that_never_opened_is_transient_in_every_phase(http: HttpSession, phase: Phase) -> None:
    with pytest.raises(errors.Transient, match="tidak dapat dihubungi"):
        send(http, f"http://127.0.0.1:{closed_port()}", phase)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_name_that_does_not_exist_is_transient_in_every_phase(
    http: HttpSession, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown_host(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown_host)
    with pytest.raises(errors.Transient):
        send(http, "http://graph.tidak-ada.invalid", phase)


@pytest.mark.parametrize("how", ["close", "reset", "hang", "truncate"])
@pytest.mark.parametrize("phase", [Phase.READ, Phase.PREPARE])
def test_an_answer_lost_before_the_commit_is_retried_and_then_transient(
    http: HttpSession, server: Script, how: str, phase: Phase
) -> None:
    server.replies = [Reply(how=how, body={"id": "1"})]

    with pytest.raises(errors.Transient):
        send(http, server.url, phase)

    assert len(server.seen) == ATTEMPTS


@pytest.mark.parametrize("how", ["close", "reset", "hang", "truncate"])
def test_an_answer_lost_in_the_commit_is_unknown_and_never_sent_again(
    http: HttpSession, server: Script, how: str
) -> None:
    server.replies = [Reply(how=how, body={"id": "1"})]

    with pytest.raises(errors.UnknownOutcome):
        send(http, server.url, Phase.COMMIT)

    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, "<html>Internal Server Error</html>"),
        Reply(502, "<html>Bad Gateway</html>"),
        Reply(503, ""),
        Reply(408, ""),
        Reply(500, {"error": {"code": 1, "message": "An unknown error has occurred."}}),
        Reply(400, {"error": {"code": 2, "message": "Service temporarily unavailable"}}),
        Reply(400, {"error": {"code": 99, "message": "Busy", "is_transient": True}}),
        Reply(200, {"error": {"code": -1, "error_subcode": 2207001, "message": "Server error"}}),
    ],
)
def test_a_fault_of_the_platform_is_transient_before_the_commit_and_unknown_in_it(
    http: HttpSession, server: Script, reply: Reply
) -> None:
    server.replies = [reply]
    with pytest.raises(errors.Transient):
        send(http, server.url, Phase.PREPARE)
    sent_before = len(server.seen)

    with pytest.raises(errors.UnknownOutcome):
        send(http, server.url, Phase.COMMIT)

    assert len(server.seen) == sent_before + 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(401, ""), errors.AuthInvalid),
        (Reply(402, ""), errors.QuotaExhausted),
        (Reply(403, "<html>Wordfence</html>"), errors.PermissionMissing),
        (Reply(413, "<html>too large</html>"), errors.MediaInvalid),
        (Reply(422, {"detail": "no"}), errors.ContentInvalid),
        (Reply(429, ""), errors.RateLimited),
        (Reply(302, "", {"Location": "https://elsewhere.invalid/"}), errors.ChannelError),
        (Reply(500, {"error": {"code": 190, "message": "token"}}), errors.AuthInvalid),
    ],
)
def test_a_refusal_in_the_commit_is_no_unknown_outcome(
    http: HttpSession, server: Script, reply: Reply, expected: type[errors.ChannelError]
) -> None:
    server.replies = [reply]

    with pytest.raises(expected) as caught:
        send(http, server.url, Phase.COMMIT)

    assert not isinstance(caught.value, errors.UnknownOutcome | errors.Transient)
    assert caught.value.http_status == reply.status


def test_a_passing_fault_is_overcome(http: HttpSession, server: Script, naps: list[float]) -> None:
    server.replies = [Reply(503, ""), Reply(how="reset"), Reply(200, {"id": "7"})]

    assert send(http, server.url, Phase.READ).text_at("id") == "7"
    assert len(naps) == 2
    assert all(0 < nap <= 9 for nap in naps)


def test_a_short_rate_limit_is_waited_out(http: HttpSession, server: Script, naps: list[float]) -> None:
    server.replies = [Reply(429, "", {"Retry-After": "3"}), Reply(200, {"id": "7"})]

    assert send(http, server.url, Phase.PREPARE).ok
    assert naps == [3.0]


def test_a_long_rate_limit_is_handed_up_with_its_time(
    http: HttpSession, server: Script, naps: list[float]
) -> None:
    usage = '{"104589": [{"type": "pages", "estimated_time_to_regain_access": 19}]}'
    server.replies = [
        Reply(400, {"error": {"code": 32, "message": "x"}}, {"X-Business-Use-Case-Usage": usage})
    ]

    with pytest.raises(errors.RateLimited) as caught:
        send(http, server.url, Phase.PREPARE)

    assert caught.value.retry_at == NOW + timedelta(minutes=19)
    assert naps == []
    assert len(server.seen) == 1


def test_the_commit_uses_a_fresh_connection(http: HttpSession, server: Script) -> None:
    server.replies = [Reply(200, {"id": "7"})]

    send(http, server.url, Phase.READ)
    send(http, server.url, Phase.READ)
    send(http, server.url, Phase.COMMIT)

    first, second, commit = (entry["connection"] for entry in server.seen)
    assert first == second
    assert commit != first


def test_no_error_holds_the_token_or_the_address(http: HttpSession, server: Script) -> None:
    server.replies = [Reply(400, {"error": {"code": 100, "message": f"Bad access_token={TOKEN} given"}})]
    with pytest.raises(errors.ContentInvalid) as refused:
        send(http, server.url, Phase.READ)
    server.replies = [Reply(how="reset")]
    with pytest.raises(errors.UnknownOutcome) as lost:
        send(http, server.url, Phase.COMMIT)

    for error in (refused.value, lost.value):
        assert TOKEN not in f"{error} {error!r} {error.__cause__!r} {error.__context__!r}"
        assert "access_token=EAA" not in str(error)


def test_a_file_is_sent_again_from_its_start(http: HttpSession, server: Script, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"0123456789" * 100)
    server.replies = [Reply(503, ""), Reply(200, {"id": "7"})]

    send(http, server.url, Phase.PREPARE, body=path)

    assert [len(entry["body"]) for entry in server.seen] == [1000, 1000]


def test_the_platform_clock_is_learnt_from_its_answers(http: HttpSession, server: Script) -> None:
    server.replies = [Reply(200, {"id": "7"}, {"Date": "Fri, 20 Nov 2026 03:05:00 GMT"})]
    assert http.server_now == NOW

    send(http, server.url, Phase.READ)

    assert http.server_now == NOW + timedelta(minutes=5)
