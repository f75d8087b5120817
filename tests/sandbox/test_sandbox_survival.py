"""The sandbox is killed in the middle of its work, asked nonsense, and used by many at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from sandbox_kit import picture, set_up, video, web_auth

SEED = 20261123


class Killable:
    """A sandbox in a process of its own, always with the same memory and address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        port = self.url.rpartition(":")[2] or "0"
        command = [sys.executable, "-m", "medsos.sandbox", "--port", port, "--state", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        for _ in range(400):
            try:
                requests.get(f"{self.url}/_inspect/health", timeout=5)
                return
            except requests.ConnectionError:
                time.sleep(0.02)
        raise AssertionError("Sandbox tidak menyala")

    def kill(self) -> None:
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@pytest.fixture
def killable(tmp_path):
    server = Killable(tmp_path / "sandbox")
    server.start()
    yield server
    server.kill()


def _post_to_x(url, keys, number):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    return requests.post(f"{url}/x/2/tweets", json={"text": f"x {number}"}, headers=header, timeout=10)


def _post_to_website(url, keys, number):
    body = {"title": f"web {number}", "slug": f"web-{number}", "status": "publish"}
    return requests.post(f"{url}/web/wp-json/wp/v2/posts", json=body, auth=web_auth(keys), timeout=10)


def _photo_to_page(url, keys, number):
    data = {"access_token": keys["facebook"]["page_token"], "caption": f"facebook {number}"}
    photo = {"source": ("a.jpg", picture(400 + number % 50, 400))}
    return requests.post(
        f"{url}/graph/v26.0/{keys['facebook']['page_id']}/photos", data=data, files=photo, timeout=10
    )


def test_no_kill_leaves_half_a_post_behind(killable):
    """What was answered is there; what was not is there whole, once, or not at all."""
    keys = requests.get(f"{killable.url}/_inspect/accounts", timeout=10).json()
    set_up(killable.url, rate_limits={"x_create": 10**6})
    chance, answered, sent = random.Random(SEED), set(), 0
    for round_ in range(6):
        stop = threading.Event()

        def work(make, name, begin, stop=stop):
            number = begin
            while not stop.is_set():
                number += 1
                try:
                    if make(killable.url, keys, number).status_code in (200, 201):
                        answered.add(f"{name} {number}")
                except requests.RequestException:
                    return

        makers = ((_post_to_x, "x"), (_post_to_website, "web"), (_photo_to_page, "facebook"))
        threads = [threading.Thread(target=work, args=(make, name, round_ * 1000)) for make, name in makers]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.1, 0.5))
        killable.kill()
        stop.set()
        for thread in threads:
            thread.join(20)
        killable.start()
        posts = requests.get(f"{killable.url}/_inspect/posts", timeout=20).json()
        texts = [post["title"] if post["platform"] == "web" else post["text"] for post in posts]
        assert len(texts) == len(set(texts))
        assert answered <= set(texts)
        for post in posts[sent:]:
            assert requests.get(post["permalink"], timeout=10).status_code == 200
            for sha256 in post["media"]:
                assert requests.get(f"{killable.url}/cdn/{sha256}.jpg", timeout=10).status_code == 200
        sent = len(posts)
    assert len(answered) > 20


