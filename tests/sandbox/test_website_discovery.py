"""What clients find out about the website: index, types, users, links, smaller pictures, secrets."""

from __future__ import annotations

import io

import pytest
import requests
from PIL import Image
from sandbox_kit import picture, set_up, tell, web_auth, web_picture


@pytest.fixture
def rest(sandbox, keys):
    def send(method, path, user=True, **how):
        auth = web_auth(keys) if user else None
        return requests.request(method, f"{sandbox}/web/wp-json/wp/v2/{path}", auth=auth, timeout=10, **how)

    return send


def test_the_site_leads_to_its_interface_and_the_interface_to_its_routes(sandbox):
    link = requests.head(f"{sandbox}/web/", timeout=10).headers["Link"]
    assert link.endswith('rel="https://api.w.org/"')
    index = requests.get(link.partition(">")[0].strip("<"), timeout=10).json()
    assert index["routes"]["/wp/v2/posts"]["methods"] == ["GET", "POST"]
    assert "/wp/v2/posts/(?P<id>\\d+)" in index["routes"]
    assert "application-passwords" in index["authentication"]
    space = requests.get(f"{sandbox}/web/wp-json/wp/v2", timeout=10).json()
    assert (space["namespace"], "/wp/v2/media" in space["routes"]) == ("wp/v2", True)
    again = requests.get(f"{sandbox}/web/index.php", params={"rest_route": "/wp/v2/types"}, timeout=10).json()
    assert set(again) == {"post", "page", "attachment"}


def test_methods_and_totals_can_be_asked_without_a_body(rest):
    options = rest("OPTIONS", "posts")
    assert options.json()["methods"] == ["GET", "POST"]
    assert options.headers["Allow"] == "GET, POST"
    assert rest("GET", "posts", user=False).headers["Allow"] == "GET"
    head = rest("HEAD", "posts")
    assert (head.headers["X-WP-Total"], head.text) == ("0", "")
    assert rest("OPTIONS", "tidak-ada").status_code == 404


def test_users_are_who_has_published(rest):
    assert rest("GET", "users", user=False).json() == []
    rest("POST", "posts", json={"title": "a", "status": "publish"})
    [author] = rest("GET", "users", user=False).json()
    assert author["slug"] == "admin-medsos"
    assert rest("GET", f"users/{author['id']}", user=False).status_code == 200
    assert rest("GET", "users/3", user=False).json()["code"] == "rest_user_cannot_view"
    assert rest("GET", "users/99").json()["code"] == "rest_user_invalid_id"
    assert rest("GET", "users", params={"context": "edit"}).status_code == 403
    assert rest("GET", "users/me/application-passwords/introspect").json()["name"] == "latihan"
    assert rest("GET", "settings").status_code == 403


