"""X's own Python SDK, generated from the API's specification, works against the sandbox (contract section 8).

It also judges our client: what that sends must fit the models of the specification.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import requests
from oauthlib.oauth2 import OAuth2Error
from sdk_accounts import oauth1, oauth2
from specification import known
from xdk import Client, schemas

from medsos.channels.base import Media, Post
from medsos.channels.x.client import XClient, XSettings

POST_FIELDS = ["created_at", "entities", "attachments", "public_metrics", "author_id", "conversation_id"]


@pytest.fixture(params=[oauth1, oauth2], ids=["OAuth 1.0a", "OAuth 2.0"])
def client(request: pytest.FixtureRequest, sandbox: str, keys: dict[str, Any]) -> Client:
    """The SDK with each of the two kinds of credentials that may publish."""
    return request.param(sandbox, keys["x"])


def create(client: Client, **fields: Any) -> Any:
    return client.posts.create(body=schemas.CreatePostsRequest(**fields)).data


def refused(call: Callable[[], Any]) -> tuple[int, dict[str, Any]]:
    with pytest.raises(requests.HTTPError) as caught:
        call()
    return caught.value.response.status_code, caught.value.response.json()


def test_this_is_the_version_that_was_chosen() -> None:
    assert version("xdk") == "0.10.6"


def test_a_post_is_written_read_listed_and_deleted(
    client: Client, keys: dict[str, Any], visible: Any
) -> None:
    made = create(client, text="Pleno & rapat https://kpu.go.id/berita 🗳️")

    [seen] = visible("x")
    assert seen["id"] == made.id
    me = known(client.users.get_me()).data
    assert (me.id, me.username) == (keys["x"]["user_id"], keys["x"]["username"])
    read = known(client.posts.get_by_id(made.id, post_fields=POST_FIELDS)).data
    assert "Pleno &amp; rapat https://t.co/" in read.text
    assert read.entities.urls[0].model_dump()["expanded_url"] == "https://kpu.go.id/berita"
    assert read.edit_history_post_ids == [made.id]
    assert read.public_metrics.repost_count == 0
    [page] = client.users.get_posts(me.id, max_results=5, post_fields=POST_FIELDS)
    assert [post.id for post in known(page).data] == [made.id]
    assert known(client.posts.delete(made.id)).data.deleted is True
    assert visible("x") == []
    gone = known(client.posts.get_by_id(made.id, post_fields=["created_at"]))
    assert gone.data is None
    assert gone.errors


def test_the_list_of_posts_is_read_page_by_page(client: Client, keys: dict[str, Any]) -> None:
    ids = [create(client, text=f"Berita {number}").id for number in range(12)]

    pages = list(client.users.get_posts(keys["x"]["user_id"], max_results=5, post_fields=["created_at"]))

    assert [post.id for page in pages for post in page.data] == ids[::-1]
    assert [page.meta.result_count for page in pages] == [5, 5, 2]
    assert (pages[0].meta.newest_id, pages[2].meta.oldest_id) == (ids[-1], ids[0])


def test_counts_are_in_the_words_of_the_specification(client: Client, tell: Any) -> None:
    made = create(client, text="Pengumuman")
    tell("settings", counts={"x": {"views": 40, "likes": 5, "comments": 2, "shares": 1}})

    counts = known(client.posts.get_by_id(made.id, post_fields=["public_metrics"])).data.public_metrics

    assert (counts.impression_count, counts.like_count) == (40, 5)
    assert (counts.reply_count, counts.repost_count) == (2, 1)


def test_a_picture_goes_up_at_once_with_its_description(client: Client, picture: bytes, visible: Any) -> None:
    body = schemas.MediaUploadRequest(media=base64.b64encode(picture).decode(), media_category="tweet_image")
    media = known(client.media.upload(body=body)).data
    described = schemas.CreateMediaMetadataRequest(
        id=media.id, metadata={"alt_text": {"text": "Suasana rapat"}}
    )
    known(client.media.create_metadata(body=described))

    create(client, text="Rapat", media={"media_ids": [media.id]})

    assert visible("x")[0]["alt_texts"] == ["Suasana rapat"]


def test_a_video_goes_up_in_pieces_and_is_waited_for(
    client: Client, video: bytes, tell: Any, visible: Any
) -> None:
    start = schemas.InitializeMediaUploadRequest(
        media_type="video/mp4", total_bytes=len(video), media_category="tweet_video"
    )
    media_id = known(client.media.initialize_upload(body=start)).data.id
    half = len(video) // 2
    for index, piece in enumerate((video[:half], video[half:])):
        body = schemas.AppendMediaUploadRequest(media=base64.b64encode(piece).decode(), segment_index=index)
        known(client.media.append_upload(media_id, body=body))
    finished = known(client.media.finalize_upload(media_id)).data
    assert finished.processing_info.state in ("pending", "in_progress")
    status, early = refused(lambda: create(client, text="Video", media={"media_ids": [media_id]}))
    assert (status, early["errors"][0]["message"]) == (400, "Your media IDs are invalid.")
    tell("clock", advance_seconds=5)
    states = [
        known(client.media.get_upload_status(media_id=media_id, command="STATUS")).data.processing_info.state
        for _ in range(2)
    ]
    assert states[-1] == "succeeded"

    made = create(client, text="Video", media={"media_ids": [media_id]})

    assert [post["id"] for post in visible("x")] == [made.id]


def test_the_same_text_again_and_a_field_that_does_not_exist_are_refused(
    client: Client, visible: Any
) -> None:
    create(client, text="Pengumuman")

    status, duplicate = refused(lambda: create(client, text="Pengumuman"))
    assert status == 403
    assert duplicate["detail"] == "You are not allowed to create a Tweet with duplicate content."
    status, unknown = refused(lambda: create(client, text="Lain", hashtags=["KPU"]))
    assert status == 400
    assert schemas.InvalidRequestProblem.model_validate(unknown).title == "Invalid Request"
    assert len(visible("x")) == 1


@pytest.mark.parametrize(
    ("preset", "status"), [("x_401", 401), ("x_402", 402), ("x_429", 429), ("x_503", 503)]
)
def test_refusals_have_the_form_of_the_specification(
    client: Client, sandbox: str, preset: str, status: int
) -> None:
    fault = {"kind": "status", "preset": preset, "path": "/2/tweets"}
    requests.post(f"{sandbox}/_inspect/faults", json=fault, timeout=20).raise_for_status()

    told, problem = refused(lambda: create(client, text="Pengumuman"))

    assert told == status
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"]


def test_wrong_keys_are_refused(sandbox: str, keys: dict[str, Any], visible: Any) -> None:
    for client in (
        oauth1(sandbox, {**keys["x"], "access_token_secret": "salah"}),
        oauth2(sandbox, {**keys["x"], "oauth2_access_token": "salah"}),
    ):
        assert refused(lambda used=client: create(used, text="Pengumuman"))[0] == 401
    assert visible("x") == []


def test_an_ended_token_is_renewed_by_the_sdk_and_the_old_refresh_token_is_used_up(
    sandbox: str, keys: dict[str, Any], tell: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The SDK's OAuth library asks for this where the address is not https.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    x = keys["x"]

    def connect(ends: float) -> Client:
        token = {
            "access_token": x["oauth2_access_token"], "refresh_token": x["oauth2_refresh_token"],
            "token_type": "bearer", "expires_at": ends,
        }  # fmt: skip
        return Client(
            base_url=f"{sandbox}/x", client_id=x["client_id"], client_secret=x["client_secret"],
            redirect_uri="http://127.0.0.1/", token=token,
        )  # fmt: skip

    unaware = connect(ends=time.time() + 7_200)
    assert unaware.users.get_me().data.username == x["username"]
    tell("clock", advance_seconds=7_300)
    assert refused(unaware.users.get_me)[0] == 401

    client = connect(ends=time.time() - 100)
    assert client.users.get_me().data.username == x["username"]

    assert client.access_token != x["oauth2_access_token"]
    assert client.token["refresh_token"] != x["oauth2_refresh_token"]
    with pytest.raises(OAuth2Error, match=r"(?i)invalid"):
        connect(ends=time.time() - 100).users.get_me()


# -- our client, judged by the specification -----------------------------------------------------------------

MODELS = {
    "/2/tweets": schemas.CreatePostsRequest,
    "/2/media/upload/initialize": schemas.InitializeMediaUploadRequest,
    "/2/media/metadata": schemas.CreateMediaMetadataRequest,
}


def test_what_our_client_sends_fits_the_specification(
    sandbox: str, keys: dict[str, Any], picture: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def recorded(self: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        sent.append(request)
        return send(self, request, **how)

    monkeypatch.setattr(requests.Session, "send", recorded)
    x = keys["x"]
    ours = XClient(
        XSettings(
            consumer_key=x["consumer_key"], consumer_secret=x["consumer_secret"],
            access_token=x["access_token"], access_secret=x["access_token_secret"], host=f"{sandbox}/x",
        )
    )  # fmt: skip
    path = tmp_path / "foto.jpg"
    path.write_bytes(picture)
    media = Media(
        path=path, media_type="image/jpeg", sha256="ab" * 32, size_bytes=len(picture), alt_text="Rapat"
    )  # fmt: skip
    journal: dict[str, Any] = {}
    post = Post(key="rapat-1", text="Rapat kerja", title="Rapat", media=(media,))

    ours.prepare(post, journal)
    ours.commit(post, journal)

    judged = set()
    for request in sent:
        address = str(request.path_url).removeprefix("/x")
        if model := MODELS.get(address):
            known(model.model_validate(json.loads(request.body or b"{}")))
            judged.add(address)
    assert judged == set(MODELS)


def test_the_sdk_reads_what_our_client_has_published(
    client: Client, sandbox: str, keys: dict[str, Any]
) -> None:
    x = keys["x"]
    ours = XClient(
        XSettings(
            bearer_token=x["oauth2_access_token"], host=f"{sandbox}/x", site=f"{sandbox}/x.com"
        )
    )  # fmt: skip
    committed = ours.commit(Post(key="rapat-2", text="Rapat & pleno", title="Rapat"), {})

    read = known(client.posts.get_by_id(committed.post_id, post_fields=["created_at"])).data

    assert read.text == "Rapat &amp; pleno"
    assert ours.read_back(read.id).text == "Rapat & pleno"
