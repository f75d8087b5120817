"""The sandbox as a whole: as a process, across restarts, and apart from the rest of the package."""

from __future__ import annotations

import json
import subprocess
import sys

import requests
from sandbox_kit import picture, web_auth, web_picture

from medsos.sandbox.testing import running_sandbox


def test_the_module_runs_on_a_free_port_and_says_which(tmp_path):
    command = [sys.executable, "-m", "medsos.sandbox", "--port", "0", "--state", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = json.loads(process.stdout.readline())["url"]
            for _ in range(100):
                try:
                    health = requests.get(f"{url}/_inspect/health", timeout=10)
                    break
                except requests.ConnectionError:
                    continue
            assert health.json() == {"status": "ok"}
        finally:
            process.terminate()
        assert process.wait(10) is not None


def test_posts_pictures_and_rotated_tokens_outlive_a_restart(tmp_path):
    with running_sandbox(tmp_path) as url:
        keys = requests.get(f"{url}/_inspect/accounts", timeout=10).json()
        address = web_picture(url, keys, picture())
        body = {"title": "Tetap ada", "content": f'<img src="{address}">', "status": "publish"}
        requests.post(f"{url}/web/wp-json/wp/v2/posts", json=body, auth=web_auth(keys), timeout=10)
        form = {"client_key": keys["tiktok"]["client_key"], "client_secret": keys["tiktok"]["client_secret"],
                "grant_type": "refresh_token", "refresh_token": keys["tiktok"]["refresh_token"]}  # fmt: skip
        fresh = requests.post(f"{url}/tiktok/v2/oauth/token/", data=form, timeout=10).json()
    with running_sandbox(tmp_path) as url:
        [post] = requests.get(f"{url}/_inspect/posts", timeout=10).json()
        assert post["title"] == "Tetap ada"
        assert requests.get(post["permalink"], timeout=10).status_code == 200
        moved = address.split("/web/")[1]
        assert requests.get(f"{url}/web/{moved}", timeout=10).content == picture()
        keys = requests.get(f"{url}/_inspect/accounts", timeout=10).json()
        assert keys["tiktok"]["refresh_token"] == fresh["refresh_token"]


def test_a_reset_forgets_everything_and_brings_the_first_keys_back(sandbox, keys, visible):
    body = {"title": "Hilang", "status": "publish"}
    requests.post(f"{sandbox}/web/wp-json/wp/v2/posts", json=body, auth=web_auth(keys), timeout=10)
    assert len(visible()) == 1
    requests.post(f"{sandbox}/_inspect/reset", timeout=10).raise_for_status()
    assert visible() == []
    assert requests.get(f"{sandbox}/_inspect/requests", timeout=10).json() == []
    assert requests.get(f"{sandbox}/_inspect/accounts", timeout=10).json() == keys


def test_every_timeline_and_the_index_say_that_this_is_training(sandbox):
    index = requests.get(f"{sandbox}/", timeout=10)
    assert "MODE LATIHAN" in index.text
    for path in ("/web/", "/facebook.com/kpukotabengkulu", "/instagram.com/kpukotabengkulu/",
                 "/x.com/kpukotabengkulu", "/tiktok.com/@kpukotabengkulu"):  # fmt: skip
        assert f'href="{path}"' in index.text
        assert requests.head(f"{sandbox}{path}", timeout=10).status_code == 200
        page = requests.get(f"{sandbox}{path}", timeout=10)
        assert page.status_code == 200
        assert "MODE LATIHAN" in page.text
    missing = requests.get(f"{sandbox}/x.com/kpukotabengkulu/status/1", timeout=10)
    assert missing.status_code == 404
    assert "MODE LATIHAN" in missing.text


def test_pages_load_nothing_from_outside(sandbox):
    page = requests.get(f"{sandbox}/", timeout=10)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_unknown_settings_are_refused(sandbox):
    answer = requests.post(f"{sandbox}/_inspect/settings", json={"tidak_ada": 1}, timeout=10)
    assert answer.status_code == 400
