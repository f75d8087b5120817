"""What Facebook and Instagram share: fields, pages of lists, batches, tokens, stories, failing videos."""

from __future__ import annotations

import json
import socket
import time

import pytest
import requests
from sandbox_kit import picture, set_up, tell, video, web_picture


@pytest.fixture
def ask(sandbox, keys):
    """`ask("GET", "me", fields="id")` on the Graph host with the page's token."""

    def send(method, path, host="graph", files=None, **params):
        params.setdefault("access_token", keys["facebook"]["page_token"])
        where = "params" if method == "GET" else "data"
        return requests.request(
            method, f"{sandbox}/{host}/v26.0/{path}", timeout=20, files=files, **{where: params}
        ).json()

    return send


@pytest.fixture
def page(keys):
    return keys["facebook"]["page_id"]


@pytest.fixture
def account(keys):
    return keys["instagram"]["user_id"]


def test_only_what_is_asked_for_inside_a_field_is_shown(ask, page, account):
    made = ask("POST", f"{page}/feed", message="Halo", link="https://kpu.go.id")
    read = ask(
        "GET",
        made["id"],
        fields="from{name},attachments{media_type,url},likes.limit(0).summary(true),comments",
    )
    assert read["from"] == {"name": "KPU Kota Bengkulu", "id": page}
    assert read["attachments"] == {"data": [{"media_type": "link", "url": "https://kpu.go.id"}]}
    assert read["likes"]["summary"]["total_count"] == 0
    assert read["comments"] == {"data": []}
    linked = ask("GET", page, fields="instagram_business_account")
    assert linked["instagram_business_account"] == {"id": account}
    named = ask("GET", page, fields="instagram_business_account{username}")
    assert named["instagram_business_account"] == {"username": "kpukotabengkulu", "id": account}


def test_a_list_leads_from_page_to_page_by_its_own_addresses(ask, page):
    made = [ask("POST", f"{page}/feed", message=f"Berita {n}")["id"] for n in range(5)]
    first = ask("GET", f"{page}/published_posts", fields="id,message", limit=2)
    second = requests.get(first["paging"]["next"], timeout=10).json()
    third = requests.get(second["paging"]["next"], timeout=10).json()
    assert [post["id"] for part in (first, second, third) for post in part["data"]] == made[::-1]
    assert all("message" in post for post in third["data"])
    assert "next" not in third["paging"]
    assert requests.get(third["paging"]["previous"], timeout=10).json()["data"] == second["data"]
    assert ask("GET", f"{page}/published_posts", after="bukan-kursor")["error"]["code"] == 100
    assert ask("GET", f"{page}/published_posts", limit="banyak")["error"]["code"] == 100
    assert ask("GET", f"{page}/published_posts", since="+1 hour")["data"] == []


def test_several_requests_travel_in_a_batch_and_each_has_its_own_answer(ask, page, visible):
    batch = [
        {"method": "POST", "relative_url": f"{page}/feed", "body": "message=Satu%20paket"},
        {"method": "GET", "relative_url": "me?fields=name"},
        {"method": "GET", "relative_url": "99"},
    ]
    answers = ask("POST", "", batch=json.dumps(batch))
    assert [answer["code"] for answer in answers] == [200, 200, 400]
    assert json.loads(answers[1]["body"])["name"] == "KPU Kota Bengkulu"
    assert json.loads(answers[2]["body"])["error"]["error_subcode"] == 33
    [post] = visible()
    assert post["id"] == json.loads(answers[0]["body"])["id"]
    assert ask("GET", "", ids=f"{post['id']},{page}", fields="id")[page] == {"id": page}


def test_errors_tell_the_version_and_a_dead_token_its_challenge(sandbox):
    answer = requests.get(f"{sandbox}/graph/v25.0/me", params={"access_token": "salah"}, timeout=10)
    assert answer.headers["facebook-api-version"] == "v25.0"
    assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_login_gives_a_code_and_the_code_a_long_token(sandbox, keys):
    facebook = keys["facebook"]
    consent = requests.get(
        f"{sandbox}/facebook.com/v26.0/dialog/oauth", timeout=10, allow_redirects=False,
        params={"client_id": facebook["app_id"], "redirect_uri": "http://127.0.0.1/kembali", "state": "s"},
    )  # fmt: skip
    query = dict(part.split("=") for part in consent.headers["location"].partition("?")[2].split("&"))
    assert query["state"] == "s"
    app = {"client_id": facebook["app_id"], "client_secret": facebook["app_secret"]}
    form = {**app, "redirect_uri": "http://127.0.0.1/kembali", "code": query["code"]}
    url = f"{sandbox}/graph/v26.0/oauth/access_token"
    assert requests.get(url, params=form, timeout=10).json()["access_token"] == facebook["user_token"]
    assert requests.get(url, params=form, timeout=10).json()["error"]["code"] == 100
    own = requests.get(url, params={**app, "grant_type": "client_credentials"}, timeout=10).json()
    asked = {"access_token": own["access_token"], "input_token": facebook["page_token"]}
    seen = requests.get(f"{sandbox}/graph/v26.0/debug_token", params=asked, timeout=10).json()["data"]
    assert (seen["is_valid"], seen["type"], seen["expires_at"]) == (True, "PAGE", 0)
    assert "pages_manage_posts" in seen["scopes"]


