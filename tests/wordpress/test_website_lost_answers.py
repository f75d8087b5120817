"""A connection to the website breaks at every place of the way: one article, and it is found again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from websites import Breaker, Website, breaker, document, picture

from medsos.channels.base import Committed, Post
from medsos.errors import NotReady, RateLimited, Transient, UnknownOutcome
from memory_journal import MemoryJournal


def post_of(key: str, folder: Path) -> Post:
    return Post(
        key=key,
        text="Rapat kerja & koordinasi.",
        title="Rapat kerja",
        media=(picture(folder, f"{key}-satu"),),
        documents=(document(folder, f"{key}-sk", "Keputusan"),),
    )


def advance(website: Website, line: Breaker, post: Post, journal: Any) -> Committed:
    """One try of the publishing protocol: look first when an earlier try left the outcome open."""
    client = website.client(site=line.site)
    if journal.get("commit_started_at") and not journal.get("post_id"):
        committed = client.resolve(post, journal)
        if committed is not None:
            return committed
    client.prepare(post, journal)
    return client.commit(post, journal)


def until_settled(website: Website, line: Breaker, post: Post, journal: Any) -> Committed:
    for _ in range(4):
        try:
            return advance(website, line, post, journal)
        except (Transient, RateLimited, NotReady, UnknownOutcome):
            continue
    raise AssertionError("not settled after four tries")


@pytest.mark.parametrize("kind", ["after", "before"])
def test_whichever_request_breaks_off_there_is_exactly_one_article(
    website: Website, key: str, tmp_path: Path, kind: str
) -> None:
    """Breaks the first request, then the second, and so on, until a whole way passes unbroken."""
    number = 0
    with breaker(website) as line:
        while True:
            line.seen.clear()
            line.at, line.kind = number, kind
            name, journal = f"{key}-{number:02}", MemoryJournal()
            committed = until_settled(website, line, post_of(name, tmp_path), journal)

            seen = website.public(name)
            assert [str(entry["id"]) for entry in seen] == [committed.post_id], f"request {number}"
            assert len(website.posts(name)) == 1, f"request {number} left a second draft"
            assert len(website.library(name)) == 2, f"request {number} left a second file"
            if len(line.seen) <= number:
                break
            number += 1
    assert number >= 10


def test_a_commit_whose_answer_is_lost_is_found_and_not_sent_again(
    website: Website, key: str, tmp_path: Path, journal: MemoryJournal
) -> None:
    post = post_of(key, tmp_path)
    with breaker(website) as line:
        client = website.client(site=line.site)
        client.prepare(post, journal)
        line.at = len(line.seen)

        with pytest.raises(UnknownOutcome):
            client.commit(post, journal)
        with pytest.raises(UnknownOutcome):
            client.commit(post, journal)
        found = client.resolve(post, journal)

        commits = [path for verb, path in line.seen if verb == "POST" and "/posts/" in path]
    [seen] = website.public(key)
    assert found is not None
    assert (found.post_id, found.permalink) == (str(seen["id"]), seen["link"])
    assert len(commits) == 1


def test_a_commit_that_never_arrived_is_proved_absent_and_made(
    website: Website, key: str, tmp_path: Path, journal: MemoryJournal
) -> None:
    post = post_of(key, tmp_path)
    with breaker(website) as line:
        client = website.client(site=line.site)
        client.prepare(post, journal)
        line.at, line.kind = len(line.seen), "before"
        with pytest.raises(UnknownOutcome):
            client.commit(post, journal)
        assert website.public(key) == []

        assert client.resolve(post, journal) is None
        committed = client.commit(post, journal)

    [seen] = website.public(key)
    assert committed.post_id == str(seen["id"])


def test_a_second_run_asks_the_website_for_nothing(
    website: Website, key: str, tmp_path: Path, journal: MemoryJournal
) -> None:
    post = post_of(key, tmp_path)
    with breaker(website) as line:
        first = advance(website, line, post, journal)
        sent = len(line.seen)

        second = advance(website, line, post, journal)

        assert second.post_id == first.post_id
        assert len(line.seen) == sent
