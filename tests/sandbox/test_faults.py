"""What the sandbox lets go wrong, seen from the client's side."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sandbox_kit import picture, set_up, tell, web_picture


def fault(sandbox, **fields):
    answer = requests.post(f"{sandbox}/_inspect/faults", json=fields, timeout=10)
    assert answer.status_code == 200, answer.text


def feed(sandbox, keys, message="Halo", timeout=5.0):
    data = {"access_token": keys["facebook"]["page_token"], "message": message}
    return requests.post(
        f"{sandbox}/graph/v26.0/{keys['facebook']['page_id']}/feed", data=data, timeout=timeout
    )


def test_a_connection_dropped_before_processing_leaves_nothing(sandbox, keys, visible):
    fault(sandbox, kind="drop_before", method="POST", path="/feed$")
    with pytest.raises(requests.ConnectionError):
        feed(sandbox, keys)
    assert visible() == []
    assert feed(sandbox, keys).status_code == 200
    assert len(visible()) == 1


def test_a_connection_dropped_after_processing_leaves_the_post(sandbox, keys, visible):
    fault(sandbox, kind="process_then_drop", method="POST", path="/feed$")
    with pytest.raises(requests.ConnectionError):
        feed(sandbox, keys)
    assert len(visible()) == 1


def test_a_server_error_after_processing_leaves_the_post(sandbox, keys, visible):
    fault(sandbox, kind="process_then_status", path="/feed$", preset="graph_1")
    answer = feed(sandbox, keys)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 1
    assert len(visible()) == 1


def test_a_slow_answer_comes_after_the_clients_patience(sandbox, keys, visible):
    fault(sandbox, kind="process_then_slow", path="/feed$", seconds=1.5)
    with pytest.raises(requests.ReadTimeout):
        feed(sandbox, keys, timeout=0.5)
    assert len(visible()) == 1


def test_a_truncated_answer_cannot_be_read(sandbox, keys, visible):
    fault(sandbox, kind="truncated", path="/feed$")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        feed(sandbox, keys)
    assert len(visible()) == 1


def test_faults_are_counted_and_can_wait_for_a_later_request(sandbox, keys, visible):
    fault(sandbox, kind="status", path="/feed$", preset="html_503", skip=1, times=2)
    answers = [feed(sandbox, keys, f"Halo {i}") for i in range(4)]
    assert [answer.status_code for answer in answers] == [200, 503, 503, 200]
    assert answers[1].headers["content-type"].startswith("text/html")
    assert len(visible()) == 2
    ledger = requests.get(f"{sandbox}/_inspect/requests", timeout=10).json()
    assert [(entry["status"], entry["fault"]) for entry in ledger] == [
        (200, None), (503, "status"), (503, "status"), (200, None),
    ]  # fmt: skip


def test_a_nonsensical_fault_is_refused(sandbox):
    for nonsense in (
        {"kind": "ledakan"},
        {"preset": "tidak_ada"},
        {"path": "("},
        {"jalur": "x"},
        "x",
        {"until": "kapan-kapan"},
        {"until": "2026-11-23T10:00:00"},
        {"times": 0},
        {"match": "["},
        {"times": "banyak"},
    ):
        answer = requests.post(f"{sandbox}/_inspect/faults", json=nonsense, timeout=10)
        assert answer.status_code == 400
    assert requests.get(f"{sandbox}/_inspect/faults", timeout=10).json()["faults"] == []


def test_the_ledger_keeps_no_secret(sandbox, keys):
    token = keys["facebook"]["page_token"]
    requests.get(f"{sandbox}/graph/v26.0/me", params={"access_token": token, "fields": "id"}, timeout=10)
    ledger = requests.get(f"{sandbox}/_inspect/requests", timeout=10)
    assert "fields=id" in ledger.text
    assert token not in ledger.text


def test_a_full_rate_window_opens_again(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    set_up(sandbox, rate_limits={"x_me": 2})
    answers = [requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-rate-limit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert int(answers[2].headers["x-rate-limit-reset"]) > time.time() + 800
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 901}, timeout=10)
    assert requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10).status_code == 200


def test_graph_tells_its_usage_and_refuses_with_code_4(sandbox, keys):
    set_up(sandbox, rate_limits={"graph_app": 1})
    first = feed(sandbox, keys)
    assert '"call_count": 100' in first.headers["x-app-usage"]
    assert "estimated_time_to_regain_access" in first.headers["x-business-use-case-usage"]
    assert feed(sandbox, keys, "lagi").json()["error"]["code"] == 4


def test_new_posts_show_late_in_lists_when_asked(sandbox, keys, visible):
    set_up(sandbox, visibility_delay_seconds=60)
    feed(sandbox, keys)
    url = f"{sandbox}/graph/v26.0/{keys['facebook']['page_id']}/published_posts"
    params = {"access_token": keys["facebook"]["page_token"]}
    assert requests.get(url, params=params, timeout=10).json()["data"] == []
    assert len(visible()) == 1
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 61}, timeout=10)
    assert len(requests.get(url, params=params, timeout=10).json()["data"]) == 1


def test_processing_can_be_made_to_fail_with_a_listed_reason(sandbox, keys, visible):
    set_up(sandbox, fail_processing={"tiktok": "internal"}, ready_on_first_read=True, processing_seconds=0)
    header = {"Authorization": f"Bearer {keys['tiktok']['access_token']}"}
    source = {"source": "PULL_FROM_URL", "photo_images": [web_picture(sandbox, keys, picture())]}
    info = {"privacy_level": "PUBLIC_TO_EVERYONE"}
    body = {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": info, "source_info": source}
    url = f"{sandbox}/tiktok/v2/post/publish"
    made = requests.post(f"{url}/content/init/", json=body, headers=header, timeout=10).json()["data"]
    status = requests.post(f"{url}/status/fetch/", json=made, headers=header, timeout=10).json()["data"]
    assert (status["status"], status["fail_reason"]) == ("FAILED", "internal")
    assert visible() == []


def test_a_token_can_end_in_the_middle_of_a_flow(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    assert requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10).status_code == 200
    requests.post(f"{sandbox}/_inspect/expire", json={"platform": "x"}, timeout=10).raise_for_status()
    assert requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10).status_code == 401


def test_a_fault_lasts_until_a_moment_of_the_sandboxs_clock(sandbox, keys, visible):
    fault(sandbox, preset="html_503", path="/feed$", for_seconds=600)
    assert [feed(sandbox, keys).status_code for _ in range(3)] == [503, 503, 503]
    tell(sandbox, "clock", advance_seconds=590)
    assert feed(sandbox, keys).status_code == 503
    tell(sandbox, "clock", advance_seconds=11)
    assert feed(sandbox, keys).status_code == 200
    assert requests.get(f"{sandbox}/_inspect/faults", timeout=10).json()["faults"] == []
    now = requests.get(f"{sandbox}/_inspect/clock", timeout=10).json()["now"]
    until = (datetime.fromisoformat(now) + timedelta(minutes=5)).isoformat()
    fault(sandbox, preset="html_503", path="/feed$", until=until)
    assert feed(sandbox, keys, "lagi").status_code == 503
    tell(sandbox, "clock", advance_seconds=301)
    assert feed(sandbox, keys, "lagi").status_code == 200


def test_a_fault_can_be_aimed_at_what_a_request_holds(sandbox, keys):
    fault(sandbox, preset="graph_2", match="message=Kedua", times=-1)
    answers = [
        feed(sandbox, keys, message).status_code for message in ("Pertama", "Kedua", "Ketiga", "Kedua")
    ]
    assert answers == [200, 400, 200, 400]
    requests.delete(f"{sandbox}/_inspect/faults", timeout=10)
    assert feed(sandbox, keys, "Kedua").status_code == 200


def test_a_right_answer_can_come_under_a_wrong_type(sandbox, keys, visible):
    fault(sandbox, kind="wrong_type", path="/feed$")
    answer = feed(sandbox, keys)
    assert answer.headers["content-type"] == "text/html"
    assert [post["id"] for post in visible()] == [answer.json()["id"]]


def test_an_invented_429_has_exactly_its_own_headers(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    fault(sandbox, preset="bare_429", path="/users/me$")
    fault(sandbox, preset="x_429", path="/users/me$")
    fault(sandbox, preset="retry_after_date_429", path="/users/me$")
    bare, full, dated = (
        requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10) for _ in range(3)
    )
    assert not [name for name in bare.headers if "rate-limit" in name or name == "retry-after"]
    assert full.headers["x-rate-limit-remaining"] == "0"
    assert 100 < int(full.headers["x-rate-limit-reset"]) - time.time() <= 121
    assert dated.headers["retry-after"].endswith("GMT")


def test_a_request_that_never_arrived_does_not_count_in_the_rate_window(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    fault(sandbox, kind="drop_before", path="/users/me$")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10)
    answer = requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10)
    assert answer.headers["x-rate-limit-remaining"] == "74"


def test_tokens_of_every_platform_can_end_at_one_request_of_a_flow(sandbox, keys, visible):
    bearer = {name: {"Authorization": f"Bearer {token}"} for name, token in (
        ("x", keys["x"]["oauth2_access_token"]), ("tiktok", keys["tiktok"]["access_token"]),
        ("instagram", keys["instagram"]["login_token"]), ("facebook", keys["facebook"]["page_token"]),
    )}  # fmt: skip
    calls = {
        "x": ("GET", "/x/2/users/me", bearer["x"], 401),
        "tiktok": ("GET", "/tiktok/v2/user/info/?fields=open_id", bearer["tiktok"], 401),
        "instagram": ("GET", "/instagram-graph/v26.0/me", bearer["instagram"], 400),
        "facebook": ("GET", "/graph/v26.0/me", bearer["facebook"], 400),
        "web": ("GET", "/web/wp-json/wp/v2/users/me", web_basic(keys), 401),
    }
    for method, path, headers, refused in calls.values():
        first = requests.request(method, f"{sandbox}{path}", headers=headers, timeout=10)
        assert first.status_code == 200, first.text
        fault(sandbox, kind="expire_token", path=path.partition("?")[0])
        for _ in range(2):
            ended = requests.request(method, f"{sandbox}{path}", headers=headers, timeout=10)
            assert ended.status_code == refused, ended.text
    debug = requests.get(
        f"{sandbox}/graph/v26.0/debug_token", timeout=10,
        params={"input_token": keys["facebook"]["page_token"],
                "access_token": f"{keys['facebook']['app_id']}|{keys['facebook']['app_secret']}"},
    ).json()  # fmt: skip
    assert debug["data"]["is_valid"] is False


def web_basic(keys):
    user, password = keys["web"]["username"], keys["web"]["application_password"]
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_one_processing_can_be_made_to_fail(sandbox, keys, visible):
    set_up(sandbox, ready_on_first_read=True, processing_seconds=0)
    address = web_picture(sandbox, keys, picture())
    fault(sandbox, kind="fail_processing", path="/media$", method="POST", reason="image_format")
    base = f"{sandbox}/graph/v26.0"
    data = {"access_token": keys["instagram"]["access_token"], "image_url": address}
    codes = []
    for _ in range(2):
        made = requests.post(f"{base}/{keys['instagram']['user_id']}/media", data=data, timeout=10).json()
        query = {"access_token": data["access_token"], "fields": "status_code,status"}
        codes.append(requests.get(f"{base}/{made['id']}", params=query, timeout=10).json())
    assert [code["status_code"] for code in codes] == ["ERROR", "FINISHED"]
    assert "2207005" in codes[0]["status"]


def test_a_reset_can_set_up_the_next_run_in_one_step(sandbox, keys, visible):
    fault(sandbox, preset="html_503", times=-1)
    tell(sandbox, "reset", keep_files=True, settings={"processing_seconds": 0})
    assert requests.get(f"{sandbox}/_inspect/faults", timeout=10).json()["faults"] == []
    assert requests.get(f"{sandbox}/_inspect/settings", timeout=10).json()["processing_seconds"] == 0
    assert feed(sandbox, keys).status_code == 200
    assert len(visible()) == 1


def test_a_fault_finds_the_website_behind_its_other_address(sandbox, keys):
    fault(sandbox, preset="html_503", path="/wp/v2/posts$", method="GET", times=3)
    for address in ("wp-json/wp/v2/posts", "?rest_route=/wp/v2/posts", "index.php?rest_route=/wp/v2/posts"):
        assert requests.get(f"{sandbox}/web/{address}", timeout=10).status_code == 503
    assert requests.get(f"{sandbox}/web/?rest_route=/wp/v2/posts", timeout=10).status_code == 200


def test_the_ledger_tells_when_a_request_came_not_when_it_was_answered(sandbox, keys):
    fault(sandbox, kind="slow", path="/feed$", seconds=1.0)
    before = datetime.now(UTC)
    feed(sandbox, keys)
    [entry] = requests.get(f"{sandbox}/_inspect/requests", timeout=10).json()
    assert timedelta(0) <= datetime.fromisoformat(entry["time"]) - before < timedelta(seconds=0.9)
