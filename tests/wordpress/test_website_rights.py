"""Who may publish on the website, and what is left alone: the same on the sandbox and a real WordPress."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from websites import AUTHOR, CONTRIBUTOR, EDITOR, SUBSCRIBER, Website, publish

from medsos.channels.base import Post
from medsos.errors import AuthInvalid, ContentInvalid, PermissionMissing, UnknownOutcome
from memory_journal import MemoryJournal


@pytest.mark.parametrize(("login", "password"), [(EDITOR, "salah salah"), ("tidak-ada", "apa saja")])
def test_wrong_credentials_are_told_and_publish_nothing(
    website: Website,
    key: str,
    journal: MemoryJournal,
    article: Callable[..., Post],
    login: str,
    password: str,
) -> None:
    post = article(media=(), documents=())
    website.client().prepare(post, journal)
    stranger = website.client(login, password=password)

    for call in (
        stranger.whoami,
        lambda: stranger.prepare(post, MemoryJournal()),
        lambda: stranger.commit(post, journal),
        lambda: stranger.read_back(journal["web_post_id"]),
    ):
        with pytest.raises(AuthInvalid) as refused:
            call()
        assert password not in str(refused.value)
    assert website.public(key) == []
    assert len(website.posts(key)) == 1
    # A refusal is no unknown outcome: with the right password the same draft is published.
    assert website.client().commit(post, journal).post_id == journal["web_post_id"]


def test_the_account_behind_the_password_is_named(website: Website) -> None:
    assert website.client().whoami().name == "Admin Medsos"
    spaced = " ".join(website.passwords[AUTHOR][at : at + 4] for at in range(0, 24, 4))
    rest = website.passwords[AUTHOR][24:]
    assert website.client(AUTHOR, password=spaced + rest).whoami().name == "Penulis"


def test_an_author_publishes_the_whole_article(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    committed = publish(website.client(AUTHOR), article(), journal)

    [seen] = website.public(key)
    assert str(seen["id"]) == committed.post_id
    assert website.page(seen["link"]).heading == "Rapat pleno terbuka"


@pytest.mark.parametrize("login", [CONTRIBUTOR, SUBSCRIBER])
def test_a_role_without_the_right_is_told_and_publishes_nothing(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post], login: str
) -> None:
    client = website.client(login)
    with pytest.raises((PermissionMissing, AuthInvalid)):
        client.prepare(article(), MemoryJournal())

    with pytest.raises((PermissionMissing, AuthInvalid)):
        publish(client, article(media=(), documents=()), journal)

    assert website.public(key) == []
    assert website.library(key) == []


def test_an_address_taken_by_somebody_elses_article_is_left_alone(
    website: Website, key: str, article: Callable[..., Post]
) -> None:
    taken = {"title": "Orang lain", "content": "<p>Isi lain</p>", "slug": key, "status": "publish"}
    assert website.rest("POST", "posts", json=taken).status_code == 201

    with pytest.raises(ContentInvalid, match="sudah dipakai"):
        website.client().prepare(article(media=(), documents=()), MemoryJournal())

    [seen] = website.public(key)
    assert seen["title"]["rendered"] == "Orang lain"


def test_a_draft_of_another_user_that_an_author_cannot_see_is_not_doubled_in_public(
    website: Website, key: str, article: Callable[..., Post]
) -> None:
    post = article(media=(), documents=())
    website.client(EDITOR).prepare(post, MemoryJournal())

    with pytest.raises(ContentInvalid, match="sudah dipakai"):
        publish(website.client(AUTHOR), post, MemoryJournal())

    assert website.public(key) == []


def test_an_article_in_the_trash_does_not_stand_in_the_way(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    post = article(media=(), documents=())
    first = publish(website.client(), post, journal)
    assert website.rest("DELETE", f"posts/{first.post_id}").json()["status"] == "trash"

    second = publish(website.client(), post, MemoryJournal())

    assert second.post_id != first.post_id
    [seen] = website.public(key)
    assert seen["slug"] == key
    journal["post_id"] = None
    with pytest.raises(UnknownOutcome, match="trash"):
        website.client().resolve(post, journal)


def test_a_site_without_pretty_addresses_is_served_too(
    website: Website, key: str, journal: MemoryJournal, article: Callable[..., Post]
) -> None:
    committed = publish(website.client(rest_route=True), article(), journal)

    [seen] = website.public(key)
    assert str(seen["id"]) == committed.post_id
