"""Meta's own Python SDK works against the sandbox, unmodified except for the host (contract section 8)."""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
import requests
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

Api = FacebookAdsApi


@pytest.fixture
def api(api: Api, tell: Any) -> Api:
    """The sandbox insists on `appsecret_proof`."""
    tell("settings", facebook_require_appsecret_proof=True)
    return api


def call(api: Api, method: str, *path: str, files: dict[str, Any] | None = None, **params: Any) -> Any:
    """What the SDK has no method for, through the same SDK."""
    return api.call(method, path, params=params, files=files).json()


def test_this_is_the_version_that_was_chosen() -> None:
    assert version("facebook-business") == "26.0.3"
    assert Api.API_VERSION == "v26.0"


def test_a_text_is_written_read_changed_listed_and_deleted(
    page: Page, api: Api, visible: Callable[[str], list[dict[str, Any]]]
) -> None:
    made = page.create_feed(params={"message": "Pleno & rapat: “100%” 🗳️", "published": True})

    [seen] = visible("facebook")
    assert (seen["id"], seen["text"]) == (made["id"], "Pleno & rapat: “100%” 🗳️")
    post = PagePost(made["id"], api=api)
    read = post.api_get(fields=["message", "created_time", "permalink_url", "is_published"])
    assert read["permalink_url"] == seen["permalink"]
    assert read["is_published"] is True
    assert read["created_time"].endswith("+0000")
    assert post.api_update(params={"message": "Diralat"})
    assert [p["message"] for p in page.get_published_posts(fields=["message"])] == ["Diralat"]
    post.api_delete()
    assert visible("facebook") == []


def test_a_list_is_read_page_by_page(page: Page) -> None:
    for number in range(5):
        page.create_feed(params={"message": f"Berita {number}"})

    posts = page.get_published_posts(fields=["message"], params={"limit": 2})

    assert [post["message"] for post in posts] == [f"Berita {number}" for number in (4, 3, 2, 1, 0)]


def test_several_pictures_are_one_post_with_their_descriptions(
    page: Page, api: Api, picture: bytes, picture_url: str, visible: Any
) -> None:
    sent = call(
        api, "POST", str(page["id"]), "photos", published=False, alt_text_custom="Suasana rapat",
        files={"source": ("foto.jpg", io.BytesIO(picture), "image/jpeg")},
    )  # fmt: skip
    fetched = page.create_photo(
        params={"url": picture_url, "published": False, "alt_text_custom": "Peserta rapat"}
    )
    assert visible("facebook") == []
    attached = [{"media_fbid": sent["id"]}, {"media_fbid": fetched["id"]}]

    made = page.create_feed(params={"message": "Rapat", "attached_media": attached})

    [seen] = visible("facebook")
    assert (seen["id"], seen["alt_texts"]) == (made["id"], ["Suasana rapat", "Peserta rapat"])
    read = PagePost(made["id"], api=api).api_get(fields=["attachments"])
    [album] = read["attachments"]["data"]
    assert len(album["subattachments"]["data"]) == 2


def test_a_published_picture_tells_the_id_of_its_post(page: Page, picture_url: str, visible: Any) -> None:
    made = page.create_photo(params={"url": picture_url, "caption": "Rapat"})

    assert visible("facebook")[0]["id"] == made["post_id"]


def test_a_post_for_later_is_scheduled_and_not_visible(page: Page, visible: Any) -> None:
    later = int(time.time()) + 3_600
    made = page.create_feed(params={"message": "Besok", "published": False, "scheduled_publish_time": later})

    assert visible("facebook") == []
    [waiting] = page.get_scheduled_posts(fields=["message", "scheduled_publish_time"])
    assert (waiting["id"], waiting["message"]) == (made["id"], "Besok")


