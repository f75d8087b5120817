"""The Instagram account of the sandbox, over HTTP."""

from __future__ import annotations

import time

import pytest
import requests
from sandbox_kit import picture, set_up, video, web_picture


def graph(sandbox: str, path: str) -> str:
    return f"{sandbox}/graph/v26.0/{path}"


def post(sandbox, keys, path, **fields):
    data = {"access_token": keys["instagram"]["access_token"], **fields}
    return requests.post(graph(sandbox, path), data=data, timeout=20).json()


def get(sandbox, keys, path, **fields):
    params = {"access_token": keys["instagram"]["access_token"], **fields}
    return requests.get(graph(sandbox, path), params=params, timeout=20).json()


def container(sandbox, keys, **fields):
    return post(sandbox, keys, f"{keys['instagram']['user_id']}/media", **fields)


def publish(sandbox, keys, id_):
    return post(sandbox, keys, f"{keys['instagram']['user_id']}/media_publish", creation_id=id_)


def wait_until_finished(sandbox, keys, id_) -> list[str]:
    seen = []
    for _ in range(40):
        seen.append(get(sandbox, keys, id_, fields="status_code,status")["status_code"])
        if seen[-1] != "IN_PROGRESS":
            return seen
        time.sleep(0.1)
    return seen


def test_a_picture_goes_through_container_wait_and_publish_to_one_visible_post(sandbox, keys, visible):
    address = web_picture(sandbox, keys, picture(1080, 1350))
    made = container(sandbox, keys, image_url=address, caption="Rapat pleno\n#KPUMelayani", alt_text="Rapat")
    assert len(made["id"]) == 17
    early = publish(sandbox, keys, made["id"])["error"]
    assert (early["code"], early["error_subcode"]) == (9007, 2207027)
    seen = wait_until_finished(sandbox, keys, made["id"])
    assert seen[0] == "IN_PROGRESS"
    assert seen[-1] == "FINISHED"
    assert visible() == []
    media = publish(sandbox, keys, made["id"])
    [shown] = visible()
    assert shown["id"] == media["id"]
    assert get(sandbox, keys, made["id"], fields="status_code")["status_code"] == "PUBLISHED"
    node = get(sandbox, keys, media["id"], fields="permalink,caption,shortcode,media_type,timestamp,alt_text")
    assert node["caption"] == "Rapat pleno\n#KPUMelayani"
    assert node["shortcode"] in node["permalink"]
    assert media["id"] not in node["permalink"]
    page = requests.get(node["permalink"], timeout=10).text
    assert "Rapat pleno" in page
    assert "MODE LATIHAN" in page
    assert "error" in publish(sandbox, keys, made["id"])
    assert len(visible()) == 1
    listed = get(sandbox, keys, f"{keys['instagram']['user_id']}/media", fields="id,caption,permalink")
    assert [item["id"] for item in listed["data"]] == [media["id"]]
    limit = get(
        sandbox, keys, f"{keys['instagram']['user_id']}/content_publishing_limit", fields="quota_usage,config"
    )
    assert limit["data"] == [{"quota_usage": 1, "config": {"quota_total": 50, "quota_duration": 86400}}]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (picture(1080, 1080, "PNG"), 36001),
        (picture(1080, 1920), 36003),
        (picture(2000, 1000), 36003),
    ],
)
def test_pictures_are_fetched_and_judged_by_their_bytes(sandbox, keys, data, code):
    name, kind = ("a.png", "image/png") if data[:4] == b"\x89PNG" else ("a.jpg", "image/jpeg")
    made = container(sandbox, keys, image_url=web_picture(sandbox, keys, data, name, kind))
    assert made["error"]["code"] == code


def test_an_address_that_gives_no_picture_is_refused(sandbox, keys):
    for address in (
        f"{sandbox}/web/wp-content/uploads/tidak-ada.jpg",
        f"{sandbox}/",
        "http://127.0.0.1:9/x.jpg",
    ):
        error = container(sandbox, keys, image_url=address)["error"]
        assert (error["code"], error["error_subcode"]) == (9004, 2207052)


def test_a_carousel_takes_finished_children_and_the_caption_of_the_parent(sandbox, keys, visible):
    children = []
    for width in (1080, 1000, 900):
        address = web_picture(sandbox, keys, picture(width, 1080))
        children.append(
            container(sandbox, keys, image_url=address, is_carousel_item="true", alt_text=f"{width}")["id"]
        )
    parent = {"media_type": "CAROUSEL", "children": ",".join(children), "caption": "Tiga foto"}
    assert container(sandbox, keys, **parent)["error"]["code"] == 9007
    for id_ in children:
        wait_until_finished(sandbox, keys, id_)
    assert (
        container(sandbox, keys, **{**parent, "children": children[0]})["error"]["error_subcode"] == 2207028
    )
    made = container(sandbox, keys, **parent)
    wait_until_finished(sandbox, keys, made["id"])
    assert publish(sandbox, keys, children[0])["error"]["code"] == 24
    media = publish(sandbox, keys, made["id"])
    [shown] = visible()
    assert shown["text"] == "Tiga foto"
    assert len(shown["media"]) == 3
    assert shown["alt_texts"] == ["1080", "1000", "900"]
    node = get(sandbox, keys, media["id"], fields="media_type,children{id}")
    assert node["media_type"] == "CAROUSEL_ALBUM"
    assert len(node["children"]["data"]) == 3


