"""Requests to the website's interface, in order, that the sandbox must answer as WordPress does.

`{name}` in an address or a body stands for the id that an earlier request of that `save` gave back.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import Image
from websites import AUTHOR, CONTRIBUTOR, EDITOR, SUBSCRIBER

WRONG, NOBODY = "kata sandi salah", "tanpa akun"


@dataclass(frozen=True)
class Ask:
    """:param user: a login, `WRONG` (a known user, a wrong password) or `NOBODY`."""

    name: str
    method: str
    path: str
    user: str = EDITOR
    save: str = ""
    send: dict[str, Any] = field(default_factory=dict)


def _file(kind: str, size: tuple[int, int] = (400, 300)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "maroon").save(buffer, kind)
    return buffer.getvalue()


JPEG, PNG, PDF = _file("JPEG"), _file("PNG"), _file("PDF")


def get(name: str, path: str, user: str = EDITOR) -> Ask:
    return Ask(name, "GET", path, user)


def post(name: str, path: str, body: dict[str, Any], user: str = EDITOR, save: str = "") -> Ask:
    return Ask(name, "POST", path, user, save, {"json": body})


def upload(name: str, data: bytes, user: str = EDITOR, save: str = "", **headers: str | None) -> Ask:
    given = {"Content-Type": "image/jpeg", "Content-Disposition": f'attachment; filename="{name}.jpg"'}
    given |= {key.replace("_", "-"): value for key, value in headers.items() if value is not None}
    for key in [key.replace("_", "-") for key, value in headers.items() if value is None]:
        del given[key]
    return Ask(f"upload {name}", "POST", "media", user, save, {"data": data, "headers": given})


def _named(file_name: str) -> str:
    return f'attachment; filename="{file_name}"'


ANY = "status=any&context=edit"
HTML = "<p>Satu & dua</p>\n<p>Tiga<br />\nempat</p>"
TYPOGRAPHY = '"Kutip" \'satu\' Jum\'at -- 1x24 jam... (c) a - b & "c", [gallery] ini [b] &amp; itu &copy;'

ASKS: tuple[Ask, ...] = (
    get("who am I", "users/me?context=edit"),
    get("who am I, in public", "users/me"),
    get("who is the author", "users/me?context=edit", AUTHOR),
    get("who is the contributor", "users/me?context=edit", CONTRIBUTOR),
    get("who is the subscriber", "users/me?context=edit", SUBSCRIBER),
    get("who am I with a wrong password", "users/me?context=edit", WRONG),
    get("who am I without an account", "users/me?context=edit", NOBODY),
    # Drafts, slugs.
    post(
        "draft",
        "posts",
        {
            "title": "A & \"B\" <b>c</b> 'd' – e",
            "content": HTML,
            "slug": "satu",
            "status": "draft",
            "featured_media": 0,
            "tidak_ada": 1,
        },
        save="p",
    ),
    post("draft of the same slug", "posts", {"title": "b", "slug": "satu", "status": "draft"}, save="p2"),
    post("pending of the same slug", "posts", {"title": "b", "slug": "satu", "status": "pending"}),
    post("draft by default", "posts", {"title": "b", "content": "x", "slug": "dua"}, save="q"),
    post(
        "second draft by default keeps the slug",
        "posts",
        {"title": "b", "content": "x", "slug": "dua"},
        save="q2",
    ),
    post("publish the one", "posts/{q}", {"status": "publish"}),
    post("publish the other", "posts/{q2}", {"status": "publish"}),
    post("draft without slug", "posts", {"title": "Tanpa Alamat", "content": "satu\ndua\n\ntiga"}, save="r"),
    post("publish without slug", "posts/{r}", {"status": "publish"}),
    post("change a draft's slug to a taken one", "posts/{p2}", {"slug": "dua"}),
    post("long slug", "posts", {"title": "x", "slug": "a" * 230}),
    post("raw objects", "posts", {"title": {"raw": "obyek"}, "content": {"raw": "isi"}, "slug": "obyek"}),
    post(
        "typography", "posts", {"title": TYPOGRAPHY, "content": f"<p>{TYPOGRAPHY}</p>", "slug": "tipografi"}
    ),
    post(
        "long text",
        "posts",
        {"title": "x", "content": "<p>" + "kata & lagi " * 60 + "</p>", "slug": "panjang"},
    ),
    # Looking for them.
    get("find any", f"posts?slug=satu&{ANY}"),
    get("find several", f"posts?slug=satu,tanpa-alamat&{ANY}&orderby=slug&_fields=slug,status"),
    get("find in public", "posts?slug=satu", NOBODY),
    get("find any in public", "posts?slug=satu&status=any", NOBODY),
    get("find any for editing in public", f"posts?slug=satu&{ANY}", NOBODY),
    get("find for editing in public", "posts?slug=satu&context=edit", NOBODY),
    get("find with a wrong password", f"posts?slug=satu&{ANY}", WRONG),
    get("find for editing with a wrong password", "posts?slug=satu&context=edit", WRONG),
    get("find as subscriber", f"posts?slug=satu&{ANY}", SUBSCRIBER),
    get("find the editor's draft as author", f"posts?slug=satu&{ANY}", AUTHOR),
    get("find the editor's draft as contributor", f"posts?slug=satu&{ANY}", CONTRIBUTOR),
    get("read the editor's draft as author", "posts/{p}", AUTHOR),
    get("read the editor's draft for editing as author", "posts/{p}?context=edit", AUTHOR),
    get("read a draft in public", "posts/{p}", NOBODY),
    get("read a draft for editing in public", "posts/{p}?context=edit", NOBODY),
    get("page too large", "posts?per_page=101", NOBODY),
    get("page too small", "posts?per_page=0", NOBODY),
    get("page too far", "posts?page=9", NOBODY),
    get("unknown status", "posts?status=xyz"),
    get("unknown context", "posts?context=xyz"),
    get("unknown order", "posts?orderby=xyz"),
    get("broken date", "posts?after=xyz"),
    get("an empty time", "posts?after=2001-01-01T00:00:00&before=2002-01-01T00:00:00"),
    get("chosen fields", "posts/{p}?_fields=id,title.raw,slug&context=edit"),
    get("unknown post", "posts/99999"),
    get("unknown route", "tidak-ada"),
    Ask("unknown method", "DELETE", "posts"),
    # What is refused.
    post("create in public", "posts", {"title": "x"}, NOBODY),
    post("create with a wrong password", "posts", {"title": "x"}, WRONG),
    post("create as subscriber", "posts", {"title": "x"}, SUBSCRIBER),
    post("publish as contributor", "posts", {"title": "x", "status": "publish"}, CONTRIBUTOR),
    post(
        "draft as contributor",
        "posts",
        {"title": "k", "content": "c", "slug": "kontributor"},
        CONTRIBUTOR,
        save="k",
    ),
    post("publish the own draft as contributor", "posts/{k}", {"status": "publish"}, CONTRIBUTOR),
    post(
        "draft as author",
        "posts",
        {"title": "p", "content": "<p>a <script>alert(1)</script></p>", "slug": "penulis"},
        AUTHOR,
        save="a",
    ),
    post("publish the own draft as author", "posts/{a}", {"status": "publish"}, AUTHOR),
    post("change the own article as author", "posts/{a}", {"title": "baru"}, AUTHOR),
    post("change the editor's draft as author", "posts/{p}", {"title": "x"}, AUTHOR),
    post("unknown status on creation", "posts", {"title": "x", "status": "xyz"}),
    post("nothing", "posts", {"title": "", "content": ""}),
    post("an id on creation", "posts", {"id": 5, "title": "x"}),
    Ask("broken JSON", "POST", "posts", send={"data": "{", "headers": {"Content-Type": "application/json"}}),
    post("broken date on creation", "posts", {"title": "x", "date_gmt": "bukan"}),
    post("a picture that is not there", "posts", {"title": "x", "featured_media": 99999}),
    # Media.
    upload("sebagai-kontributor", JPEG, CONTRIBUTOR),
    upload("sebagai-pelanggan", JPEG, SUBSCRIBER),
    upload("tanpa-akun", JPEG, NOBODY),
    upload("foto", JPEG, save="m"),
    upload("foto", JPEG, save="m2"),
    upload("sk", PDF, Content_Type="application/pdf", Content_Disposition=_named("sk.pdf")),
    upload("png-bernama-jpg", PNG),
    upload("teks-bernama-jpg", b"halo dunia"),
    upload("php", b"<?php echo 1;", Content_Type="application/x-php", Content_Disposition=_named("x.php")),
    upload("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', Content_Disposition=_named("x.svg")),
    upload("kosong", b""),
    upload("tanpa-nama", JPEG, Content_Disposition=None),
    upload("nama-rusak", JPEG, Content_Disposition="attachment"),
    upload("md5", JPEG, Content_MD5="0" * 32),
    Ask(
        "upload as a form",
        "POST",
        "media",
        send={
            "files": {"file": ("rapat pleno.jpg", JPEG, "image/jpeg")},
            "data": {"alt_text": "Peserta", "title": "Judul & foto"},
        },
    ),
    post("alternative text", "media/{m}", {"alt_text": 'Foto "a" & <b> 5%ad < 6'}),
    get("read a medium", "media/{m}?context=edit"),
    get("read a medium in public", "media/{m}", NOBODY),
    get("find a medium", "media?slug=foto&context=edit&per_page=20"),
    get("search a medium", "media?search=foto-1&context=edit&per_page=20"),
    get("find a medium for editing in public", "media?slug=foto&context=edit", NOBODY),
    get("find a medium as subscriber", "media?slug=foto&context=edit", SUBSCRIBER),
    get("find a medium as author", "media?slug=foto&context=edit", AUTHOR),
    post("change the editor's medium as author", "media/{m}", {"alt_text": "x"}, AUTHOR),
    Ask("trash a medium", "DELETE", "media/{m2}"),
    Ask("delete a medium", "DELETE", "media/{m2}?force=true"),
    # Publication.
    post("give a draft its picture", "posts/{p}", {"featured_media": "{m}"}),
    post("publish", "posts/{p}", {"status": "publish"}),
    post("publish again", "posts/{p}", {"status": "publish"}),
    get("read in public", "posts/{p}", NOBODY),
    post(
        "for later",
        "posts",
        {"title": "n", "slug": "nanti", "status": "publish", "date_gmt": "2099-01-02T03:04:05"},
    ),
    post(
        "of the past",
        "posts",
        {"title": "d", "slug": "dulu", "status": "publish", "date_gmt": "2020-01-02T03:04:05"},
    ),
    post(
        "of the past by local time",
        "posts",
        {"title": "d", "slug": "dulu-2", "status": "publish", "date": "2020-01-02T03:04:05"},
    ),
    # Terms, comments.
    post("tag", "tags", {"name": "KPU Melayani"}, save="t"),
    post("the same tag", "tags", {"name": "kpu melayani"}),
    post("tag without a name", "tags", {}),
    post("tag as subscriber", "tags", {"name": "y"}, SUBSCRIBER),
    post("category as author", "categories", {"name": "z"}, AUTHOR),
    get("comments", "comments?post={p}", NOBODY),
    # Away.
    Ask("delete the editor's article as author", "DELETE", "posts/{p}", AUTHOR),
    Ask("trash", "DELETE", "posts/{q2}"),
    Ask("trash again", "DELETE", "posts/{q2}"),
    get("read the trashed", "posts/{q2}?context=edit"),
    get("find the trashed", f"posts?slug=dua-2&{ANY}"),
    post("out of the trash", "posts/{q2}", {"status": "publish"}),
    Ask("delete", "DELETE", "posts/{q2}?force=true"),
    get("read the deleted", "posts/{q2}?context=edit"),
)
