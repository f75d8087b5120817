"""The TikTok account of the sandbox, over HTTP."""

from __future__ import annotations

import time

import pytest
import requests
from sandbox_kit import picture, set_up, video, web_picture
from tiktok_kit import PUBLIC, call, final_status, init_upload, put


def test_a_video_in_one_chunk_is_published_by_its_last_byte(sandbox, keys, visible):
    data = video()
    info = call(sandbox, keys, "post/publish/creator_info/query").json()
    assert info["error"]["code"] == "ok"
    assert "PUBLIC_TO_EVERYONE" in info["data"]["privacy_level_options"]
    made = init_upload(sandbox, keys, len(data), len(data), 1).json()["data"]
    assert visible() == []
    assert put(made["upload_url"], data, 0, len(data) - 1, len(data)).status_code == 201
    seen, data = final_status(sandbox, keys, made["publish_id"])
    assert seen[0] == "PROCESSING_UPLOAD"
    assert data["status"] == "PUBLISH_COMPLETE"
    assert data["publicaly_available_post_id"] == []
    time.sleep(0.5)
    _, later = final_status(sandbox, keys, made["publish_id"])
    [post] = visible()
    assert [str(id_) for id_ in later["publicaly_available_post_id"]] == [post["id"]]
    assert int(post["id"]) > 2**53
    listed = call(
        sandbox, keys, "video/list", {"max_count": 5}, "?fields=id,title,share_url,create_time"
    ).json()
    [item] = listed["data"]["videos"]
    assert item["share_url"] == post["permalink"]
    assert f"/tiktok.com/@{keys['tiktok']['username']}/video/{post['id']}" in item["share_url"]
    page = requests.get(post["permalink"], timeout=10).text
    assert "Video pleno" in page
    assert "MODE LATIHAN" in page


def test_chunks_come_in_order_and_only_the_last_publishes(sandbox, keys, visible):
    data = video(seconds=6, width=720, height=1280, noise=True)
    size, chunk = len(data), 5_000_000
    assert size > 2 * chunk
    count = size // chunk
    made = init_upload(sandbox, keys, size, chunk, count).json()["data"]
    url = made["upload_url"]
    assert put(url, data, chunk, 2 * chunk - 1, size).status_code == 416
    assert put(url, data, 0, chunk - 1, size + 1).status_code == 400
    for number in range(count - 1):
        answer = put(url, data, number * chunk, (number + 1) * chunk - 1, size)
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes 0-{(number + 1) * chunk - 1}/{size}"
    time.sleep(0.4)
    assert visible() == []
    assert put(url, data, (count - 1) * chunk, size - 1, size).status_code == 201
    final_status(sandbox, keys, made["publish_id"])
    assert len(visible()) == 1


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (50_000_123, 10_000_000, 6),
        (50_000_000, 4_000_000, 12),
        (3_000_000, 1_000_000, 3),
        (100_000_000, 100_000_000, 1),
    ],
)
def test_wrong_chunk_arithmetic_is_refused(sandbox, keys, size, chunk, count):
    answer = init_upload(sandbox, keys, size, chunk, count)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")


def test_the_documented_example_of_chunks_is_taken(sandbox, keys):
    assert init_upload(sandbox, keys, 50_000_123, 10_000_000, 5).json()["error"]["code"] == "ok"


