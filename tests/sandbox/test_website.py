"""The WordPress site of the sandbox, over HTTP."""

from __future__ import annotations

import requests
from sandbox_kit import pdf, picture, web_auth, web_picture


def api(sandbox: str, path: str = "") -> str:
    return f"{sandbox}/web/wp-json/wp/v2{path}"


def create(sandbox, keys, **fields):
    return requests.post(api(sandbox, "/posts"), json=fields, auth=web_auth(keys), timeout=10)


def test_a_draft_that_is_published_is_one_visible_post_with_picture_and_document(sandbox, keys, visible):
    auth = web_auth(keys)
    media = requests.post(
        api(sandbox, "/media"),
        auth=auth,
        timeout=10,
        files={"file": ("rapat pleno.jpg", picture(1200, 800))},
        data={"alt_text": "Peserta rapat pleno"},
    )
    assert media.status_code == 201
    assert media.json()["alt_text"] == "Peserta rapat pleno"
    assert media.json()["media_details"]["width"] == 1200
    address = web_picture(sandbox, keys, pdf(), "keputusan.pdf", "application/pdf")

    content = f'Rapat pleno terbuka.\n\nSilakan unduh <a href="{address}">keputusan</a>.'
    draft = create(sandbox, keys, title="Rapat Pleno", content=content, slug="rapat-pleno-a1b2",
                   featured_media=media.json()["id"])  # fmt: skip
    assert draft.status_code == 201
    assert draft.json()["status"] == "draft"
    assert visible() == []

    published = requests.post(api(sandbox, f"/posts/{draft.json()['id']}"), json={"status": "publish"},
                              auth=auth, timeout=10)  # fmt: skip
    assert published.status_code == 200
    [post] = visible()
    assert post["permalink"] == published.json()["link"] == f"{sandbox}/web/rapat-pleno-a1b2/"
    assert len(post["media"]) == 2
    page = requests.get(post["permalink"], timeout=10)
    assert "Rapat pleno terbuka." in page.text
    assert "MODE LATIHAN" in page.text
    assert "Lampiran" in page.text
    assert requests.get(address, timeout=10).content == pdf()


def test_a_taken_slug_gets_a_number_without_an_error_for_drafts_too(sandbox, keys):
    slugs = [create(sandbox, keys, title="S", slug="sama", status="draft").json()["slug"] for _ in range(3)]
    assert slugs == ["sama", "sama-2", "sama-3"]


def test_wrong_password_is_refused_with_the_codes_that_wordpress_gives(sandbox, keys):
    wrong = (keys["web"]["username"], "salah")
    created = requests.post(api(sandbox, "/posts"), json={"title": "x"}, auth=wrong, timeout=10)
    assert (created.status_code, created.json()["code"]) == (401, "rest_cannot_create")
    me = requests.get(api(sandbox, "/users/me"), auth=wrong, timeout=10)
    assert (me.status_code, me.json()["code"]) == (401, "rest_not_logged_in")
    listed = requests.get(api(sandbox, "/posts"), params={"context": "edit"}, auth=wrong, timeout=10)
    assert (listed.status_code, listed.json()["code"]) == (401, "rest_forbidden_context")
    hidden = requests.get(api(sandbox, "/posts"), params={"status": "any"}, auth=wrong, timeout=10)
    assert (hidden.status_code, hidden.json()["code"]) == (400, "rest_invalid_param")
    detail = hidden.json()["data"]["details"]["status"]
    assert (detail["code"], detail["data"]["status"]) == ("rest_forbidden_status", 401)


def test_spaces_in_the_application_password_do_not_count(sandbox, keys):
    user, password = web_auth(keys)
    spaced = " ".join(password[i : i + 4] for i in range(0, len(password), 4))
    me = requests.get(api(sandbox, "/users/me"), params={"context": "edit"}, auth=(user, spaced), timeout=10)
    assert me.json()["roles"] == ["editor"]


def test_a_contributor_may_neither_publish_nor_upload(sandbox):
    contributor = ("kontributor", "latihan-sandi-kontributor")
    published = requests.post(api(sandbox, "/posts"), json={"title": "x", "status": "publish"},
                              auth=contributor, timeout=10)  # fmt: skip
    assert (published.status_code, published.json()["code"]) == (403, "rest_cannot_publish")
    uploaded = requests.post(api(sandbox, "/media"), files={"file": ("x.jpg", picture())}, auth=contributor,
                             timeout=10)  # fmt: skip
    assert (uploaded.status_code, uploaded.json()["code"]) == (403, "rest_cannot_create")


