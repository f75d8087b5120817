"""The Facebook Page of the sandbox, over HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest
import requests
from sandbox_kit import picture, set_up, video, web_picture


def graph(sandbox: str, path: str) -> str:
    return f"{sandbox}/graph/v26.0/{path}"


def page(sandbox: str, keys, edge: str = "") -> str:
    return graph(sandbox, f"{keys['facebook']['page_id']}{edge}")


def token(keys) -> dict[str, str]:
    return {"access_token": keys["facebook"]["page_token"]}


def test_a_photo_with_caption_is_one_visible_post(sandbox, keys, visible):
    data = {**token(keys), "caption": "Rapat pleno\n#KPUMelayani", "alt_text_custom": "Peserta rapat"}
    answer = requests.post(
        page(sandbox, keys, "/photos"), data=data, files={"source": ("a.jpg", picture())}, timeout=10
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["facebook-api-version"] == "v26.0"
    [post] = visible()
    assert post["id"] == answer.json()["post_id"]
    assert post["id"].startswith(keys["facebook"]["page_id"] + "_")
    assert post["alt_texts"] == ["Peserta rapat"]
    fields = {**token(keys), "fields": "id,message,permalink_url,created_time,attachments{media_type,target}"}
    read = requests.get(graph(sandbox, post["id"]), params=fields, timeout=10).json()
    assert read["message"] == "Rapat pleno\n#KPUMelayani"
    assert read["created_time"].endswith("+0000")
    shown = requests.get(read["permalink_url"], timeout=10).text
    assert "Rapat pleno" in shown
    assert "MODE LATIHAN" in shown


def test_a_photo_by_address_is_really_fetched(sandbox, keys, visible):
    address = web_picture(sandbox, keys, picture())
    answer = requests.post(page(sandbox, keys, "/photos"), data={**token(keys), "url": address}, timeout=10)
    assert answer.status_code == 200
    missing = requests.post(
        page(sandbox, keys, "/photos"), data={**token(keys), "url": address + "x"}, timeout=10
    )
    assert missing.json()["error"]["code"] == 324
    assert len(visible()) == 1


def test_several_unpublished_photos_become_one_post(sandbox, keys, visible):
    ids = []
    for size in (800, 900):
        data = {**token(keys), "published": "false"}
        answer = requests.post(page(sandbox, keys, "/photos"), data=data,
                               files={"source": ("a.jpg", picture(size))}, timeout=10).json()  # fmt: skip
        assert "post_id" not in answer
        ids.append(answer["id"])
    assert visible() == []
    attached = json.dumps([{"media_fbid": id_} for id_ in ids])
    data = {**token(keys), "message": "Dua foto", "attached_media": attached}
    made = requests.post(page(sandbox, keys, "/feed"), data=data, timeout=10)
    assert made.status_code == 200, made.text
    [post] = visible()
    assert len(post["media"]) == 2
    indexed = {**token(keys), "message": "Lagi", "attached_media[0]": json.dumps({"media_fbid": ids[0]})}
    again = requests.post(page(sandbox, keys, "/feed"), data=indexed, timeout=10).json()
    assert again["error"]["error_subcode"] == 1366051


@pytest.mark.parametrize("encoding", ["form", "json", "query"])
def test_every_encoding_reaches_the_feed_and_the_post_can_be_listed_changed_and_deleted(
    sandbox, keys, visible, encoding
):
    fields = {**token(keys), "message": "Halo Bengkulu"}
    how = {"form": "data", "json": "json", "query": "params"}[encoding]
    made = requests.post(page(sandbox, keys, "/feed"), timeout=10, **{how: fields}).json()
    listed = requests.get(page(sandbox, keys, "/published_posts"), params=token(keys), timeout=10).json()
    assert [post["id"] for post in listed["data"]] == [made["id"]]
    changed = requests.post(graph(sandbox, made["id"]), data={**token(keys), "message": "Baru"}, timeout=10)
    assert changed.json() == {"success": True}
    assert visible()[0]["text"] == "Baru"
    assert requests.delete(graph(sandbox, made["id"]), params=token(keys), timeout=10).json() == {
        "success": True
    }
    assert visible() == []


def test_wrong_tokens_are_refused_in_the_graph_envelope(sandbox, keys):
    wrong = requests.get(graph(sandbox, "me"), params={"access_token": "salah"}, timeout=10)
    assert wrong.json()["error"]["code"] == 190
    assert wrong.json()["error"]["type"] == "OAuthException"
    assert wrong.json()["error"]["fbtrace_id"]
    user = {"access_token": keys["facebook"]["user_token"], "message": "x"}
    denied = requests.post(page(sandbox, keys, "/feed"), data=user, timeout=10)
    assert denied.json()["error"]["code"] == 200
    pages = requests.get(graph(sandbox, "me/accounts"), params=user, timeout=10).json()["data"]
    assert pages[0]["access_token"] == keys["facebook"]["page_token"]


def test_the_secret_proof_is_recomputed(sandbox, keys):
    set_up(sandbox, facebook_require_appsecret_proof=True)
    without = requests.get(graph(sandbox, "me"), params=token(keys), timeout=10).json()
    assert without["error"]["type"] == "GraphMethodException"
    secret, key = keys["facebook"]["app_secret"], keys["facebook"]["page_token"]
    proof = hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest()
    params = {**token(keys), "appsecret_proof": proof, "fields": "id,name,instagram_business_account"}
    with_proof = requests.get(graph(sandbox, "me"), params=params, timeout=10).json()
    assert with_proof["name"] == "KPU Kota Bengkulu"
    assert with_proof["instagram_business_account"]["id"] == keys["instagram"]["user_id"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"message": ""}, 197),
        ({"message": "x" * 63207}, 100),
        ({"message": "x", "link": "https://www.facebook.com/kpu"}, 1609008),
        ({"message": "x", "published": "false", "scheduled_publish_time": "in 60"}, 100),
        ({"message": "x", "fields": "tidak_ada"}, 100),
    ],
)
def test_bad_posts_are_refused_with_their_code(sandbox, keys, fields, code):
    answer = requests.post(page(sandbox, keys, "/feed"), data={**token(keys), **fields}, timeout=10)
    assert answer.json()["error"]["code"] == code


def test_a_scheduled_post_shows_when_its_time_has_come(sandbox, keys, visible):
    too_soon = {**token(keys), "message": "n", "published": "false",
                "scheduled_publish_time": str(int(time.time()) + 60)}  # fmt: skip
    refused = requests.post(page(sandbox, keys, "/feed"), data=too_soon, timeout=10).json()
    assert refused["error"]["code"] == 100
    later = {**too_soon, "scheduled_publish_time": str(int(time.time()) + 3600)}
    requests.post(page(sandbox, keys, "/feed"), data=later, timeout=10).raise_for_status()
    assert visible() == []
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 3700}, timeout=10)
    assert len(visible()) == 1


def test_the_same_text_twice_in_a_row_is_a_duplicate(sandbox, keys, visible):
    data = {**token(keys), "message": "Sama"}
    requests.post(page(sandbox, keys, "/feed"), data=data, timeout=10).raise_for_status()
    assert requests.post(page(sandbox, keys, "/feed"), data=data, timeout=10).json()["error"]["code"] == 506
    assert len(visible()) == 1


@pytest.mark.parametrize(("size", "kind", "code"), [((500, 500), "WEBP", 324), ((4000, 4000), "BMP", 1)])
def test_pictures_are_judged_by_their_bytes(sandbox, keys, size, kind, code):
    answer = requests.post(page(sandbox, keys, "/photos"), data=token(keys),
                           files={"source": ("foto.jpg", picture(*size, kind=kind))}, timeout=30)  # fmt: skip
    assert answer.json()["error"]["code"] == code


def test_a_malformed_version_is_refused_and_any_other_echoed(sandbox, keys):
    assert (
        requests.get(f"{sandbox}/graph/v25.0/me", params=token(keys), timeout=10).headers[
            "facebook-api-version"
        ]
        == "v25.0"
    )
    bad = requests.get(f"{sandbox}/graph/v26/me", params=token(keys), timeout=10)
    assert bad.status_code == 400
    assert "error" in bad.json()


def test_a_video_in_chunks_is_published_by_finish_only(sandbox, keys, visible):
    data = video()
    url = f"{sandbox}/graph-video/v26.0/{keys['facebook']['page_id']}/videos"
    start = requests.post(
        url, data={**token(keys), "upload_phase": "start", "file_size": len(data)}, timeout=10
    ).json()
    session, offset = start["upload_session_id"], int(start["start_offset"])
    half = len(data) // 2
    for end in (half, len(data)):
        fields = {
            **token(keys),
            "upload_phase": "transfer",
            "upload_session_id": session,
            "start_offset": offset,
        }
        step = requests.post(
            url, data=fields, files={"video_file_chunk": data[offset:end]}, timeout=10
        ).json()
        offset = int(step["start_offset"])
    assert step["start_offset"] == step["end_offset"] == str(len(data))
    assert visible() == []
    fields = {
        **token(keys),
        "upload_phase": "finish",
        "upload_session_id": session,
        "description": "Video pleno",
    }
    assert requests.post(url, data=fields, timeout=10).json() == {"success": True}
    [post] = visible()
    node = graph(sandbox, start["video_id"])
    query = {**token(keys), "fields": "status,permalink_url,post_id"}
    first = requests.get(node, params=query, timeout=10).json()
    assert first["status"]["video_status"] == "processing"
    time.sleep(0.4)
    second = requests.get(node, params=query, timeout=10).json()
    assert second["status"]["video_status"] == "ready"
    assert second["post_id"] == post["id"]
    shown = requests.get(second["permalink_url"], timeout=10).text
    assert "Video pleno" in shown
    assert "<video" in shown


def test_a_reel_is_uploaded_and_finished(sandbox, keys, visible):
    data = video()
    url = page(sandbox, keys, "/video_reels")
    start = requests.post(url, data={**token(keys), "upload_phase": "start"}, timeout=10).json()
    headers = {
        "Authorization": f"OAuth {keys['facebook']['page_token']}",
        "offset": "0",
        "file_size": str(len(data)),
    }
    assert requests.post(start["upload_url"], data=data, headers=headers, timeout=10).json() == {
        "success": True
    }
    finish = {
        **token(keys),
        "upload_phase": "finish",
        "video_id": start["video_id"],
        "video_state": "PUBLISHED",
        "description": "Reel pleno",
    }
    answer = requests.post(url, data=finish, timeout=10).json()
    assert answer["success"] is True
    [post] = visible()
    assert post["id"] == answer["post_id"]
    assert "/reel/" in post["permalink"]
    again = requests.post(url, data=finish, timeout=10).json()
    assert "error" in again
    assert len(visible()) == 1


def test_only_living_metrics_are_given(sandbox, keys):
    made = requests.post(
        page(sandbox, keys, "/feed"), data={**token(keys), "message": "x"}, timeout=10
    ).json()
    url = graph(sandbox, f"{made['id']}/insights")
    good = requests.get(
        url, params={**token(keys), "metric": "post_media_view,post_clicks"}, timeout=10
    ).json()
    assert [item["name"] for item in good["data"]] == ["post_media_view", "post_clicks"]
    withdrawn = requests.get(url, params={**token(keys), "metric": "post_impressions"}, timeout=10).json()
    assert withdrawn["error"]["code"] == 100
    assert requests.get(url, params=token(keys), timeout=10).json()["error"]["code"] == 3001
