"""The account's recent posts, for a person who has to find out whether an upload is up."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from medsos.channels.base import FoundPost
from medsos.errors import MedsosError
from medsos.hooks import client_for
from medsos.web.uploads.view import UploadView

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=1)
"""How long before the upload the list begins: enough to recognise the account, few enough to read."""

MOST = 12
_ALIKE = 50
"""Characters at the beginning by which two texts are taken for the same; platforms cut what follows."""


@dataclass(frozen=True)
class RecentPost:
    """One post. `alike`: it begins like what was sent; `later`: it came after the upload was sent."""

    text: str
    created_at: datetime | None
    permalink: str | None
    alike: bool
    later: bool


@dataclass(frozen=True)
class Recent:
    """What the account shows, newest first, or why that cannot be read."""

    posts: tuple[RecentPost, ...] = ()
    problem: str = ""
    since: datetime | None = None


def recent_posts(view: UploadView) -> Recent:
    """Ask the platform. Whatever goes wrong is told, never raised: the person can look by himself."""
    sent_at = view.publication.commit_started_at or view.publication.created_at
    since = sent_at - LOOK_BACK
    setup = view.run.setup
    try:
        client = client_for(
            view.channel, setup.connection, web_connection_id=view.office.channels["web"].connection
        )
        found = list(client.recent_posts(since))[:MOST]
    except MedsosError as error:
        return Recent(problem=str(error), since=since)
    except Exception:
        log.exception("recent posts of %s", view.channel)
        return Recent(problem="terjadi kesalahan pada sistem; kejadiannya dicatat di log.", since=since)
    return Recent(posts=tuple(_recent(post, view.text, sent_at) for post in found), since=since)


def _recent(post: FoundPost, sent: str, sent_at: datetime) -> RecentPost:
    begins = _plain(sent)[:_ALIKE]
    return RecentPost(
        text=post.text,
        created_at=post.created_at,
        permalink=post.permalink,
        alike=bool(begins) and _plain(post.text).startswith(begins),
        later=post.created_at is not None and post.created_at >= sent_at - timedelta(minutes=2),
    )


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
