"""How the WordPress site stores a post: slug, status by date, the files it shows (platform contract, 2.2)."""

from __future__ import annotations

import re

from medsos.sandbox.state import Document
from medsos.sandbox.wordpress.host import Rest
from medsos.sandbox.wordpress.lists import slugify
from medsos.sandbox.wordpress.text import readable
from medsos.sandbox.wordpress.view import raw_title

PUBLIC = ("publish", "future")


def save(rest: Rest, post: Document, *, unique_slug: bool = False) -> None:
    """Bring status, slug and media in line, and store the post.

    :param unique_slug: a draft's slug too gets a number when it is taken; otherwise only at publication.
    """
    sandbox, now = rest.sandbox, rest.sandbox.state.time()
    if post["status"] in PUBLIC:
        # Less than a minute ahead counts as now.
        post["status"] = "future" if post["visible_at"] > now + 60 else "publish"
        if post["status"] == "publish":
            post["visible_at"] = min(post["visible_at"], now)
        post["slug"] = post["slug"] or slugify(raw_title(post)) or post["id"]
        post["categories"] = post["categories"] or [1]
    if post["slug"] and (unique_slug or post["status"] in (*PUBLIC, "private")):
        post["slug"] = _free_slug(rest, post)
    media, alt_texts = _media_of(rest, post)
    post.update(
        title=readable(raw_title(post)), platform="web",
        path=f"/web/{post['slug']}/", text=post["content"], media=media,
        alt_texts=alt_texts,
        public=post["status"] in PUBLIC, modified_at=now,
    )  # fmt: skip
    sandbox.state.put("post:web", post["id"], post)


def _free_slug(rest: Rest, post: Document) -> str:
    """A taken slug gets `-2`, `-3`… without an error; drafts take slugs as well."""
    taken = {other["slug"] for other in rest.sandbox.posts("web") if other["id"] != post["id"]}
    slug, number = post["slug"], 2
    while slug in taken:
        slug = f"{post['slug']}-{number}"
        number += 1
    return str(slug)


def _media_of(rest: Rest, post: Document) -> tuple[list[str], list[str]]:
    """The featured picture first, then every upload that the article shows or links to."""
    names = set(re.findall(r"/wp-content/uploads/([\w./%-]+)", post["content"]))
    hashes: list[str] = []
    alt_texts: list[str] = []
    for media in reversed(rest.sandbox.state.all("wp_media")):
        featured = media["id"] == post["featured_media"]
        if (featured or media["file"] in names) and media["sha256"] not in hashes:
            hashes.insert(0 if featured else len(hashes), media["sha256"])
            alt_texts.insert(0 if featured else len(alt_texts), media["alt_text"])
    return hashes, alt_texts
