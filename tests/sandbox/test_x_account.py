"""The X account of the sandbox, over HTTP."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sandbox_kit import picture, set_up, video
from x_kit import tweet, upload

from medsos.sandbox.x.text import weighted_length


def test_a_text_with_a_picture_is_one_visible_post(sandbox, keys, oauth, visible):
    media = upload(sandbox, oauth, picture(), "image/jpeg", "tweet_image", chunk=5000)["data"]
    assert "processing_info" not in media
    alt_text = {"id": media["id"], "metadata": {"alt_text": {"text": "Rapat"}}}
    described = requests.post(f"{sandbox}/x/2/media/metadata", json=alt_text, auth=oauth, timeout=10)
    assert described.json()["data"]["id"] == media["id"]
    answer = tweet(
        sandbox, oauth, text="Rapat & pleno\nhttps://kpu.go.id/berita", media={"media_ids": [media["id"]]}
    )
    assert answer.status_code == 201, answer.text
    data = answer.json()["data"]
    assert int(data["id"]) > 2**53
    assert data["text"].startswith("Rapat &amp; pleno\nhttps://t.co/")
    assert data["edit_history_tweet_ids"] == [data["id"]]
    [post] = visible()
    assert (post["id"], post["alt_texts"]) == (data["id"], ["Rapat"])
    assert post["permalink"].endswith(f"/x.com/{keys['x']['username']}/status/{data['id']}")
    page = requests.get(post["permalink"], timeout=10).text
    assert "Rapat &amp; pleno" in page
    assert "MODE LATIHAN" in page
    short = requests.get(f"{sandbox}/x.com/i/web/status/{data['id']}", timeout=10)
    assert short.url == post["permalink"]
    me = requests.get(f"{sandbox}/x/2/users/me", auth=oauth, timeout=10).json()["data"]
    query = {"max_results": 5, "tweet.fields": "created_at,entities,public_metrics"}
    listed = requests.get(
        f"{sandbox}/x/2/users/{me['id']}/tweets", params=query, auth=oauth, timeout=10
    ).json()
    [found] = listed["data"]
    assert found["entities"]["urls"][0]["expanded_url"] == "https://kpu.go.id/berita"
    assert "retweet_count" in found["public_metrics"]
    deleted = requests.delete(f"{sandbox}/x/2/tweets/{data['id']}", auth=oauth, timeout=10).json()
    assert deleted == {"data": {"deleted": True}}
    gone = requests.get(f"{sandbox}/x/2/tweets/{data['id']}", auth=oauth, timeout=10)
    assert gone.status_code == 200
    assert gone.json()["errors"][0]["type"].endswith("/resource-not-found")
    assert visible() == []


def test_the_answer_uses_the_words_of_the_request(sandbox, keys, oauth):
    tweet(sandbox, oauth, text="kata")
    url = f"{sandbox}/x/2/users/{keys['x']['user_id']}/tweets"
    new = requests.get(url, params={"post.fields": "public_metrics"}, auth=oauth, timeout=10).json()["data"][
        0
    ]
    assert "repost_count" in new["public_metrics"]
    assert "edit_history_post_ids" in new


def test_a_video_is_ready_only_after_processing(sandbox, oauth, visible):
    final = upload(sandbox, oauth, video(seconds=2), "video/mp4", "tweet_video", chunk=20000)["data"]
    assert final["processing_info"]["state"] == "pending"
    body = {"text": "Video", "media": {"media_ids": [final["id"]]}}
    early = tweet(sandbox, oauth, **body)
    assert early.status_code == 400
    assert early.json()["errors"][0]["message"] == "Your media IDs are invalid."
    states = []
    for _ in range(30):
        query = {"command": "STATUS", "media_id": final["id"]}
        status = requests.get(f"{sandbox}/x/2/media/upload", params=query, auth=oauth, timeout=10).json()[
            "data"
        ]
        states.append(status["processing_info"]["state"])
        if states[-1] == "succeeded":
            break
        time.sleep(0.1)
    assert states[0] == "in_progress"
    assert states[-1] == "succeeded"
    assert tweet(sandbox, oauth, **body).status_code == 201
    assert len(visible()) == 1


def test_a_video_outside_the_limits_fails_in_processing(sandbox, oauth):
    set_up(sandbox, x_video_seconds=1, ready_on_first_read=True, processing_seconds=0)
    final = upload(sandbox, oauth, video(seconds=2), "video/mp4", "tweet_video")["data"]
    query = {"command": "STATUS", "media_id": final["id"]}
    status = requests.get(f"{sandbox}/x/2/media/upload", params=query, auth=oauth, timeout=10).json()["data"]
    assert status["processing_info"]["state"] == "failed"


def test_simple_and_json_uploads_work_too(sandbox, oauth, visible):
    url = f"{sandbox}/x/2/media/upload"
    one = requests.post(
        url, files={"media": picture()}, data={"media_category": "tweet_image"}, auth=oauth, timeout=10
    )
    encoded = base64.b64encode(picture(600, 600)).decode()
    two = requests.post(url, json={"media": encoded, "media_category": "tweet_image"}, auth=oauth, timeout=10)
    ids = [answer.json()["data"]["id"] for answer in (one, two)]
    assert tweet(sandbox, oauth, media={"media_ids": ids}).status_code == 201
    assert len(visible()[0]["media"]) == 2
    pdf = requests.post(
        url, files={"media": b"%PDF-1.4 x"}, data={"media_category": "tweet_image"}, auth=oauth, timeout=10
    )
    assert pdf.status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x", "judul": "y"}, 400),
        ({}, 400),
        ({"text": "x" * 281}, 403),
        ({"text": "日" * 141}, 403),
        ({"text": "$BBCA dan $BBRI"}, 403),
        ({"text": "x", "quote_tweet_id": "1"}, 403),
        ({"text": "x", "reply": {"in_reply_to_tweet_id": "1"}}, 403),
        ({"text": "x", "media": {"media_ids": ["123"]}}, 400),
        ({"text": "x", "media": {"media_ids": [123]}}, 400),
        ({"text": "x", "reply_settings": "semua"}, 400),
    ],
)
def test_posts_against_the_rules_are_refused(sandbox, oauth, visible, body, status):
    answer = tweet(sandbox, oauth, **body)
    assert answer.status_code == status
    assert {"title", "detail", "type", "status"} <= set(answer.json())
    assert visible() == []


def test_the_same_text_and_picture_twice_is_a_duplicate(sandbox, oauth, visible):
    assert tweet(sandbox, oauth, text="Sama").status_code == 201
    again = tweet(sandbox, oauth, text="Sama")
    assert again.status_code == 403
    assert "duplicate content" in again.json()["detail"]
    assert len(visible()) == 1


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("Halo Bengkulu", 13),
        ("日本", 4),
        ("https://kota-bengkulu.kpu.go.id/berita/panjang-sekali?x=1", 23),
        ("lihat kpu.go.id ya", 32),
        ("👨‍👩‍👧‍👦", 2),
        ("🇮🇩🇮🇩", 4),
        ("👍🏽", 2),
        ("1️⃣", 2),
        ("مرحبا", 5),
        ("“kutip” – ya…", 14),
        ("é", 1),
        ("H. Budi S.Sos dan A.Md", 22),
        ("A.Md/lulus", 23),
    ],
)
def test_text_is_weighed_as_x_does(text, weight):
    assert weighted_length(text) == weight


def test_twenty_posts_at_the_same_moment_become_one(sandbox, oauth, visible):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tweet(sandbox, oauth, text="Serentak").status_code, range(20)))
    assert sorted(answers) == [201] + [403] * 19
    assert len(visible()) == 1


def test_a_damaged_picture_is_refused(sandbox, oauth):
    data = picture()[:4000]
    answer = requests.post(f"{sandbox}/x/2/media/upload", files={"media": data},
                           data={"media_category": "tweet_image"}, auth=oauth, timeout=10)  # fmt: skip
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"text": "a", "reply": {"in_reply_to_tweet_id": "1", "kepada": "2"}},
        {"text": "a", "reply": {"auto_populate_reply_metadata": True}},
        {"text": "a", "media": {"tagged_user_ids": ["1"]}},
        {"text": "a", "nullcast": "ya"},
        {"text": "a", "poll": {"options": ["Ya"], "duration_minutes": 60}},
        {"text": "a", "poll": {"options": ["Ya", "Tidak"], "duration_minutes": 4}},
        {"text": "a", "poll": {"options": ["Ya", "T" * 26], "duration_minutes": 60}},
        {"text": "a", "geo": "Bengkulu"},
        {"text": "a", "community_id": 12},
        {"text": 7},
        ["a"],
    ],
)
def test_every_part_of_a_post_is_checked_by_name_and_value(sandbox, keys, visible, body):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    answer = requests.post(f"{sandbox}/x/2/tweets", json=body, headers=header, timeout=10)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/invalid-request")
    assert visible() == []


@pytest.mark.parametrize(
    "query",
    ["tweet_fields=created_at", "tweet.fields=dibuat", "expansions=penulis", "max_results=4",
     "max_results=lima", "start_time=kemarin", "since_id=abc", "pagination_token=abc", "exclude=semua"],
)  # fmt: skip
def test_a_question_is_checked_by_name_and_value(sandbox, keys, query):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    url = f"{sandbox}/x/2/users/{keys['x']['user_id']}/tweets?{query}"
    answer = requests.get(url, headers=header, timeout=10)
    assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Request")
    assert answer.headers["x-rate-limit-limit"] == "900"


def test_a_days_window_has_its_own_headers(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    set_up(sandbox, rate_limits={"x_create_day": 1})
    first, second = (
        requests.post(f"{sandbox}/x/2/tweets", json={"text": f"a{n}"}, headers=header, timeout=10)
        for n in range(2)
    )
    assert (first.status_code, first.headers["x-app-limit-24hour-remaining"]) == (201, "0")
    assert second.status_code == 429
    assert second.headers["x-rate-limit-remaining"] == "99"
    assert second.headers["x-app-limit-24hour-remaining"] == "0"