def test_links_of_an_article_lead_on_and_can_be_embedded(sandbox, keys, rest):
    media = requests.post(
        f"{sandbox}/web/wp-json/wp/v2/media", data=picture(1600, 900), auth=web_auth(keys), timeout=10,
        headers={"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="foto.jpg"'},
    )  # fmt: skip
    assert media.headers["X-WP-Upload-Attachment-ID"] == str(media.json()["id"])
    tag = rest("POST", "tags", json={"name": "Pleno"}).json()
    body = {"title": "a", "status": "publish", "featured_media": media.json()["id"], "tags": [tag["id"]]}
    post = rest("POST", "posts", json=body).json()
    for relation in ("self", "author", "wp:featuredmedia", "wp:term", "replies", "about", "collection"):
        for link in post["_links"][relation]:
            assert requests.get(link["href"], timeout=10).status_code == 200, relation
    embedded = rest("GET", f"posts/{post['id']}?_embed", user=False).json()["_embedded"]
    assert embedded["author"][0]["slug"] == "admin-medsos"
    assert embedded["wp:featuredmedia"][0]["source_url"] == media.json()["source_url"]
    assert [[term["name"] for term in terms] for terms in embedded["wp:term"]] == [["Berita"], ["Pleno"]]
    only = rest("GET", f"posts?_embed=author&slug={post['slug']}", user=False).json()[0]["_embedded"]
    assert set(only) == {"author"}


def test_smaller_pictures_are_really_there(sandbox, keys, rest):
    web_picture(sandbox, keys, picture(1600, 900))
    [media] = rest("GET", "media").json()
    sizes = media["media_details"]["sizes"]
    assert {name: (size["width"], size["height"]) for name, size in sizes.items()} == {
        "medium": (300, 169), "large": (1024, 576), "thumbnail": (150, 150), "medium_large": (768, 432),
        "1536x1536": (1536, 864), "full": (1600, 900),
    }  # fmt: skip
    for size in sizes.values():
        with Image.open(io.BytesIO(requests.get(size["source_url"], timeout=10).content)) as image:
            assert image.size == (size["width"], size["height"])


def test_lists_lead_on_with_the_same_question(rest):
    for number in range(5):
        rest(
            "POST", "posts", json={"title": f"Kabar {number}", "status": "publish", "slug": f"kabar-{number}"}
        )
    seen, url = [], "posts?per_page=2&search=kabar&_fields=slug&orderby=slug&order=asc"
    answer = rest("GET", url)
    while True:
        seen += [post["slug"] for post in answer.json()]
        if "next" not in answer.links:
            break
        answer = requests.get(answer.links["next"]["url"], timeout=10)
    assert seen == [f"kabar-{number}" for number in range(5)]
    ids = {post["slug"]: post["id"] for post in rest("GET", "posts?_fields=id,slug").json()}
    query = [("include[]", ids["kabar-3"]), ("include[]", ids["kabar-1"]), ("orderby", "include")]
    chosen = rest("GET", "posts", params=query).json()
    assert [post["slug"] for post in chosen] == ["kabar-3", "kabar-1"]
    assert len(rest("GET", "posts", params={"exclude": str(ids["kabar-3"])}).json()) == 4
    assert len(rest("GET", "posts", params={"offset": 4}).json()) == 1


def test_forms_may_repeat_a_name(rest):
    tags = [rest("POST", "tags", json={"name": name}).json()["id"] for name in ("Satu", "Dua")]
    form = [("title", "a"), ("status", "publish"), *(("tags[]", str(tag)) for tag in tags)]
    assert rest("POST", "posts", data=form).json()["tags"] == tags


def test_comments_are_as_many_as_set_up(sandbox, rest):
    post = rest("POST", "posts", json={"title": "a", "status": "publish"}).json()
    set_up(sandbox, counts={"web": {"comments": 3}})
    answer = rest("GET", f"comments?post={post['id']}", user=False)
    assert (answer.headers["X-WP-Total"], len(answer.json())) == ("3", 3)


def test_terms_are_renamed_and_deleted(rest):
    tag = rest("POST", "tags", json={"name": "Lama"}).json()
    post = rest("POST", "posts", json={"title": "a", "status": "publish", "tags": [tag["id"]]}).json()
    assert [t["id"] for t in rest("GET", f"tags?post={post['id']}").json()] == [tag["id"]]
    assert rest("POST", f"tags/{tag['id']}", json={"name": "Baru"}).json()["name"] == "Baru"
    assert rest("DELETE", f"tags/{tag['id']}").json()["code"] == "rest_trash_not_supported"
    assert rest("DELETE", f"tags/{tag['id']}?force=true").json()["deleted"] is True
    assert rest("GET", f"posts/{post['id']}").json()["tags"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"author": 99}, "rest_invalid_author"),
        ({"author": "dua"}, "rest_invalid_param"),
        ({"sticky": True, "password": "a"}, "rest_invalid_field"),
        ({"comment_status": "mungkin"}, "rest_invalid_param"),
        ({"format": "puisi"}, "rest_invalid_param"),
        ({"template": "tidak.php"}, "rest_invalid_param"),
        ({"featured_media": "abc"}, "rest_invalid_param"),
    ],
)
def test_wrong_values_are_refused(rest, body, code):
    answer = rest("POST", "posts", json={"title": "x", **body})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


# -- strangers -----------------------------------------------------------------------------------------------


