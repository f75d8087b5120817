"""What becomes of TikTok publications, and how its tokens are got and given up."""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandbox_kit import picture, set_up, tell, video, web_picture
from tiktok_kit import PUBLIC, call, final_status, init_upload, put

REASONS = (
    "file_format_check_failed", "duration_check_failed", "frame_rate_check_failed",
    "picture_size_check_failed", "video_pull_failed", "photo_pull_failed", "internal", "auth_removed",
    "spam_risk_too_many_posts", "spam_risk_user_banned_from_posting", "spam_risk_text", "spam_risk",
)  # fmt: skip


def photos(sandbox, keys, address, mode="DIRECT_POST", **info):
    body = {
        "media_type": "PHOTO", "post_mode": mode, "post_info": info,
        "source_info": {"source": "PULL_FROM_URL", "photo_images": [address], "photo_cover_index": 0},
    }  # fmt: skip
    return call(sandbox, keys, "post/publish/content/init", body)


def test_each_listed_reason_can_be_met(sandbox, keys, visible):
    set_up(sandbox, processing_seconds=0, ready_on_first_read=True, rate_limits={"tiktok_init": 99})
    address = web_picture(sandbox, keys, picture())
    for reason in REASONS:
        tell(sandbox, "faults", kind="fail_processing", path="/content/init/$", reason=reason)
        made = photos(sandbox, keys, address, **PUBLIC).json()["data"]
        _, data = final_status(sandbox, keys, made["publish_id"])
        assert (data["status"], data["fail_reason"]) == ("FAILED", reason)
    assert [post for post in visible() if post["platform"] == "tiktok"] == []


def test_a_publication_is_cancelled_while_it_is_processed_and_never_after(sandbox, keys, visible):
    data = video()
    made = init_upload(sandbox, keys, len(data), len(data), 1).json()["data"]
    assert put(made["upload_url"], data, 0, len(data) - 1, len(data)).status_code == 201
    gone = call(sandbox, keys, "post/publish/cancel", {"publish_id": made["publish_id"]})
    assert gone.json()["error"]["code"] == "ok"
    time.sleep(0.6)
    assert visible() == []
    _, status = final_status(sandbox, keys, made["publish_id"])
    assert (status["status"], status["fail_reason"]) == ("FAILED", "publish_cancelled")
    kept = init_upload(sandbox, keys, len(data), len(data), 1).json()["data"]
    put(kept["upload_url"], data, 0, len(data) - 1, len(data))
    time.sleep(0.6)
    late = call(sandbox, keys, "post/publish/cancel", {"publish_id": kept["publish_id"]})
    assert late.status_code == 400
    assert late.json()["error"]["code"] == "publish_not_cancellable"
    assert len(visible()) == 1


def test_nothing_can_be_sent_to_a_cancelled_upload(sandbox, keys):
    data = video()
    made = init_upload(sandbox, keys, len(data), len(data), 1).json()["data"]
    call(sandbox, keys, "post/publish/cancel", {"publish_id": made["publish_id"]})
    assert put(made["upload_url"], data, 0, len(data) - 1, len(data)).status_code == 404


def test_drafts_go_to_the_inbox_and_five_may_wait(sandbox, keys, visible):
    set_up(sandbox, processing_seconds=0, ready_on_first_read=True, rate_limits={"tiktok_init": 99})
    address = web_picture(sandbox, keys, picture())
    made = [photos(sandbox, keys, address, mode="MEDIA_UPLOAD", title="Konsep") for _ in range(6)]
    assert [answer.status_code for answer in made] == [200] * 5 + [403]
    assert made[5].json()["error"]["code"] == "spam_risk_too_many_pending_share"
    _, data = final_status(sandbox, keys, made[0].json()["data"]["publish_id"])
    assert data["status"] == "SEND_TO_USER_INBOX"
    assert [post for post in visible() if post["platform"] == "tiktok"] == []


def test_posts_of_a_day_can_be_limited(sandbox, keys):
    set_up(sandbox, tiktok_posts_per_day=1, processing_seconds=0)
    address = web_picture(sandbox, keys, picture())
    assert photos(sandbox, keys, address, **PUBLIC).status_code == 200
    refused = photos(sandbox, keys, address, **PUBLIC)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "spam_risk_too_many_posts")
    tell(sandbox, "clock", advance_seconds=7100)
    tell(sandbox, "settings", tiktok_posts_per_day=2)
    assert photos(sandbox, keys, address, **PUBLIC).status_code == 200


