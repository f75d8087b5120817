"""The website: WordPress through its REST API (contract section 2).

A post is made as a draft under a slug of its own, its id is stored, and then it is published by an update.
Only the creation of the draft can be lost, and the slug finds it again; the update may be repeated freely.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medsos import errors
from medsos.channels import access, advice, progress
from medsos.channels.answer import Answer
from medsos.channels.base import Access, Account, ChannelClient, Committed, FoundPost, Journal, Media, Post
from medsos.channels.gate import Gate
from medsos.channels.http import Phase
from medsos.channels.limits import LIMITS
from medsos.channels.metrics import Numbers, figures, number_or_not_yet
from medsos.channels.wordpress.api import ALREADY_TRASHED, NAME, WordPressApi, WordPressSettings, slug_of
from medsos.channels.wordpress.html import (
    article_html,
    documents_html,
    image_html,
    plain_text,
    title_html,
    video_html,
)
from medsos.channels.wordpress.media import MediaLibrary
from medsos.clock import Clock, utc_now

_TAKEN_BACK = ("draft", "pending", "private")
"""Statuses of an article that was published once and that the public does not see any more."""


class WordPressClient(ChannelClient):
    """Publishes articles, and keeps media for the platforms that fetch them (`MediaHost`)."""

    channel = "web"
    platform = NAME
    limits = LIMITS["web"]

    def __init__(
        self,
        settings: WordPressSettings,
        *,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._api = WordPressApi(settings, gate=gate, clock=clock, sleep=sleep)
        self._http = self._api.http
        self._library = MediaLibrary(self._api)

    def __repr__(self) -> str:
        return f"WordPressClient({self._settings.site})"

    def whoami(self) -> Account:
        return self._account(self._me())

    def prepare(self, post: Post, journal: Journal) -> None:
        slug = slug_of(post.key)
        uploaded = self._upload_all(post, journal)
        if journal.get("web_post_id"):
            return
        fields = {
            "title": title_html(post.title),
            "content": _content(post, uploaded),
            "slug": slug,
            "featured_media": _featured(post, uploaded),
        }
        draft = self._http.retrying(lambda: self._find_or_create(slug, fields, post))
        if draft.get("status") != "publish" and _lost_picture(draft, fields):
            # WordPress drops a featured picture without a word when it is no longer in the library.
            journal["web_media"] = None
            raise errors.Transient(
                f"{NAME}: gambar utama tidak ada lagi di pustaka media. Berkas diunggah ulang pada percobaan "
                "berikutnya."
            )
        journal["web_post_id"] = _id_of(draft)
        journal["web_link"] = draft.get("link")

    def commit(self, post: Post, journal: Journal) -> Committed:
        def publish() -> Committed:
            answer = self._http.send(
                "POST",
                self._api.url(f"posts/{journal['web_post_id']}"),
                params=self._api.route(f"posts/{journal['web_post_id']}"),
                json={"status": "publish"},
                phase=Phase.COMMIT,
            )
            if answer.text_at("status") != "publish":
                raise self._http.unknown()
            return _committed(answer.object)

        return progress.commit_once(journal, self._http.server_now, publish, platform=NAME)

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        """Ask for the post itself: its status is proof either way, because publishing it is an update."""
        post_id = journal.get("web_post_id")
        if not post_id:
            found = self._find_by_slug(slug_of(post.key))
            if found and not _says(found, post):
                raise _address_taken(slug_of(post.key))
        else:
            found = self._api.get(f"posts/{post_id}", context="edit").object
        if found and found.get("status") == "publish":
            return progress.remember(journal, _committed(found))
        if found and found.get("status") not in ("draft", "pending", "auto-draft"):
            raise errors.UnknownOutcome(
                f"{NAME}: artikel {_id_of(found)} berstatus “{found.get('status')}”. Periksa di dasbor situs."
            )
        progress.forget_commit(journal)
        return None

    @property
    def has_answered(self) -> bool:
        return self._http.has_answered

    def permalink(self, post_id: str) -> str | None:
        return self._api.get(f"posts/{post_id}", context="edit").text_at("link") or None

    def read_back(self, post_id: str) -> FoundPost:
        return _found(self._living(post_id))

    def metrics(self, post_id: str) -> Numbers:
        """WordPress itself counts nothing but comments (contract 2.7)."""
        status = self._living(post_id).get("status")
        if status in _TAKEN_BACK:
            raise errors.PostGone(f"{NAME}: {advice.MISSING}", code=f"status/{status}")
        answer = self._api.get("comments", post=post_id, per_page="1")
        return figures(comments=number_or_not_yet(answer.headers.get("X-WP-Total")))

    def delete(self, post_id: str) -> None:
        """Into the trash of the site, from where the dashboard can bring it back."""
        path = f"posts/{post_id}"
        try:
            self._http.send("DELETE", self._api.url(path), params=self._api.route(path), phase=Phase.PREPARE)
        except errors.ContentInvalid as error:
            if error.code != ALREADY_TRASHED:
                raise

    def access(self) -> Access:
        answer = self._me()
        granted = answer.object.get("capabilities")
        lacking = None
        if isinstance(granted, dict):
            lacking = access.missing(access.WORDPRESS, (name for name, held in granted.items() if held))
        return Access(self._account(answer), lacking=lacking, token=access.NEVER_ENDS)

    def recent_posts(self, since: datetime) -> Sequence[FoundPost]:
        # `after` leaves out the moment itself, and WordPress keeps whole seconds.
        after = (since - timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

        def read(cursor: str) -> tuple[list[FoundPost], str]:
            page = int(cursor or 1)
            answer = self._api.get(
                "posts", status="publish", context="edit", after=after, per_page="20", page=str(page)
            )
            if not isinstance(answer.json, list):
                raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")
            last = page >= int(answer.headers.get("X-WP-TotalPages") or 1)
            return [_found(row) for row in answer.json], "" if last else str(page + 1)

        return progress.newest_first(read, since)

    def publish_media(self, media: Media, *, key: str) -> str:
        """Upload `media` to the media library under a name made from `key`, unless it is there already.

        :returns: public address of the file.
        """
        return str(self._library.store(media, f"{slug_of(key)}-{media.sha256[:8]}")["source_url"])

    def _me(self) -> Answer:
        # Without context=edit a host that drops the Authorization header would go unnoticed (contract 2.3).
        return self._api.get("users/me", context="edit")

    def _account(self, me: Answer) -> Account:
        return Account(
            id=me.text_at("id"), name=me.text_at("name") or self._settings.user, url=self._settings.site
        )

    def _living(self, post_id: str) -> dict[str, Any]:
        """:raises PostGone: the article does not exist, or lies in the trash."""
        found = self._api.get(f"posts/{post_id}", context="edit").object
        if found.get("status") == "trash":
            raise errors.PostGone(f"{NAME}: {advice.MISSING}", code=ALREADY_TRASHED)
        return found

    def _upload_all(self, post: Post, journal: Journal) -> dict[str, dict[str, Any]]:
        """Id and address of every file of the post, by SHA-256; each is stored as soon as it is known."""
        uploaded: dict[str, dict[str, Any]] = dict(journal.get("web_media") or {})
        files = [*post.media, *([post.cover] if post.cover else []), *post.documents]
        for media in files:
            if media.sha256 not in uploaded:
                item = self._library.store(media, _file_stem(media, post))
                uploaded = {**uploaded, media.sha256: {"id": item["id"], "url": item["source_url"]}}
                journal["web_media"] = uploaded
        return uploaded

    def _find_or_create(self, slug: str, fields: dict[str, Any], post: Post) -> dict[str, Any]:
        """Adopt the post that a lost answer left behind, or make a draft."""
        found = self._find_by_slug(slug)
        if found and found.get("status") == "publish":
            if not _says(found, post):
                raise _address_taken(slug)
            return found
        path = f"posts/{found['id']}" if found else "posts"
        answer = self._http.send(
            "POST",
            self._api.url(path),
            params=self._api.route(path),
            json=fields if found else {**fields, "status": "draft"},
            phase=Phase.PREPARE,
            retry=False,
        )
        made = answer.object
        if not made.get("id"):
            raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")
        if made.get("slug") != slug:
            raise _address_taken(slug)
        return made

    def _find_by_slug(self, slug: str) -> dict[str, Any] | None:
        found = self._api.get("posts", slug=slug, status="any", context="edit").json
        if not isinstance(found, list):
            raise errors.Transient(f"{NAME}: {advice.UNREADABLE}")
        return dict(found[0]) if found else None


def _file_stem(media: Media, post: Post) -> str:
    kind = "dokumen" if media in post.documents else "video" if media.is_video else "gambar"
    return f"{slug_of(post.key)}-{kind}-{media.sha256[:8]}"


def _featured(post: Post, uploaded: dict[str, dict[str, Any]]) -> int:
    picture = post.images[0] if post.images else post.cover
    return int(uploaded[picture.sha256]["id"]) if picture else 0


def _lost_picture(made: dict[str, Any], fields: dict[str, Any]) -> bool:
    wanted = fields["featured_media"]
    return bool(wanted) and made.get("featured_media", wanted) != wanted


def _content(post: Post, uploaded: dict[str, dict[str, Any]]) -> str:
    """The article: text, further pictures (the first is the featured one), video, then documents."""
    parts = [article_html(post.text)]
    if post.video:
        poster = uploaded[post.cover.sha256]["url"] if post.cover else None
        parts.append(video_html(uploaded[post.video.sha256]["url"], poster))
    parts += [image_html(uploaded[image.sha256]["url"], image.alt_text) for image in post.images[1:]]
    if post.documents:
        parts.append(documents_html([(document_name(d), uploaded[d.sha256]["url"]) for d in post.documents]))
    return "\n".join(part for part in parts if part)


def document_name(document: Media) -> str:
    """What the download is called: its description, otherwise its file name."""
    return document.alt_text or Path(urlsplit(str(document.path)).path).name


def _says(found: dict[str, Any], post: Post) -> bool:
    """True when an article on the site holds this post's text."""
    html = str((found.get("content") or {}).get("raw") or "")
    return progress.comparable(post.text) in progress.comparable(plain_text(html))


def _address_taken(slug: str) -> errors.ContentInvalid:
    return errors.ContentInvalid(
        f"{NAME}: alamat “{slug}” sudah dipakai artikel lain. Periksa artikel, draf, dan tempat sampah di "
        "dasbor situs, lalu jalankan ulang."
    )


def _id_of(found: dict[str, Any]) -> str:
    return str(found["id"])


def _committed(found: dict[str, Any]) -> Committed:
    return Committed(post_id=_id_of(found), permalink=found.get("link") or None)


def _found(row: dict[str, Any]) -> FoundPost:
    content = row.get("content") or {}
    return FoundPost(
        post_id=_id_of(row),
        text=plain_text(str(content.get("raw") or content.get("rendered") or "")),
        created_at=_utc(row.get("date_gmt")),
        permalink=row.get("link"),
        raw=row,
    )


def _utc(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    except ValueError:
        return None
