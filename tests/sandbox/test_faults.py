"""What the sandbox lets go wrong, seen from the client's side."""

from __future__ import annotations

import time

import pytest
import requests
from sandbox_kit import picture, set_up, web_picture


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
    for nonsense in ({"kind": "ledakan"}, {"preset": "tidak_ada"}, {"path": "("}, {"jalur": "x"}, "x"):
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