@pytest.mark.parametrize(
    "info",
    [{"disable_comment": "ya"}, {"title": 5}, {"video_cover_timestamp_ms": -1}, {"title": "a" * 2201},
     {"privacy_level": "FOLLOWER_OF_CREATOR"}, {"brand_content_toggle": True, "privacy_level": "SELF_ONLY"}],
)  # fmt: skip
def test_what_a_post_says_about_itself_is_checked(sandbox, keys, info):
    assert init_upload(sandbox, keys, 1000, 1000, 1, **info).status_code in (400, 403)


def test_a_list_leads_on_by_its_cursor(sandbox, keys):
    set_up(sandbox, processing_seconds=0, rate_limits={"tiktok_init": 99})
    address = web_picture(sandbox, keys, picture())
    for number in range(5):
        photos(sandbox, keys, address, title=f"Foto {number}", **PUBLIC)
        time.sleep(0.01)
    seen, cursor = [], 0
    while True:
        body = {"max_count": 2, **({"cursor": cursor} if cursor else {})}
        data = call(sandbox, keys, "video/list", body, "?fields=id,title").json()["data"]
        seen += [item["title"] for item in data["videos"]]
        cursor = data["cursor"]
        if not data["has_more"]:
            break
    assert seen == [f"Foto {number}" for number in (4, 3, 2, 1, 0)]
    assert call(sandbox, keys, "video/list", {"cursor": "besok"}, "?fields=id").status_code == 400


@pytest.mark.parametrize("form", ["hexadecimal", "base64"])
def test_a_consent_gives_a_pair_of_its_scopes_which_can_be_given_up(sandbox, keys, form):
    tiktok, verifier = keys["tiktok"], "penguji-" * 8
    digest = hashlib.sha256(verifier.encode())
    challenge = digest.hexdigest()
    if form == "base64":
        challenge = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    consent = requests.get(
        f"{sandbox}/tiktok.com/v2/auth/authorize/", timeout=10, allow_redirects=False,
        params={"client_key": tiktok["client_key"], "response_type": "code", "scope": "user.info.basic",
                "redirect_uri": "http://127.0.0.1/kembali", "state": "s", "code_challenge": challenge},
    )  # fmt: skip
    back = parse_qs(urlsplit(consent.headers["location"]).query)
    assert back["state"] == ["s"]
    app = {"client_key": tiktok["client_key"], "client_secret": tiktok["client_secret"]}
    body = {**app, "grant_type": "authorization_code", "code": back["code"][0], "code_verifier": verifier,
            "redirect_uri": "http://127.0.0.1/kembali"}  # fmt: skip
    url = f"{sandbox}/tiktok/v2/oauth"
    pair = requests.post(f"{url}/token/", data=body, timeout=10).json()
    assert pair["scope"] == "user.info.basic"
    again = requests.post(f"{url}/token/", data=body, timeout=10).json()
    assert again["error"] == "invalid_grant"
    assert again["log_id"]
    header = {"Authorization": f"Bearer {pair['access_token']}"}

    def user(fields):
        return requests.get(
            f"{sandbox}/tiktok/v2/user/info/", params={"fields": fields}, headers=header, timeout=10
        )

    assert user("open_id,display_name").json()["data"]["user"]["open_id"] == tiktok["open_id"]
    assert user("username").json()["error"]["code"] == "scope_not_authorized"
    assert user("kesukaan").json()["error"]["code"] == "invalid_params"
    revoked = requests.post(f"{url}/revoke/", data={**app, "token": pair["access_token"]}, timeout=10)
    assert revoked.status_code == 200
    assert user("open_id").json()["error"]["code"] == "access_token_invalid"


def test_a_path_that_is_not_there_is_refused_in_the_envelope(sandbox, keys):
    answer = call(sandbox, keys, "post/publish/tidak/ada")
    assert answer.status_code == 404
    assert answer.json()["error"]["log_id"]
