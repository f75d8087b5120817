"""What is asked of an article after it was published: the same on the sandbox and on a real WordPress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from websites import ARTICLE_TEXT, AUTHOR, CONTRIBUTOR, EDITOR, Website, breaker, publish

from medsos.channels.access import NEVER_ENDS
from medsos.channels.base import Post
from medsos.channels.metrics import figures
from medsos.errors import AuthInvalid, ContentInvalid, PermissionMissing
from memory_journal import MemoryJournal


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


def test_the_comments_of_an_article_are_counted_and_nothing_else_is_told(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client = website.client()
    first = publish(client, article(media=(), documents=()), journal)
    other = publish(client, article(key=f"{key}-lain", media=(), documents=()), MemoryJournal())
    assert client.metrics(first.post_id or "") == figures(comments=0)

    for text in ("Terima kasih infonya", "Kapan pendaftarannya?"):
        sent = website.rest("POST", "comments", json={"post": int(first.post_id or 0), "content": text})
        assert sent.status_code == 201, sent.text

    assert client.metrics(first.post_id or "") == figures(comments=2)
    assert client.metrics(other.post_id or "") == figures(comments=0)
    with pytest.raises(ContentInvalid):
        client.metrics("99999999")


def test_a_deleted_article_is_gone_for_visitors_and_lies_in_the_trash(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client = website.client()
    committed = publish(client, article(), journal)

    client.delete(committed.post_id or "")

    assert website.public(key) == []
    assert website.page(committed.permalink or "").status == 404
    assert website.rest("GET", f"posts/{committed.post_id}?context=edit").json()["status"] == "trash"
    for call in (client.read_back, client.metrics):
        with pytest.raises(ContentInvalid):
            call(committed.post_id or "")
    assert [p for p in client.recent_posts(datetime.now(UTC) - timedelta(hours=1)) if key in p.text] == []


def test_what_is_in_the_trash_already_counts_as_deleted_and_what_never_was_is_said(
    website: Website, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client = website.client()
    committed = publish(client, article(media=(), documents=()), journal)
    client.delete(committed.post_id or "")

    client.delete(committed.post_id or "")

    with pytest.raises(ContentInvalid):
        client.delete("99999999")


@pytest.mark.parametrize("kind", ["before", "after"])
def test_a_deletion_whose_answer_is_lost_is_repeated_and_succeeds(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post], kind: str
) -> None:
    committed = publish(website.client(), article(media=(), documents=()), journal)

    with breaker(website) as proxy:
        proxy.at, proxy.kind = 0, kind
        website.client(site=proxy.site).delete(committed.post_id or "")

    assert website.public(key) == []


def test_who_may_not_delete_is_told_and_the_article_stays(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    committed = publish(website.client(EDITOR), article(media=(), documents=()), journal)

    with pytest.raises(PermissionMissing):
        website.client(AUTHOR).delete(committed.post_id or "")

    assert len(website.public(key)) == 1


@pytest.mark.parametrize("login", [EDITOR, AUTHOR])
def test_an_account_that_may_publish_lacks_nothing(website: Website, login: str) -> None:
    found = website.client(login).access()

    assert found.lacking == ()
    assert found.account == website.client(login).whoami()
    assert (found.token, found.quota) == (NEVER_ENDS, None)


def test_the_rights_that_a_contributor_lacks_are_named(website: Website) -> None:
    lacking = website.client(CONTRIBUTOR).access().lacking

    assert lacking is not None
    assert [right.name for right in lacking] == [
        "publish_posts",
        "edit_published_posts",
        "upload_files",
        "delete_published_posts",
    ]


def test_a_wrong_password_has_no_access_at_all(website: Website) -> None:
    with pytest.raises(AuthInvalid):
        website.client(password="salah").access()


def test_the_same_is_done_on_a_site_without_pretty_addresses(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    client = website.client(rest_route=True)
    committed = publish(client, article(media=(), documents=()), journal)

    assert client.access().lacking == ()
    assert client.metrics(committed.post_id or "") == figures(comments=0)
    since = datetime.now(UTC) - timedelta(minutes=5)
    assert committed.post_id in [post.post_id for post in client.recent_posts(since)]
    client.delete(committed.post_id or "")
    assert website.public(key) == []