def test_an_upload_goes_on_after_a_kill_where_it_was(killable):
    """Facebook's chunks and TikTok's: what was taken stays, the rest is sent, one post comes of it."""
    keys = requests.get(f"{killable.url}/_inspect/accounts", timeout=10).json()
    data = video(noise=True, seconds=2, width=540, height=960)
    token = {"access_token": keys["facebook"]["page_token"]}
    address = f"/graph-video/v26.0/{keys['facebook']['page_id']}/videos"

    def facebook(**fields):
        chunk = fields.pop("chunk", None)
        files = {"video_file_chunk": chunk} if chunk else None
        body = {**token, **fields}
        return requests.post(killable.url + address, data=body, files=files, timeout=30).json()

    start = facebook(upload_phase="start", file_size=len(data))
    session = start["upload_session_id"]
    half = len(data) // 2
    facebook(upload_phase="transfer", upload_session_id=session, start_offset=0, chunk=data[:half])
    # A chunk that the server was still writing when it died.
    part = killable.folder / "files" / f"upload-{start['video_id']}.part"
    killable.kill()
    with part.open("ab") as file:
        file.write(b"setengah potongan")
    killable.start()
    step = facebook(upload_phase="transfer", upload_session_id=session, start_offset=half, chunk=data[half:])
    assert step["start_offset"] == step["end_offset"] == str(len(data))
    killable.kill()
    killable.start()
    done = facebook(upload_phase="finish", upload_session_id=session, description="Video")
    assert done == {"success": True}
    [post] = requests.get(f"{killable.url}/_inspect/posts", timeout=10).json()
    assert requests.get(f"{killable.url}/cdn/{post['media'][0]}.mp4", timeout=10).content == data


def test_settings_faults_and_rate_windows_outlive_a_kill(killable):
    keys = requests.get(f"{killable.url}/_inspect/accounts", timeout=10).json()
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    set_up(killable.url, rate_limits={"x_me": 2})
    fault = {"kind": "status", "status": 503, "path": "/tweets$", "times": 2}
    requests.post(f"{killable.url}/_inspect/faults", json=fault, timeout=10).raise_for_status()
    assert requests.get(f"{killable.url}/x/2/users/me", headers=header, timeout=10).status_code == 200
    assert _post_to_x(killable.url, keys, 1).status_code == 503
    killable.kill()
    killable.start()
    codes = [requests.get(f"{killable.url}/x/2/users/me", headers=header, timeout=10).status_code
             for _ in range(2)]  # fmt: skip
    assert codes == [200, 429]
    assert [_post_to_x(killable.url, keys, 1).status_code for _ in range(2)] == [503, 201]


def test_many_at_once_get_what_is_theirs(sandbox, keys, visible):
    set_up(sandbox, rate_limits={"x_create": 10**6})
    answers: list[dict] = []

    def work(worker):
        for number in range(15):
            answers.append(_post_to_x(sandbox, keys, f"{worker}-{number}").json()["data"])

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    posts = {post["id"]: post["text"] for post in visible()}
    assert {answer["id"]: answer["text"] for answer in answers} == posts
    assert len(posts) == 120


# -- nonsense ------------------------------------------------------------------------------------------------

_ODD = (
    "",
    "0",
    "-1",
    "abc",
    "99999999999999999999",
    "null",
    "[]",
    "{}",
    "'",
    "%00",
    "é",
    "1e9",
    "true",
    "..",
)


def _paths(keys):
    page, account, user = (
        keys["facebook"]["page_id"], keys["instagram"]["user_id"], keys["x"]["user_id"],
    )  # fmt: skip
    graph = [f"/graph/v26.0/{path}" for path in (
        "me", "me/accounts", page, f"{page}/feed", f"{page}/photos", f"{page}/videos", f"{page}/video_reels",
        f"{page}/video_stories", f"{page}/published_posts", f"{page}/scheduled_posts", account,
        f"{account}/media", f"{account}/media_publish", f"{account}/content_publishing_limit", "debug_token",
        "oauth/access_token", "", "1/2/3",
    )]  # fmt: skip
    x = [f"/x/2/{path}" for path in (
        "tweets", "tweets/1", "tweets/analytics", "users/me", f"users/{user}/tweets", "users", "users/by",
        "media/upload", "media/upload/initialize", "media/upload/1/append", "media/upload/1/finalize",
        "media/metadata", "oauth2/token", "oauth2/revoke",
    )]  # fmt: skip
    tiktok = [f"/tiktok/v2/{path}/" for path in (
        "post/publish/creator_info/query", "post/publish/video/init", "post/publish/inbox/video/init",
        "post/publish/content/init", "post/publish/status/fetch", "post/publish/cancel", "video/list",
        "video/query", "user/info", "oauth/token", "oauth/revoke",
    )]  # fmt: skip
    web = [f"/web/wp-json{path}" for path in (
        "", "/wp/v2/posts", "/wp/v2/posts/1", "/wp/v2/media", "/wp/v2/media/1", "/wp/v2/tags",
        "/wp/v2/categories/1", "/wp/v2/users", "/wp/v2/comments", "/wp/v2/search", "/wp/v2/types/x",
    )]  # fmt: skip
    pages = ["/", "/web/", "/x.com/a", "/facebook.com/1", "/instagram.com/p/x/", "/tiktok.com/@x/video/1",
             "/tiktok-upload/video/", "/rupload/video-upload/v26.0/1", "/cdn/x"]  # fmt: skip
    return [*graph, *x, *tiktok, *web, *pages]


