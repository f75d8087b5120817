"""What becomes of a TikTok publication: post, failure, status, end (platform contract, section 6.6)."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from medsos.sandbox import accounts, ids
from medsos.sandbox.context import Sandbox
from medsos.sandbox.fetching import fetch
from medsos.sandbox.media import Facts
from medsos.sandbox.state import Document
from medsos.sandbox.tiktok.rules import DAY, PENDING_DRAFTS, invalid
from medsos.sandbox.tiktok.wire import authenticate, json_body, ok
from medsos.sandbox.wire import Call, ReadCall

router = APIRouter()


def new_publication(call: Call, kind: str, info: dict[str, Any], status: str, **more: Any) -> Document:
    """Remember a publication under a new `publish_id`.

    :param kind: the prefix of the id, for example `v_pub_file`.
    """
    state = call.sandbox.state
    publication = {
        "publish_id": f"{kind}~v2-1.{secrets.randbelow(9 * 10**18) + 10**18}", "info": info, "status": status,
        "fail_reason": "", "post_id": None, "uploaded": 0, "downloaded": 0, "created_at": state.time(),
        "ready_at": call.sandbox.ready_at(), "inbox": kind.startswith("v_inbox"), **more,
    }  # fmt: skip
    return state.put("tiktok_publication", publication["publish_id"], publication)


def pull(sandbox: Sandbox, url: str, max_bytes: int) -> Facts:
    """:raises FetchFailed: TikTok could not get it from there."""
    timeout = float(sandbox.state.setting("fetch_timeout_seconds"))
    return sandbox.files.store(fetch(url, max_bytes=max_bytes, timeout=timeout))


def settle(call: Call, publication: Document, kind: str, media: list[str], fault: str) -> None:
    """Everything has arrived: from here on the post appears, or fails, without any further call."""
    sandbox = call.sandbox
    fault = fault or call.processing_fault("tiktok")
    changes: dict[str, Any] = {"status": "SETTLED", "fail_reason": fault, "ready_at": sandbox.ready_at()}
    with sandbox.state.transaction():
        if not fault and not publication["inbox"]:
            info = publication["info"]
            post_id = ids.tiktok_id(sandbox.state)
            changes["post_id"] = post_id
            title = str(info.get("title", ""))
            sandbox.add_post(
                "tiktok", post_id, f"/tiktok.com/@{accounts.USERNAME}/{kind}/{post_id}",
                str(info.get("description", "")) if kind == "photo" else title,
                title=title if kind == "photo" else "", media=media, alt_texts=["" for _ in media],
                public=info["privacy_level"] == "PUBLIC_TO_EVERYONE", privacy=info["privacy_level"],
                visible_at=changes["ready_at"], kind=kind, publish_id=publication["publish_id"],
                cover=int(publication.get("cover", 0)),
            )  # fmt: skip
        sandbox.state.update("tiktok_publication", publication["publish_id"], **changes)


# -- limits of the day ---------------------------------------------------------------------------------------


def _of_the_day(call: Call, inbox: bool) -> list[Document]:
    since = call.sandbox.state.time() - DAY
    publications = call.sandbox.state.all("tiktok_publication")
    return [p for p in publications if p["inbox"] == inbox and p["created_at"] > since]


def check_drafts(call: Call) -> None:
    """:raises TikTokError: too many drafts already wait for the person."""
    if len(_of_the_day(call, inbox=True)) >= PENDING_DRAFTS:
        raise invalid(call, "Too many pending drafts", "spam_risk_too_many_pending_share")


def check_posts_of_the_day(call: Call) -> None:
    """:raises TikTokError: the creator posted as often as the settings allow in 24 hours."""
    most = int(call.sandbox.state.setting("tiktok_posts_per_day"))
    published = [p for p in _of_the_day(call, inbox=False) if p["post_id"]]
    if most and len(published) >= most:
        raise invalid(call, "The daily post cap from the API is reached", "spam_risk_too_many_posts")


# -- status --------------------------------------------------------------------------------------------------


def _own_publication(call: Call) -> Document:
    publish_id = json_body(call).get("publish_id")
    if not isinstance(publish_id, str) or not publish_id:
        raise invalid(call, "publish_id is required")
    publication = call.sandbox.state.get("tiktok_publication", publish_id)
    if publication is None:
        raise invalid(call, "The publish_id is not found", "invalid_publish_id")
    return publication


@router.post("/tiktok/v2/post/publish/status/fetch/")
def fetch_status(call: ReadCall) -> Response:
    authenticate(call, "video.publish", "video.upload")
    publication, sandbox = _own_publication(call), call.sandbox
    pulled = publication["publish_id"].partition("~")[0].endswith("_url")
    status = "PROCESSING_DOWNLOAD" if pulled else "PROCESSING_UPLOAD"
    data: dict[str, Any] = {"status": status, "fail_reason": "", "publicaly_available_post_id": []}
    if publication["status"] == "CANCELLED":
        data.update(status="FAILED", fail_reason="publish_cancelled")
    elif publication["status"] == "SETTLED" and sandbox.is_ready(
        "tiktok_publication", publication["publish_id"]
    ):
        data.update(_final_status(sandbox, publication))
    data["downloaded_bytes" if pulled else "uploaded_bytes"] = publication[
        "downloaded" if pulled else "uploaded"
    ]
    return ok(call, data)


def _final_status(sandbox: Sandbox, publication: Document) -> dict[str, Any]:
    if publication["fail_reason"]:
        return {"status": "FAILED", "fail_reason": publication["fail_reason"]}
    if publication["inbox"]:
        return {"status": "SEND_TO_USER_INBOX"}
    post = sandbox.post("tiktok", publication["post_id"])
    moderated_at = publication["ready_at"] + float(sandbox.state.setting("tiktok_moderation_seconds"))
    known = post and post["public"] and sandbox.state.time() >= moderated_at
    # The ids are 64-bit numbers in TikTok's JSON, not strings (section 6.6).
    return {
        "status": "PUBLISH_COMPLETE",
        "publicaly_available_post_id": [int(post["id"])] if post and known else [],
    }


@router.post("/tiktok/v2/post/publish/cancel/")
def cancel(call: ReadCall) -> Response:
    """Only while it is being processed."""
    authenticate(call, "video.publish", "video.upload")
    state = call.sandbox.state
    with state.transaction():
        publication = _own_publication(call)
        over = publication["status"] == "SETTLED" and state.time() >= publication["ready_at"]
        if over or publication["status"] == "CANCELLED":
            raise invalid(call, "The publication can no longer be cancelled", "publish_not_cancellable")
        state.delete("post:tiktok", publication["post_id"] or "")
        state.update("tiktok_publication", publication["publish_id"], status="CANCELLED", post_id=None)
    return ok(call, {})