def test_strangers_never_see_what_is_not_public(sandbox, rest):
    hidden = {
        "draft": {"status": "draft", "slug": "konsep"},
        "pending": {"status": "pending", "slug": "menunggu"},
        "private": {"status": "private", "slug": "pribadi"},
        "future": {"status": "publish", "slug": "nanti", "date_gmt": "2099-01-02T03:04:05"},
    }
    for body in hidden.values():
        post = rest("POST", "posts", json={"title": "Belum boleh dilihat", **body}).json()
        for address in (
            f"/web/?p={post['id']}",
            f"/web/{body['slug']}/",
            f"/web/?p={post['id']}&preview=true",
        ):
            page = requests.get(f"{sandbox}{address}", timeout=10)
            assert page.status_code == 404, address
            assert "Belum boleh dilihat" not in page.text
    for address in ("/web/", "/web/?s=boleh", "/web/category/berita/", "/web/author/admin-medsos/", "/"):
        assert "Belum boleh dilihat" not in requests.get(f"{sandbox}{address}", timeout=10).text
    assert requests.get(f"{sandbox}/web/?p=9999", timeout=10).status_code == 404
    trashed = rest("POST", "posts", json={"title": "x", "status": "publish", "slug": "dibuang"}).json()
    assert requests.get(f"{sandbox}/web/?p={trashed['id']}", timeout=10).status_code == 200
    rest("DELETE", f"posts/{trashed['id']}")
    assert requests.get(f"{sandbox}/web/?p={trashed['id']}", timeout=10).status_code == 404
    assert requests.get(f"{sandbox}/web/dibuang/", timeout=10).status_code == 404


def test_an_article_behind_a_password_shows_its_title_alone(sandbox, rest):
    body = {"title": "Terkunci", "content": "isi rahasia", "status": "publish", "password": "kunci"}
    post = rest("POST", "posts", json=body).json()
    assert post["password"] == "kunci"
    public = rest("GET", f"posts/{post['id']}", user=False).json()
    assert public["content"] == {"rendered": "", "protected": True}
    assert public["excerpt"]["rendered"] == ""
    opened = rest("GET", f"posts/{post['id']}?password=kunci", user=False).json()
    assert "isi rahasia" in opened["content"]["rendered"]
    page = requests.get(post["link"], timeout=10).text
    assert "Terkunci" in page
    assert "isi rahasia" not in page
    assert "isi rahasia" not in requests.get(f"{sandbox}/web/", timeout=10).text


def test_what_others_keep_to_themselves_has_no_page(sandbox, keys):
    """Drafts and posts for later on Facebook, private ones on TikTok."""
    token = {"access_token": keys["facebook"]["page_token"]}
    feed = f"{sandbox}/graph/v26.0/{keys['facebook']['page_id']}/feed"
    draft = {**token, "message": "Belum tayang", "published": "false"}
    made = requests.post(feed, data=draft, timeout=10).json()
    later = {**draft, "message": "Belum waktunya", "scheduled_publish_time": "+1 hour"}
    waits = requests.post(feed, data=later, timeout=10).json()
    for post in (made, waits):
        page = requests.get(f"{sandbox}/facebook.com/{post['id']}", timeout=10)
        assert page.status_code == 404
        assert "Belum" not in page.text


# -- uploads that go wrong -----------------------------------------------------------------------------------


def test_an_upload_too_large_is_refused_by_the_server_in_front(sandbox, keys):
    set_up(sandbox, web_upload_max_bytes=1000)
    answer = requests.post(
        f"{sandbox}/web/wp-json/wp/v2/media", data=picture(), auth=web_auth(keys), timeout=10,
        headers={"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="foto.jpg"'},
    )  # fmt: skip
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_a_file_whose_smaller_pictures_failed_is_in_the_library_all_the_same(sandbox, keys, rest):
    tell(sandbox, "faults", kind="fail_processing", path="/media$", reason="Waktu habis")
    answer = requests.post(
        f"{sandbox}/web/wp-json/wp/v2/media", data=picture(), auth=web_auth(keys), timeout=10,
        headers={"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="foto.jpg"'},
    )  # fmt: skip
    assert answer.status_code == 500
    id_ = answer.headers["X-WP-Upload-Attachment-ID"]
    done = rest("POST", f"media/{id_}/post-process", json={"action": "create-image-subsizes"})
    assert done.json()["id"] == int(id_)