def photos(sandbox, keys, urls, **info):
    source = {"source": "PULL_FROM_URL", "photo_images": urls, "photo_cover_index": 0}
    info = {"title": "Foto pleno", **PUBLIC, **info}
    body = {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": info, "source_info": source}
    return call(sandbox, keys, "post/publish/content/init", body)


def test_photos_are_fetched_from_the_verified_site_and_published(sandbox, keys, visible):
    urls = [web_picture(sandbox, keys, picture(1080, 1350 + i)) for i in range(2)]
    made = photos(sandbox, keys, urls, description="Rapat pleno\nterbuka").json()["data"]
    seen, data = final_status(sandbox, keys, made["publish_id"])
    assert seen[0] == "PROCESSING_DOWNLOAD"
    assert data["status"] == "PUBLISH_COMPLETE"
    [post] = visible()
    assert (post["title"], post["text"], len(post["media"])) == ("Foto pleno", "Rapat pleno\nterbuka", 2)
    assert "/photo/" in post["permalink"]
    page = requests.get(post["permalink"], timeout=10).text
    assert "Foto pleno" in page
    assert "Rapat pleno" in page


def test_png_photos_fail_in_processing_and_missing_ones_are_not_pulled(sandbox, keys, visible):
    png = web_picture(sandbox, keys, picture(1080, 1080, "PNG"), "a.png", "image/png")
    made = photos(sandbox, keys, [png]).json()["data"]
    assert final_status(sandbox, keys, made["publish_id"])[1]["fail_reason"] == "file_format_check_failed"
    gone = photos(sandbox, keys, [f"{sandbox}/web/wp-content/uploads/tidak-ada.jpg"]).json()["data"]
    assert final_status(sandbox, keys, gone["publish_id"])[1]["fail_reason"] == "photo_pull_failed"
    assert visible() == []


def test_addresses_outside_the_verified_domain_are_refused(sandbox, keys):
    answer = photos(sandbox, keys, ["https://contoh.invalid/a.jpg"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "url_ownership_unverified")


def test_a_video_can_be_pulled_from_the_site(sandbox, keys, visible):
    address = web_picture(sandbox, keys, video(), "v.mp4", "video/mp4")
    body = {
        "post_info": {"title": "Tarik", **PUBLIC},
        "source_info": {"source": "PULL_FROM_URL", "video_url": address},
    }
    made = call(sandbox, keys, "post/publish/video/init", body).json()["data"]
    assert "upload_url" not in made
    assert made["publish_id"].startswith("v_pub_url~")
    final_status(sandbox, keys, made["publish_id"])
    assert len(visible()) == 1


def test_a_private_post_is_published_but_never_public(sandbox, keys, visible):
    data = video()
    made = init_upload(sandbox, keys, len(data), len(data), 1, privacy_level="SELF_ONLY").json()["data"]
    put(made["upload_url"], data, 0, len(data) - 1, len(data))
    final_status(sandbox, keys, made["publish_id"])
    time.sleep(0.5)
    assert final_status(sandbox, keys, made["publish_id"])[1]["publicaly_available_post_id"] == []
    assert visible() == []
    [hidden] = requests.get(f"{sandbox}/_inspect/posts", params={"all": "true"}, timeout=10).json()
    assert requests.get(hidden["permalink"], timeout=10).status_code == 404


def test_settings_of_the_post_are_checked(sandbox, keys):
    def code(**info) -> str:
        return init_upload(sandbox, keys, 1000, 1000, 1, **info).json()["error"]["code"]

    assert code(privacy_level="FOLLOWER_OF_CREATOR") == "privacy_level_option_mismatch"
    assert code(privacy_level="") == "invalid_params"
    assert code(title="😀" * 1101) == "invalid_param"
    set_up(sandbox, tiktok_audited=False)
    assert code() == "unaudited_client_can_only_post_to_private_accounts"


def test_tokens_rotate_and_the_old_refresh_token_stops_working(sandbox, keys):
    t = keys["tiktok"]
    form = {"client_key": t["client_key"], "client_secret": t["client_secret"], "grant_type": "refresh_token",
            "refresh_token": t["refresh_token"]}  # fmt: skip
    url = f"{sandbox}/tiktok/v2/oauth/token/"
    fresh = requests.post(url, data=form, timeout=10).json()
    assert fresh["open_id"] == t["open_id"]
    assert requests.post(url, data=form, timeout=10).json()["error"] == "invalid_grant"
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 7300}, timeout=10)
    late = call(sandbox, keys, "post/publish/creator_info/query")
    assert (late.status_code, late.json()["error"]["code"]) == (401, "access_token_invalid")


def test_the_account_can_be_read(sandbox, keys):
    headers = {"Authorization": f"Bearer {keys['tiktok']['access_token']}"}
    url = f"{sandbox}/tiktok/v2/user/info/?fields=open_id,username,display_name"
    user = requests.get(url, headers=headers, timeout=10).json()["data"]["user"]
    assert user == {
        "open_id": keys["tiktok"]["open_id"],
        "username": "kpukotabengkulu",
        "display_name": "KPU Kota Bengkulu",
    }
