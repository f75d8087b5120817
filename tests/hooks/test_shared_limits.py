"""Workers of one account, in processes of their own, stay together within the platform's limits."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from sqlalchemy import select

from medsos.channels.base import Media, Post
from medsos.channels.gate import ALLOWANCES, Allowance
from medsos.errors import ContentInvalid, RateLimited, UnknownOutcome
from medsos.hooks import client_for
from medsos.hooks.shared_limits import account_name
from medsos.store.models import RateLimit
from medsos.store.session import transaction

Connect = Callable[[str, dict[str, Any]], None]
Journal = dict

WORKER = """
import json, sys
from datetime import UTC, datetime
from medsos.channels import gate
from medsos.errors import RateLimited
from medsos.hooks import client_for

channel, limit_name, limit, tries = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
gate.ALLOWANCES[channel] = tuple(
    gate.Allowance(one.name, limit, one.seconds, one.request, one.posts) if one.name == limit_name else one
    for one in gate.ALLOWANCES[channel]
)
client = client_for(channel, f"medsos_{channel}", web_connection_id="medsos_web")
print("siap", flush=True)
sys.stdin.readline()
done = []
for _ in range(tries):
    try:
        client.whoami()
        done.append("ya")
    except RateLimited as error:
        done.append((error.retry_at - datetime.now(UTC)).total_seconds())
print(json.dumps(done))
"""


def tell(sandbox_url: str, what: str, body: Any) -> None:
    requests.post(f"{sandbox_url}/_inspect/{what}", json=body, timeout=20).raise_for_status()


def statuses(sandbox_url: str, path_part: str = "") -> Counter[int]:
    """How often the platforms answered what."""
    seen = requests.get(f"{sandbox_url}/_inspect/requests", timeout=20).json()
    return Counter(entry["status"] for entry in seen if path_part in entry["path"])


def connect_tiktok(definitions: dict[str, dict[str, Any]], connect: Connect) -> None:
    """Without a refresh token: there is no Airflow database here to keep a new one in."""
    definition = definitions["medsos_tiktok"]
    extra = {name: value for name, value in definition["extra"].items() if name != "refresh_token"}
    connect("medsos_tiktok", {**definition, "extra": extra})
    connect("medsos_web", definitions["medsos_web"])


def open_again(at: datetime) -> None:
    """Let the time until `at` pass for what is remembered."""
    with transaction() as session:
        passed = at - datetime.now(UTC)
        for row in session.scalars(select(RateLimit).where(RateLimit.free_at.is_not(None))):
            assert row.free_at is not None
            row.free_at -= passed


def picture(path: Path) -> Media:
    Image.new("RGB", (1080, 1080), "maroon").save(path)
    data = path.read_bytes()
    return Media(path, "image/jpeg", sha256(data).hexdigest(), len(data), width=1080, height=1080)


def work(processes: int, *arguments: object) -> list[Any]:
    """Start workers, let them go at the same moment, and give what each of their tries came to."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR"},
        )
        for _ in range(processes)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout is not None
            line = worker.stdout.readline()
            while line != "siap\n":
                assert line, worker.communicate(timeout=60)[1][-3000:]
                line = worker.stdout.readline()
        outputs = []
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        for worker in workers:
            out, problem = worker.communicate(timeout=120)
            assert worker.returncode == 0, problem[-3000:]
            outputs += json.loads(out.splitlines()[-1])
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
    return outputs


def test_workers_in_parallel_stay_within_a_limit_that_no_answer_tells(
    sandbox_url: str, definitions: dict[str, dict[str, Any]], connect: Connect
) -> None:
    tell(sandbox_url, "settings", {"rate_limits": {"tiktok_creator_info": 5}})
    connect_tiktok(definitions, connect)

    done = work(3, "tiktok", "creator_info", 5, 4)

    assert done.count("ya") == 5
    waits = [wait for wait in done if wait != "ya"]
    assert len(waits) == 7
    assert all(wait < 65 for wait in waits), "until the first of the minute has passed"
    assert statuses(sandbox_url) == {200: 5}


def test_workers_in_parallel_stay_within_a_limit_that_answers_tell(
    sandbox_url: str, connections: Any
) -> None:
    tell(sandbox_url, "settings", {"rate_limits": {"x_me": 4}})

    done = work(3, "x", "me", 4, 3)

    assert done.count("ya") == 4
    assert all(600 < wait < 905 for wait in done if wait != "ya")
    assert statuses(sandbox_url) == {200: 4}


def test_what_the_last_answer_left_is_known_to_the_next_worker(sandbox_url: str, connections: Any) -> None:
    tell(sandbox_url, "settings", {"rate_limits": {"x_me": 2}})
    client_for("x", "medsos_x", web_connection_id="medsos_web").whoami()
    client_for("x", "medsos_x", web_connection_id="medsos_web").whoami()

    with pytest.raises(RateLimited, match="dihitung bersama siklus lain") as caught:
        client_for("x", "medsos_x", web_connection_id="medsos_web").whoami()

    assert timedelta(minutes=14) < caught.value.retry_at - datetime.now(UTC) < timedelta(minutes=16)
    assert statuses(sandbox_url) == {200: 2}