def test_a_draft_is_found_by_slug_with_any_status_and_by_rest_route(sandbox, keys):
    made = create(sandbox, keys, title="Cari", slug="cari-saya").json()
    query = {"slug": "cari-saya", "status": "any", "context": "edit"}
    found = requests.get(api(sandbox, "/posts"), params=query, auth=web_auth(keys), timeout=10)
    assert [post["id"] for post in found.json()] == [made["id"]]
    assert found.headers["X-WP-Total"] == "1"
    assert found.json()[0]["title"]["raw"] == "Cari"
    query["rest_route"] = "/wp/v2/posts"
    again = requests.get(f"{sandbox}/web/", params=query, auth=web_auth(keys), timeout=10)
    assert again.json() == found.json()


def test_a_post_goes_to_the_trash_once_and_then_away(sandbox, keys, visible):
    auth = web_auth(keys)
    made = create(sandbox, keys, title="Hapus", status="publish").json()
    assert len(visible()) == 1
    trashed = requests.delete(api(sandbox, f"/posts/{made['id']}"), auth=auth, timeout=10)
    assert trashed.json()["status"] == "trash"
    assert visible() == []
    assert requests.get(made["link"], timeout=10).status_code == 404
    again = requests.delete(api(sandbox, f"/posts/{made['id']}"), auth=auth, timeout=10)
    assert (again.status_code, again.json()["code"]) == (410, "rest_already_trashed")
    gone = requests.delete(
        api(sandbox, f"/posts/{made['id']}"), params={"force": "true"}, auth=auth, timeout=10
    )
    assert gone.json()["deleted"] is True
    missing = requests.get(api(sandbox, f"/posts/{made['id']}"), timeout=10)
    assert (missing.status_code, missing.json()["code"]) == (404, "rest_post_invalid_id")


def test_uploads_are_refused_as_wordpress_refuses_them(sandbox, keys):
    auth, url = web_auth(keys), api(sandbox, "/media")
    no_name = requests.post(
        url, data=picture(), auth=auth, headers={"Content-Type": "image/jpeg"}, timeout=10
    )
    assert no_name.json()["code"] == "rest_upload_no_content_disposition"
    headers = {"Content-Type": "application/x-sh", "Content-Disposition": 'attachment; filename="x.sh"'}
    script = requests.post(url, data=b"#!/bin/sh", auth=auth, headers=headers, timeout=10)
    assert (script.status_code, script.json()["code"]) == (500, "rest_upload_sideload_error")
    headers = {"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="x.jpg"',
               "Content-MD5": "0" * 32}  # fmt: skip
    broken = requests.post(url, data=picture(), auth=auth, headers=headers, timeout=10)
    assert (broken.status_code, broken.json()["code"]) == (412, "rest_upload_hash_mismatch")
    media = requests.post(url, files={"file": ("x.jpg", picture())}, auth=auth, timeout=10).json()
    kept = requests.delete(f"{url}/{media['id']}", auth=auth, timeout=10)
    assert (kept.status_code, kept.json()["code"]) == (501, "rest_trash_not_supported")


def test_an_existing_tag_names_its_id_in_the_refusal(sandbox, keys):
    auth, url = web_auth(keys), api(sandbox, "/tags")
    first = requests.post(url, json={"name": "KPU Melayani"}, auth=auth, timeout=10)
    assert first.status_code == 201
    second = requests.post(url, json={"name": "kpu melayani"}, auth=auth, timeout=10)
    assert second.json()["code"] == "term_exists"
    assert second.json()["data"]["term_id"] == first.json()["id"]
    post = create(sandbox, keys, title="T", tags=[first.json()["id"]]).json()
    assert post["tags"] == [first.json()["id"]]
    assert post["categories"] == [1]


def test_a_post_for_later_becomes_visible_when_its_time_has_come(sandbox, keys, visible):
    made = create(sandbox, keys, title="Nanti", status="publish", date_gmt="2099-01-01T00:00:00").json()
    assert made["status"] == "future"
    assert visible() == []
    requests.post(f"{sandbox}/_inspect/clock", json={"advance_seconds": 80 * 365 * 86400}, timeout=10)
    assert [post["title"] for post in visible()] == ["Nanti"]
    shown = requests.get(api(sandbox, f"/posts/{made['id']}"), timeout=10)
    assert shown.json()["status"] == "publish"
