"""Calls to the sandbox's TikTok account."""

from __future__ import annotations

import time

import requests

PUBLIC = {"privacy_level": "PUBLIC_TO_EVERYONE"}


def call(sandbox, keys, path, body=None, query=""):
    headers = {"Authorization": f"Bearer {keys['tiktok']['access_token']}"}
    return requests.post(f"{sandbox}/tiktok/v2/{path}/{query}", json=body or {}, headers=headers, timeout=20)


def final_status(sandbox, keys, publish_id) -> tuple[list[str], dict]:
    seen = []
    for _ in range(40):
        data = call(sandbox, keys, "post/publish/status/fetch", {"publish_id": publish_id}).json()["data"]
        seen.append(data["status"])
        if data["status"] in ("FAILED", "PUBLISH_COMPLETE", "SEND_TO_USER_INBOX"):
            return seen, data
        time.sleep(0.1)
    raise AssertionError(seen)


def put(url, data, first, last, total, kind="video/mp4"):
    headers = {"Content-Type": kind, "Content-Range": f"bytes {first}-{last}/{total}"}
    return requests.put(url, data=data[first : last + 1], headers=headers, timeout=30)


def init_upload(sandbox, keys, size, chunk, count, **info):
    body = {"post_info": {"title": "Video pleno #KPU", **PUBLIC, **info},
            "source_info": {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk,
                            "total_chunk_count": count}}  # fmt: skip
    return call(sandbox, keys, "post/publish/video/init", body)