def test_a_big_video_goes_up_in_the_pieces_that_are_asked_for(
    page: Page, api: Api, video: bytes, visible: Any
) -> None:
    page_id = str(page["id"])
    session = call(api, "POST", page_id, "videos", upload_phase="start", file_size=len(video))
    while session["start_offset"] != session["end_offset"]:
        start, end = int(session["start_offset"]), int(session["end_offset"])
        session |= call(
            api, "POST", page_id, "videos",
            upload_phase="transfer", upload_session_id=session["upload_session_id"], start_offset=start,
            files={"video_file_chunk": ("v.mp4", video[start:end], "video/mp4")},
        )  # fmt: skip
    assert visible("facebook") == []
    done = call(
        api, "POST", page_id, "videos", upload_phase="finish", upload_session_id=session["upload_session_id"],
        title="Judul", description="Video rapat",
    )  # fmt: skip

    assert done["success"] is True
    assert [post["text"] for post in visible("facebook")] == ["Video rapat"]


def test_a_reel_is_started_uploaded_and_finished(
    page: Page, keys: dict[str, Any], video: bytes, visible: Any
) -> None:
    started = page.create_video_reel(params={"upload_phase": "start"}).export_all_data()
    headers = {
        "Authorization": f"OAuth {keys['facebook']['page_token']}",
        "offset": "0",
        "file_size": str(len(video)),
    }
    from_sdk = {"appsecret_proof": page.get_api()._session.appsecret_proof}
    sent = requests.post(started["upload_url"], data=video, headers=headers, params=from_sdk, timeout=20)
    assert sent.json() == {"success": True}
    finish = {
        "upload_phase": "finish",
        "video_id": started["video_id"],
        "video_state": "PUBLISHED",
        "description": "Reel rapat",
    }

    page.create_video_reel(params=finish)

    assert [post["text"] for post in visible("facebook")] == ["Reel rapat"]


def test_counts_and_insights_of_a_post_are_read(page: Page, api: Api, tell: Any) -> None:
    made = page.create_feed(params={"message": "Pengumuman"})
    tell("settings", counts={"facebook": {"views": 40, "reach": 30, "likes": 5, "comments": 2, "shares": 1}})
    post_id = made["id"]

    counts = call(
        api, "GET", post_id,
        fields="shares,likes.limit(0).summary(true),comments.limit(0).summary(true),"
        "reactions.limit(0).summary(true)",
    )  # fmt: skip
    names = ["post_media_view", "post_total_media_view_unique"]
    insights = PagePost(post_id, api=api).get_insights(params={"metric": names})

    assert counts["shares"]["count"] == 1
    totals = {name: counts[name]["summary"]["total_count"] for name in ("likes", "comments", "reactions")}
    assert totals == {"likes": 5, "comments": 2, "reactions": 5}
    assert {row["name"]: row["values"][0]["value"] for row in insights} == dict(
        zip(names, (40, 30), strict=True)
    )


def test_a_picture_goes_through_its_container_to_instagram(
    account: IGUser, api: Api, picture_url: str, tell: Any, visible: Any
) -> None:
    container = account.create_media(
        params={"image_url": picture_url, "caption": "Rapat #KPU", "alt_text": "Suasana rapat"}
    )
    with pytest.raises(FacebookRequestError) as early:
        account.create_media_publish(params={"creation_id": container["id"]})
    assert (early.value.api_error_code(), early.value.api_error_subcode()) == (9007, 2207027)
    tell("clock", advance_seconds=5)
    states = [call(api, "GET", container["id"], fields="status_code,status")["status_code"] for _ in range(2)]
    assert states[-1] == "FINISHED"

    media = account.create_media_publish(params={"creation_id": container["id"]})

    [seen] = visible("instagram")
    assert (seen["id"], seen["text"], seen["alt_texts"]) == (media["id"], "Rapat #KPU", ["Suasana rapat"])
    [listed] = account.get_media(fields=["caption", "permalink", "shortcode", "timestamp", "like_count"])
    assert listed["permalink"] == seen["permalink"]
    assert listed["shortcode"] in listed["permalink"]
    [limit] = account.get_content_publishing_limit(fields=["quota_usage", "config"])
    assert limit["quota_usage"] == 1
    assert limit["config"]["quota_total"] > 0