def test_a_reel_is_uploaded_resumably(sandbox, keys, visible):
    data = video()
    made = container(sandbox, keys, media_type="REELS", upload_type="resumable", caption="Reel pleno")
    headers = {"Authorization": f"OAuth {keys['instagram']['access_token']}", "offset": "0",
               "file_size": str(len(data))}  # fmt: skip
    answer = requests.post(made["uri"], data=data, headers=headers, timeout=10)
    assert answer.json()["success"] is True
    assert wait_until_finished(sandbox, keys, made["id"])[-1] == "FINISHED"
    publish(sandbox, keys, made["id"])
    [shown] = visible()
    assert "/reel/" in shown["permalink"]
    assert "<video" in requests.get(shown["permalink"], timeout=10).text


def test_a_reel_that_is_too_short_ends_in_an_error_with_its_number(sandbox, keys, visible):
    address = web_picture(sandbox, keys, video(seconds=1), "v.mp4", "video/mp4")
    made = container(sandbox, keys, media_type="REELS", video_url=address)
    assert wait_until_finished(sandbox, keys, made["id"])[-1] == "ERROR"
    assert "2207026" in get(sandbox, keys, made["id"], fields="status")["status"]
    assert publish(sandbox, keys, made["id"])["error"]["code"] == 352
    assert visible() == []


def test_captions_and_unknown_types_are_refused(sandbox, keys):
    address = web_picture(sandbox, keys, picture())
    assert container(sandbox, keys, image_url=address, caption="x" * 2201)["error"]["code"] == 36004
    assert container(sandbox, keys, image_url=address, caption="#a " * 31)["error"]["code"] == 36004
    assert (
        container(sandbox, keys, video_url=address, media_type="VIDEO")["error"]["error_subcode"] == 2207023
    )
    made = container(sandbox, keys, image_url=address)
    unknown = get(sandbox, keys, made["id"], fields="error_message")
    assert unknown["error"]["code"] == 100


def test_the_quota_is_kept(sandbox, keys, visible):
    set_up(sandbox, instagram_quota_total=1)
    address = web_picture(sandbox, keys, picture())
    made = [container(sandbox, keys, image_url=address)["id"] for _ in range(2)]
    for id_ in made:
        wait_until_finished(sandbox, keys, id_)
    publish(sandbox, keys, made[0])
    error = publish(sandbox, keys, made[1])["error"]
    assert (error["code"], error["error_subcode"]) == (9, 2207042)
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 90000}, timeout=10)
    expired = get(sandbox, keys, made[1], fields="status_code")
    assert expired["status_code"] == "EXPIRED"
    assert publish(sandbox, keys, made[1])["error"]["error_subcode"] == 2207020
    assert len(visible()) == 1


def test_tokens_open_their_own_host_only(sandbox, keys):
    login = {"access_token": keys["instagram"]["login_token"], "fields": "user_id,username"}
    me = requests.get(f"{sandbox}/instagram-graph/v26.0/me", params=login, timeout=10).json()
    assert me["user_id"] == keys["instagram"]["user_id"]
    swapped = requests.get(graph(sandbox, "me"), params=login, timeout=10).json()
    assert swapped["error"]["code"] == 190
    page = {"access_token": keys["instagram"]["access_token"]}
    other = requests.get(f"{sandbox}/instagram-graph/v26.0/me", params=page, timeout=10).json()
    assert other["error"]["code"] == 190


def test_deleting_works_with_facebook_login_only(sandbox, keys, visible):
    made = container(sandbox, keys, image_url=web_picture(sandbox, keys, picture()))
    wait_until_finished(sandbox, keys, made["id"])
    media = publish(sandbox, keys, made["id"])
    login = {"access_token": keys["instagram"]["login_token"]}
    refused = requests.delete(f"{sandbox}/instagram-graph/v26.0/{media['id']}", params=login, timeout=10)
    assert "error" in refused.json()
    token = {"access_token": keys["instagram"]["access_token"]}
    assert requests.delete(graph(sandbox, media["id"]), params=token, timeout=10).json() == {"success": True}
    assert visible() == []


def test_a_login_token_is_refreshed_after_a_day(sandbox, keys):
    url = f"{sandbox}/instagram-graph/refresh_access_token"
    params = {"grant_type": "ig_refresh_token", "access_token": keys["instagram"]["login_token"]}
    assert requests.get(url, params=params, timeout=10).json()["error"]["code"] == 100
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 90000}, timeout=10)
    fresh = requests.get(url, params=params, timeout=10).json()
    assert fresh["expires_in"] == 60 * 86400
    me = requests.get(f"{sandbox}/instagram-graph/v26.0/me",
                      params={"access_token": fresh["access_token"]}, timeout=10)  # fmt: skip
    assert me.status_code == 200
