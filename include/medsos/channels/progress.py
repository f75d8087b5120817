"""What a client remembers in the journal about its commit, and how it looks for a post afterwards."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from medsos.channels.base import Committed, FoundPost, Journal
from medsos.errors import ChannelError, Duplicate, SeveralFound, UnknownOutcome

COMMIT_STARTED = "commit_started_at"
POST_ID = "post_id"
PERMALINK = "permalink"

READ_BACK_MARGIN = timedelta(minutes=2)
READ_BACK_WAITS = (0.0,)
"""Seconds before each look within one call. One look only: the longer waits of contract 1.2 are the
publishing protocol's, which holds no worker while it waits."""

MOST_PAGES = 5
"""How many pages of an account's posts are read at most: a list is for looking back hours, not years."""

T = TypeVar("T")


def commit_once(
    journal: Journal, now: datetime, call: Callable[[], Committed], *, platform: str
) -> Committed:
    """Make the commit call unless the journal shows that it was made before.

    The mark is stored before the call. A refusal takes it away, because nothing became public; an unknown
    outcome, a "duplicate", or the death of this process leaves it, and then only `resolve` or a person
    (`forget_commit`) may clear it.
    """
    if journal.get(POST_ID):
        return Committed(post_id=journal[POST_ID], permalink=journal.get(PERMALINK))
    if journal.get(COMMIT_STARTED):
        raise UnknownOutcome(
            f"{platform}: permintaan terbit pernah dikirim pada {journal[COMMIT_STARTED]} dan hasilnya belum "
            "dipastikan. Akun diperiksa sebelum tindakan lain."
        )
    journal[COMMIT_STARTED] = now.isoformat()
    try:
        committed = call()
    except (UnknownOutcome, Duplicate):
        raise
    except ChannelError:
        forget_commit(journal)
        raise
    return remember(journal, committed)


def remember(journal: Journal, committed: Committed) -> Committed:
    """Store what a commit or a reconciliation found."""
    if committed.post_id:
        journal[POST_ID] = committed.post_id
    if committed.permalink:
        journal[PERMALINK] = committed.permalink
    return committed


def forget_commit(journal: Journal) -> None:
    """Allow a new commit, after proof or a person's word that nothing became public."""
    journal[COMMIT_STARTED] = None
    journal[POST_ID] = None


def commit_started(journal: Journal) -> datetime | None:
    value = journal.get(COMMIT_STARTED)
    return datetime.fromisoformat(value) if value else None


def find_one(
    posts: Callable[[datetime], Iterable[FoundPost]],
    matches: Callable[[FoundPost], bool],
    journal: Journal,
    *,
    sleep: Callable[[float], None],
    platform: str,
    waits: Sequence[float] = READ_BACK_WAITS,
) -> FoundPost | None:
    """Read recent posts several times until one matches.

    :param posts: posts created from a moment on.
    :returns: the one match; None when no read showed any.
    :raises UnknownOutcome: several match, or the journal does not know when the commit was sent.
    """
    started = commit_started(journal)
    if started is None:
        raise UnknownOutcome(f"{platform}: waktu pengiriman tidak tercatat. Periksa akun kanal ini.")
    for wait in waits:
        if wait:
            sleep(wait)
        since = started - READ_BACK_MARGIN
        recent = [p for p in posts(since) if p.created_at is None or p.created_at >= since]
        found = {post.post_id: post for post in recent if matches(post)}
        if len(found) > 1:
            raise SeveralFound(
                f"{platform}: ditemukan {len(found)} postingan dengan isi yang sama "
                f"({', '.join(sorted(found))}). Periksa akun kanal ini dan tentukan yang benar."
            )
        if found:
            return next(iter(found.values()))
    return None


def newest_first(read: Callable[[str], tuple[Iterable[FoundPost], str]], since: datetime) -> list[FoundPost]:
    """The posts of an account's list since a moment.

    :param read: the page behind a cursor, "" for the first, and the cursor of the next page, "" after the
        last. Pages go from new to old.
    """
    since = since.replace(microsecond=0)  # platforms tell whole seconds
    found: dict[str, FoundPost] = {}
    cursor = ""
    for _ in range(MOST_PAGES):
        posts, cursor = read(cursor)
        page = {post.post_id: post for post in posts}
        found |= page
        times = [post.created_at for post in page.values() if post.created_at]
        if not cursor or (times and min(times) < since):
            break
    recent = [post for post in found.values() if post.created_at is None or post.created_at >= since]
    return sorted(recent, key=lambda post: post.created_at or since, reverse=True)


def same_text(left: str, right: str) -> bool:
    """True when two texts say the same, whatever the platform did to spaces and links."""
    return comparable(left) == comparable(right)


def comparable(text: str) -> str:
    """The text as it is compared: NFC, single spaces, links without scheme and closing slash."""
    text = unicodedata.normalize("NFC", text).replace("\u200b", "")
    text = re.sub(r"https?://(\S+?)/?(?=\s|$)", r"\1", text)
    return " ".join(text.split())


def wait_until(
    read: Callable[[], T | None], *, pauses: Iterable[float], sleep: Callable[[float], None]
) -> T | None:
    """Call `read` until it returns something, pausing in between; None when the pauses are used up."""
    result = read()
    for pause in pauses:
        if result is not None:
            break
        sleep(pause)
        result = read()
    return result