def test_a_missing_permission_is_refused_where_it_is_needed(sandbox, ask, page, account, keys):
    set_up(sandbox, meta_missing_permissions=["pages_manage_posts", "pages_read_engagement",
                                              "instagram_basic", "instagram_content_publish"])  # fmt: skip
    assert ask("POST", f"{page}/feed", message="x")["error"]["code"] == 200
    assert ask("GET", f"{page}/published_posts")["error"]["code"] == 10
    assert ask("GET", f"{account}/media")["error"]["code"] == 10
    assert ask("POST", f"{account}/media_publish", creation_id="1")["error"]["code"] == 10
    granted = ask("GET", "me/permissions", access_token=keys["facebook"]["user_token"])["data"]
    assert {"permission": "pages_manage_posts", "status": "declined"} in granted


def test_a_post_is_scheduled_by_words_moved_and_sent_out_early(ask, page, visible):
    made = ask("POST", f"{page}/feed", message="Besok", published="false", scheduled_publish_time="+2 hours")
    [waiting] = ask("GET", f"{page}/scheduled_posts", fields="scheduled_publish_time,is_published")["data"]
    assert abs(waiting["scheduled_publish_time"] - time.time() - 7200) < 60
    assert waiting["is_published"] is False
    assert ask("POST", made["id"], scheduled_publish_time="+3 hours") == {"success": True}
    assert visible() == []
    assert ask("POST", made["id"], is_published="true") == {"success": True}
    assert [post["id"] for post in visible()] == [made["id"]]


def test_a_photo_and_a_video_become_stories_for_one_day(sandbox, ask, page, keys, visible):
    photo = ask("POST", f"{page}/photos", published="false", files={"source": ("a.jpg", picture(540, 960))})
    first = ask("POST", f"{page}/photo_stories", photo_id=photo["id"])
    start = ask("POST", f"{page}/video_stories", upload_phase="start")
    data = video()
    header = {"Authorization": f"OAuth {keys['facebook']['page_token']}", "file_size": str(len(data))}
    half = len(data) // 2
    for offset, piece in ((0, data[:half]), (half, data[half:])):
        sent = requests.post(
            start["upload_url"], data=piece, headers={**header, "offset": str(offset)}, timeout=10
        )
        assert sent.json() == {"success": True}
    second = ask("POST", f"{page}/video_stories", upload_phase="finish", video_id=start["video_id"])
    assert [post["id"] for post in visible()] == [first["post_id"], second["post_id"]]
    assert len(ask("GET", f"{page}/stories")["data"]) == 2
    assert ask("GET", f"{page}/published_posts")["data"] == []
    tell(sandbox, "clock", advance_seconds=86401)
    assert visible() == []


def test_a_video_whose_processing_fails_never_shows(sandbox, ask, page, visible):
    set_up(sandbox, fail_processing={"facebook": "codec"}, ready_on_first_read=True, processing_seconds=0)
    made = ask("POST", f"{page}/videos", files={"source": ("a.mp4", video())})
    status = ask("GET", made["id"], fields="status,published")
    assert status["status"]["video_status"] == "error"
    assert status["status"]["processing_phase"]["error"]["message"] == "codec"
    assert status["published"] is False
    assert visible() == []
    assert ask("GET", f"{page}/published_posts")["data"] == []


def test_deleting_a_photo_takes_its_post_along(ask, page, visible):
    made = ask("POST", f"{page}/photos", files={"source": ("a.jpg", picture())})
    assert [p["id"] for p in ask("GET", f"{page}/photos", type="uploaded")["data"]] == [made["id"]]
    assert ask("DELETE", made["id"]) == {"success": True}
    assert visible() == []
    assert ask("GET", made["post_id"])["error"]["code"] == 100


