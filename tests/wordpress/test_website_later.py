"""What is asked of an article after it was published: the same on the sandbox and on a real WordPress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from websites import ARTICLE_TEXT, MemoryJournal, Website, publish

from medsos.channels.base import Post


def test_the_articles_since_a_moment_come_newest_first_and_drafts_do_not(
    website: Website, key: str, article: Callable[..., Post]
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=2)
    client = website.client()
    bare = article(media=(), documents=())
    ids = []
    for number in (1, 2):
        moment = (datetime.now(UTC) - timedelta(seconds=60 * (2 - number))).isoformat(timespec="seconds")
        made = publish(client, article(key=f"{key}-{number}", media=(), documents=()), MemoryJournal())
        # WordPress orders articles of the same second as it likes.
        website.rest("POST", f"posts/{made.post_id}", json={"date_gmt": moment.removesuffix("+00:00")})
        ids.append(made.post_id)
    client.prepare(bare, MemoryJournal())

    found = [post for post in client.recent_posts(since) if key in (post.permalink or "")]

    assert [post.post_id for post in found] == list(reversed(ids))
    assert {post.text for post in found} == {ARTICLE_TEXT}
    assert client.recent_posts(datetime.now(UTC) + timedelta(minutes=5)) == []


def test_more_articles_than_fit_on_a_page_are_all_found(website: Website, key: str) -> None:
    since = datetime.now(UTC) - timedelta(minutes=2)
    for number in range(22):
        body = {"title": f"Berita {number}", "content": "isi", "slug": f"{key}-{number}", "status": "publish"}
        assert website.rest("POST", "posts", json=body).status_code == 201

    found = [post for post in website.client().recent_posts(since) if key in (post.permalink or "")]

    assert len(found) == 22
