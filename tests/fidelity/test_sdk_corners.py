"""More of what others' clients do: reels and stories of Instagram, batches, expansions, all fields."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
import requests
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from PIL import Image
from specification import known
from xdk import Client, schemas

from medsos.sandbox.x.fields import MEDIA_FIELDS, POST_FIELDS, USER_FIELDS

# Names that only the older vocabulary has.
OLD_WORDS = {
    "edit_history_tweet_ids", "note_tweet", "referenced_tweets", "most_recent_tweet_id", "pinned_tweet_id",
}  # fmt: skip


# -- Meta's SDK ----------------------------------------------------------------------------------------------


def test_a_reel_of_instagram_is_uploaded_published_measured_and_deleted(
    account: IGUser, api: FacebookAdsApi, keys: dict[str, Any], video: bytes, tell: Any, visible: Any
) -> None:
    params = {"media_type": "REELS", "upload_type": "resumable", "caption": "Reel", "thumb_offset": 1000}
    container = api.call("POST", (account["id"], "media"), params=params).json()
    headers = {"Authorization": f"OAuth {keys['facebook']['page_token']}", "offset": "0",
               "file_size": str(len(video))}  # fmt: skip
    proof = {"appsecret_proof": api._session.appsecret_proof}
    sent = requests.post(container["uri"], data=video, headers=headers, params=proof, timeout=20)
    assert sent.json()["success"] is True
    tell("clock", advance_seconds=5)

    reel = IGMedia(account.create_media_publish(params={"creation_id": container["id"]})["id"], api=api)

    read = reel.api_get(fields=["media_type", "media_product_type", "permalink", "thumbnail_url", "owner"])
    assert (read["media_type"], read["media_product_type"]) == ("VIDEO", "REELS")
    assert "/reel/" in read["permalink"]
    tell("settings", counts={"instagram": {"views": 12, "reach": 9}})
    metrics = ["views", "reach", "ig_reels_avg_watch_time"]
    found = {row["name"]: row["values"][0]["value"] for row in reel.get_insights(params={"metric": metrics})}
    assert (found["views"], found["reach"]) == (12, 9)
    with pytest.raises(FacebookRequestError, match="must be one of"):
        reel.get_insights(params={"metric": ["plays"]})
    reel.api_update(params={"comment_enabled": False})
    assert reel.api_get(fields=["is_comment_enabled"])["is_comment_enabled"] is False
    reel.api_delete()
    assert visible("instagram") == []


def test_a_story_of_instagram_stands_in_its_own_list(account: IGUser, picture_url: str, tell: Any) -> None:
    container = account.create_media(params={"media_type": "STORIES", "image_url": picture_url})
    tell("clock", advance_seconds=5)
    account.create_media_publish(params={"creation_id": container["id"]})

    stories = account.get_stories(fields=["media_product_type"])
    assert [story["media_product_type"] for story in stories] == ["STORY"]
    assert list(account.get_media()) == []


def test_the_sdk_sends_a_batch(page: Page, api: FacebookAdsApi, visible: Any) -> None:
    answers: list[Any] = []
    failures: list[Any] = []
    batch = api.new_batch()
    page.create_feed(params={"message": "Satu"}, batch=batch, success=answers.append, failure=failures.append)
    page.get_published_posts(fields=["message"], batch=batch, success=answers.append, failure=failures.append)
    PagePost("99", api=api).api_get(batch=batch, success=answers.append, failure=failures.append)

    batch.execute()

    assert [answer.status() for answer in answers] == [200, 200]
    assert [answer.status() for answer in failures] == [400]
    assert answers[0].json()["id"] == visible("facebook")[0]["id"]


def test_the_person_finds_the_page_and_its_token(api: FacebookAdsApi, keys: dict[str, Any]) -> None:
    facebook = keys["facebook"]
    session = FacebookSession(facebook["app_id"], facebook["app_secret"], facebook["user_token"])
    [mine] = User("me", api=FacebookAdsApi(session)).get_accounts(fields=["name", "access_token", "tasks"])
    assert mine["access_token"] == facebook["page_token"]
    assert "CREATE_CONTENT" in mine["tasks"]


# -- X's SDK -------------------------------------------------------------------------------------------------


def test_every_field_can_be_asked_for_at_once_in_the_words_of_the_specification(
    person: Client, keys: dict[str, Any], picture: bytes
) -> None:
    body = schemas.MediaUploadRequest(media=base64.b64encode(picture).decode(), media_category="tweet_image")
    media = known(person.media.upload(body=body)).data
    fields: dict[str, Any] = {"text": "Rapat #KPU @kpu_ri", "media": {"media_ids": [media.id]}}
    first = person.posts.create(body=schemas.CreatePostsRequest(**fields)).data
    reply = schemas.CreatePostsRequest(text="Lanjut", reply={"in_reply_to_tweet_id": first.id})
    second = person.posts.create(body=reply).data
    asked = {
        "post_fields": sorted(POST_FIELDS - OLD_WORDS), "user_fields": sorted(USER_FIELDS - OLD_WORDS),
        "media_fields": sorted(MEDIA_FIELDS),
        "expansions": ["attachments.media_keys", "author_id", "referenced_posts.id"],
    }  # fmt: skip

    answer = known(person.posts.get_by_ids(ids=[first.id, second.id, "1"], **asked))

    assert [post.id for post in answer.data] == [first.id, second.id]
    assert [item.media_key for item in answer.includes.media] == [media.media_key]
    assert answer.includes.users[0].username == keys["x"]["username"]
    assert [post.id for post in answer.includes.posts] == [first.id]
    assert answer.data[1].in_reply_to_user_id == keys["x"]["user_id"]
    assert answer.errors[0].model_dump()["resource_id"] == "1"


def test_users_are_found_by_id_and_by_name(person: Client, keys: dict[str, Any]) -> None:
    x = keys["x"]
    # Nothing in this question tells the vocabulary, so the answer is in both.
    counts = person.users.get_by_id(x["user_id"], user_fields=["public_metrics"]).data.public_metrics
    assert counts.post_count == counts.model_extra["tweet_count"] == 0
    assert known(person.users.get_by_username(x["username"])).data.id == x["user_id"]
    many = known(person.users.get_by_ids(ids=[x["user_id"], "5"]))
    assert ([user.id for user in many.data], len(many.errors)) == ([x["user_id"]], 1)


def test_a_gif_goes_up_in_pieces(person: Client, tell: Any, visible: Any) -> None:
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (120, 80), color) for color in ("maroon", "navy", "olive")]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    data = buffer.getvalue()
    started = known(person.media.initialize_upload(body=schemas.InitializeMediaUploadRequest(
        media_type="image/gif", total_bytes=len(data), media_category="tweet_gif",
    ))).data  # fmt: skip
    piece = schemas.AppendMediaUploadRequest(media=base64.b64encode(data).decode(), segment_index=0)
    known(person.media.append_upload(started.id, body=piece))
    assert known(person.media.finalize_upload(started.id)).data.processing_info.state == "pending"
    tell("clock", advance_seconds=5)
    for _ in range(2):
        state = known(
            person.media.get_upload_status(media_id=started.id, command="STATUS")
        ).data.processing_info
    assert state.state == "succeeded"
    person.posts.create(body=schemas.CreatePostsRequest(text="Gif", media={"media_ids": [started.id]}))
    assert len(visible("x")) == 1