@pytest.mark.parametrize("channel", ["x", "web", "facebook", "instagram", "tiktok"])
def test_after_a_retry_after_no_worker_of_the_account_asks_before_its_time(
    sandbox_url: str, definitions: dict[str, dict[str, Any]], connections: Any, connect: Connect, channel: str
) -> None:
    connect_tiktok(definitions, connect)
    tell(sandbox_url, "faults", {"kind": "status", "preset": "retry_after_429"})
    first, second = (client_for(channel, f"medsos_{channel}", web_connection_id="medsos_web") for _ in "12")
    start = datetime.now(UTC)

    with pytest.raises(RateLimited) as told:
        first.whoami()
    with pytest.raises(RateLimited) as shared:
        second.recent_posts(start)

    assert shared.value.retry_at == told.value.retry_at
    assert timedelta(seconds=119) < told.value.retry_at - start < timedelta(seconds=130)
    assert statuses(sandbox_url) == {429: 1}
    open_again(told.value.retry_at)
    second.recent_posts(start)
    assert statuses(sandbox_url)[200] >= 1


def test_another_account_does_not_wait(sandbox_url: str, connections: Any) -> None:
    tell(sandbox_url, "faults", {"kind": "status", "preset": "retry_after_429"})
    with pytest.raises(RateLimited):
        client_for("x", "medsos_x", web_connection_id="medsos_web").whoami()

    assert client_for("facebook", "medsos_facebook", web_connection_id="medsos_web").whoami().id


def test_a_commit_that_must_wait_has_sent_nothing_and_comes_out_once_later(
    sandbox_url: str, connections: Any
) -> None:
    client = client_for("x", "medsos_x", web_connection_id="medsos_web")
    post, journal = Post(key="k", text="Rapat pleno", title="Rapat"), Journal()
    client.prepare(post, journal)
    tell(sandbox_url, "settings", {"rate_limits": {"x_create": 1}})
    client.commit(Post(key="lain", text="Kegiatan lain", title="Lain"), Journal())

    with pytest.raises(RateLimited) as caught:
        client.commit(post, journal)

    assert not journal.get("commit_started_at"), "an outcome that is known must not look unknown"
    assert statuses(sandbox_url, "/2/tweets") == {201: 1}
    open_again(caught.value.retry_at)
    tell(sandbox_url, "settings", {"rate_limits": {}})
    client.commit(post, journal)
    posts = requests.get(f"{sandbox_url}/_inspect/posts?platform=x", timeout=20).json()
    assert sorted(one["text"] for one in posts) == ["Kegiatan lain", "Rapat pleno"]


def test_posts_of_the_day_are_counted_and_refused_ones_are_not(
    sandbox_url: str, definitions: dict[str, dict[str, Any]], connect: Connect, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    connect_tiktok(definitions, connect)
    monkeypatch.setitem(ALLOWANCES, "tiktok", (Allowance("posts", 1, 86_400, posts=True),))

    def attempt(name: str) -> None:
        client, journal = client_for("tiktok", "medsos_tiktok", web_connection_id="medsos_web"), Journal()
        post = Post(key=name, text=f"Kegiatan {name}", title=name, media=(picture(tmp_path / f"{name}.jpg"),))
        client.prepare(post, journal)
        client.commit(post, journal)

    refusal = {"data": {}, "error": {"code": "invalid_param", "message": "salah"}}
    fault = {"kind": "status", "status": 400, "path": "/content/init/$", "body": refusal}
    tell(sandbox_url, "faults", fault)
    with pytest.raises(ContentInvalid):
        attempt("dua")
    attempt("tiga")
    with pytest.raises(RateLimited) as caught:
        attempt("empat")

    assert timedelta(hours=23) < caught.value.retry_at - datetime.now(UTC) < timedelta(hours=25)
    posts = requests.get(f"{sandbox_url}/_inspect/posts?platform=tiktok", timeout=20).json()
    assert [one["title"] for one in posts] == ["tiga"]
    quota = client_for("tiktok", "medsos_tiktok", web_connection_id="medsos_web").access().quota
    assert (quota and quota.left, quota and quota.total) == (0, 1)


def test_a_commit_whose_outcome_is_unknown_may_be_a_post_and_stays_counted(
    sandbox_url: str, connections: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ALLOWANCES, "x", (Allowance("posts", 1, 86_400, posts=True),))
    client = client_for("x", "medsos_x", web_connection_id="medsos_web")
    tell(sandbox_url, "faults", {"kind": "process_then_drop", "method": "POST", "path": "/2/tweets$"})

    with pytest.raises(UnknownOutcome):
        client.commit(Post(key="k", text="Rapat pleno", title="Rapat"), Journal())
    with pytest.raises(RateLimited):
        client.commit(Post(key="l", text="Kegiatan lain", title="Lain"), Journal())


def test_a_record_that_cannot_be_read_keeps_no_request_back(
    sandbox_url: str, connections: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rusak.db").write_text("bukan basis data " * 100)
    monkeypatch.setenv("MEDSOS_DATABASE_URL", f"sqlite:///{tmp_path / 'rusak.db'}")

    assert client_for("x", "medsos_x", web_connection_id="medsos_web").whoami().id
    assert statuses(sandbox_url) == {200: 1}


def test_an_account_is_named_without_its_secrets(definitions: dict[str, dict[str, Any]]) -> None:
    secret = definitions["medsos_x"]["extra"]["access_token"]

    assert re.fullmatch(r"x:[0-9a-f]{20}", account_name("x", "https://api.x.com", secret))
    assert account_name("x", "https://api.x.com", secret) != account_name("x", "https://lain", secret)