def test_several_pictures_are_a_carousel_on_instagram(
    account: IGUser, api: Api, picture_url: str, tell: Any, visible: Any
) -> None:
    children = [
        account.create_media(params={"image_url": picture_url, "is_carousel_item": True})["id"]
        for _ in range(3)
    ]
    tell("clock", advance_seconds=5)
    parent = account.create_media(params={"media_type": "CAROUSEL", "children": children, "caption": "Rapat"})
    tell("clock", advance_seconds=5)

    media = account.create_media_publish(params={"creation_id": parent["id"]})

    assert len(visible("instagram")[0]["media"]) == 3
    read = IGMedia(media["id"], api=api).api_get(fields=["media_type"])
    assert read["media_type"] == "CAROUSEL_ALBUM"
    assert len(list(IGMedia(media["id"], api=api).get_children())) == 3


def test_insights_and_deletion_on_instagram(
    account: IGUser, api: Api, picture_url: str, tell: Any, visible: Any
) -> None:
    container = account.create_media(params={"image_url": picture_url, "caption": "Rapat"})
    tell("clock", advance_seconds=5)
    media = IGMedia(account.create_media_publish(params={"creation_id": container["id"]})["id"], api=api)
    tell("settings", counts={"instagram": {"views": 90, "reach": 70, "shares": 4}})

    insights = media.get_insights(params={"metric": ["views", "reach", "shares"]})

    found = {row["name"]: row["values"][0]["value"] for row in insights}
    assert found == {"views": 90, "reach": 70, "shares": 4}
    media.api_delete()
    assert visible("instagram") == []


def test_a_dead_token_is_the_error_that_the_sdk_knows(sandbox: str, keys: dict[str, Any], api: Api) -> None:
    stranger = Api(FacebookSession(access_token="token-yang-salah"))

    with pytest.raises(FacebookRequestError) as caught:
        Page(keys["facebook"]["page_id"], api=stranger).api_get(fields=["name"])

    assert caught.value.api_error_code() == 190
    assert caught.value.api_error_type() == "OAuthException"
    assert "Cannot parse access token" in caught.value.api_error_message()


def test_without_the_proof_of_the_app_the_sdk_is_refused(keys: dict[str, Any], api: Api) -> None:
    unproved = Api(FacebookSession(access_token=keys["facebook"]["page_token"]))

    with pytest.raises(FacebookRequestError, match="appsecret_proof"):
        Page(keys["facebook"]["page_id"], api=unproved).api_get(fields=["name"])


def test_a_withdrawn_metric_and_an_unknown_field_are_code_100(page: Page, api: Api) -> None:
    made = page.create_feed(params={"message": "Pengumuman"})

    for path, params in (
        ((made["id"], "insights"), {"metric": "post_impressions"}),
        ((made["id"],), {"fields": "tidak_ada"}),
    ):
        with pytest.raises(FacebookRequestError) as caught:
            call(api, "GET", *path, **params)
        assert caught.value.api_error_code() == 100


def test_a_passing_fault_is_transient_for_the_sdk_and_usage_is_in_the_headers(
    page: Page, api: Api, sandbox: str
) -> None:
    answer = api.call("GET", (str(page["id"]),), params={"fields": "name"})
    assert set(answer.headers()) & {"x-app-usage", "x-business-use-case-usage"}
    fault = {"kind": "status", "preset": "graph_2", "method": "GET", "path": ".*"}
    requests.post(f"{sandbox}/_inspect/faults", json=fault, timeout=20).raise_for_status()

    with pytest.raises(FacebookRequestError) as caught:
        page.api_get(fields=["name"])

    assert caught.value.api_error_code() == 2
    assert caught.value.api_transient_error()


def test_the_sdk_knows_every_field_that_it_is_given(page: Page, api: Api) -> None:
    """The SDK warns of fields that its own table does not have."""
    made = page.create_feed(params={"message": "Pengumuman"})

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PagePost(made["id"], api=api).api_get(
            fields=["id", "message", "created_time", "updated_time", "permalink_url", "is_published", "from",
                    "full_picture", "shares", "scheduled_publish_time"]
        )  # fmt: skip