_NAMES = (
    "message", "limit", "since", "until", "after", "fields", "attached_media", "scheduled_publish_time",
    "file_size", "start_offset", "upload_phase", "upload_session_id", "media_type", "children", "creation_id",
    "image_url", "user_tags", "thumb_offset", "max_results", "pagination_token", "since_id", "start_time",
    "ids", "tweet.fields", "expansions", "media_ids", "media", "text", "poll", "reply", "total_bytes",
    "media_category", "segment_index", "command", "metadata", "id", "post_info", "source_info", "publish_id",
    "cursor", "max_count", "filters", "grant_type", "refresh_token", "code", "title", "slug", "status",
    "featured_media", "categories", "tags", "date", "per_page", "page", "orderby", "include", "offset",
    "_fields", "_embed", "batch", "targeting", "collaborators", "video_id", "post", "author", "sticky",
)  # fmt: skip


def test_nothing_that_is_asked_makes_the_sandbox_stumble(sandbox, keys):
    """Odd values, in every encoding, at every address: refused in the platform's words, without a crash."""
    chance = random.Random(SEED)
    credentials = [
        {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"},
        {"Authorization": f"Bearer {keys['tiktok']['access_token']}"},
        {"Authorization": f"Bearer {keys['facebook']['page_token']}"},
        {"Authorization": "Basic !!!"}, {"Authorization": "OAuth oauth_nonce"}, {},
    ]  # fmt: skip
    session = requests.Session()
    limits = requests.get(f"{sandbox}/_inspect/faults", timeout=10).json()["rates"]
    set_up(sandbox, rate_limits=dict.fromkeys(limits, 10**9), fetch_timeout_seconds=0.2)
    tried = 0
    for path in _paths(keys):
        for headers in credentials[:5] if not path.startswith("/web") else [*credentials[3:], None]:
            for _ in range(2):
                odd = {name: chance.choice(_ODD) for name in chance.sample(_NAMES, 12)}
                nested = {name: chance.choice([value, [value], {"a": value}, 7, None, True])
                          for name, value in odd.items()}  # fmt: skip
                broken = {"data": b"\xff{", "headers": {"Content-Type": "application/json"}}
                for method, how in (
                    ("GET", {"params": odd}), ("POST", {"data": odd}), ("POST", {"json": nested}),
                    ("DELETE", {"params": odd}), ("POST", broken), ("PUT", {"data": b"\x00", "params": odd}),
                ):  # fmt: skip
                    given = {**(headers or {}), **how.get("headers", {})}
                    auth = web_auth(keys) if headers is None else None
                    sent = {name: value for name, value in how.items() if name != "headers"}
                    answer = session.request(
                        method, f"{sandbox}{path}", headers=given, auth=auth, timeout=20, **sent
                    )
                    tried += 1
                    stumbled = answer.status_code >= 500 and "Internal Server Error" in answer.text
                    assert not stumbled, (method, path, odd, how)
    assert tried > 2000