def test_a_link_must_be_one(ask, page):
    assert ask("POST", f"{page}/feed", message="x", link="bukan tautan")["error"]["code"] == 1609005
    assert (
        ask("POST", f"{page}/feed", message="x", link="https://m.facebook.com/kpu")["error"]["code"]
        == 1609008
    )
    assert "id" in ask("POST", f"{page}/feed", message="x", link="https://notfacebook.com/kpu")


# -- Instagram -----------------------------------------------------------------------------------------------


def _published(ask, account, sandbox, **fields):
    set_up(sandbox, ready_on_first_read=True, processing_seconds=0)
    container = ask("POST", f"{account}/media", **fields)
    return ask("POST", f"{account}/media_publish", creation_id=container["id"])["id"]


def test_each_part_of_a_carousel_can_be_read_but_not_deleted(sandbox, ask, account, keys):
    set_up(sandbox, ready_on_first_read=True, processing_seconds=0)
    addresses = [web_picture(sandbox, keys, picture(900 + n), name=f"{n}.jpg") for n in range(2)]
    parts = [
        ask("POST", f"{account}/media", image_url=address, is_carousel_item="true", alt_text=f"Foto {n}")[
            "id"
        ]
        for n, address in enumerate(addresses)
    ]
    medium = _published(ask, account, sandbox, media_type="CAROUSEL", children=",".join(parts), caption="Dua")
    read = ask("GET", medium, fields="media_type,children{alt_text,media_url}")
    assert read["media_type"] == "CAROUSEL_ALBUM"
    assert [child["alt_text"] for child in read["children"]["data"]] == ["Foto 0", "Foto 1"]
    child = read["children"]["data"][0]
    assert requests.get(child["media_url"], timeout=10).status_code == 200
    assert ask("GET", child["id"], fields="media_type,permalink")["media_type"] == "IMAGE"
    assert ask("GET", f"{child['id']}/insights", metric="reach") == {"data": []}
    assert ask("DELETE", child["id"])["error"]["code"] == 100
    assert ask("DELETE", medium) == {"success": True}
    assert ask("GET", child["id"])["error"]["error_subcode"] == 33


def test_a_story_has_few_numbers_and_is_gone_after_a_day(sandbox, ask, account, keys, visible):
    address = web_picture(sandbox, keys, picture(1080, 1350))
    medium = _published(ask, account, sandbox, media_type="STORIES", image_url=address)
    seen = [post["id"] for post in visible() if post["platform"] == "instagram"]
    assert seen == [medium]
    assert ask("GET", f"{account}/media")["data"] == []
    assert ask("GET", f"{medium}/insights", metric="replies")["error"]["code"] == 10
    set_up(sandbox, counts={"instagram": {"views": 40}})
    assert ask("GET", f"{medium}/insights", metric="replies,views")["data"][1]["values"] == [{"value": 40}]
    assert ask("GET", f"{medium}/insights", metric="saved")["error"]["code"] == 100
    tell(sandbox, "clock", advance_seconds=86401)
    assert not [post for post in visible() if post["platform"] == "instagram"]


@pytest.mark.parametrize(
    ("fields", "code", "subcode"),
    [
        ({"user_tags": '[{"username":"a"}]'}, 100, 2207036),
        ({"user_tags": "bukan"}, 100, 2207037),
        ({"collaborators": "a,b,c,d"}, 100, None),
        ({"thumb_offset": "sepuluh"}, 100, None),
        ({"media_type": "REELS", "is_carousel_item": "true"}, 100, 2207023),
    ],
)
def test_people_and_parts_are_checked(sandbox, ask, account, keys, fields, code, subcode):
    made = ask("POST", f"{account}/media", image_url=web_picture(sandbox, keys, picture()), **fields)
    assert (made["error"]["code"], made["error"].get("error_subcode")) == (code, subcode)


def test_pictures_too_large_or_too_slow_have_their_own_errors(sandbox, ask, account, keys):
    noise = picture(3000, 3000, kind="BMP")
    large = web_picture(sandbox, keys, noise, name="besar.bmp", kind="image/bmp")
    assert ask("POST", f"{account}/media", image_url=large)["error"]["error_subcode"] == 2207004
    set_up(sandbox, fetch_timeout_seconds=0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/foto.jpg"
        slow = ask("POST", f"{account}/media", image_url=address)
    assert slow["error"]["error_subcode"] == 2207003


def test_a_thumbnail_must_lie_within_the_reel(sandbox, ask, account, keys):
    set_up(sandbox, ready_on_first_read=True, processing_seconds=0)
    address = web_picture(sandbox, keys, video(), name="a.mp4", kind="video/mp4")
    made = ask("POST", f"{account}/media", media_type="REELS", video_url=address, thumb_offset="9000")
    assert "2207057" in ask("GET", made["id"], fields="status")["status"]
