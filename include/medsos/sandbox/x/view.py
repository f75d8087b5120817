"""How X shows posts, users and media (platform contract, sections 5.3, 5.6 and 5.7)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

from medsos.sandbox import accounts
from medsos.sandbox.media import cdn_path
from medsos.sandbox.state import Document
from medsos.sandbox.wire import Call
from medsos.sandbox.x.fields import VALUES
from medsos.sandbox.x.wire import FIELD_PARAMETERS, XError, invalid_request

JOINED = "2019-05-02T03:04:05.000Z"
_TAG = re.compile(r"(?<![\w&])#(\w*[^\W\d_]\w*)")
_MENTION = re.compile(r"(?<![\w@])@(\w{1,15})(?!\w)")
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?!\w)")


def stamp(unix: float) -> str:
    """`2026-11-20T10:00:00.000Z`."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class View:
    """Shows things as one request asks for them.

    :param person: whether a person stands behind the request, who may see what is not public.
    """

    def __init__(self, call: Call, person: bool = True) -> None:
        self.call, self.sandbox, self.person = call, call.sandbox, person
        self.asked = {name: self._list(name) for name in FIELD_PARAMETERS}
        # Section 5.3: answer in the vocabulary of the request.
        self.new = "post.fields" in call.query
        self.post_fields = self.asked["post.fields"] | self.asked["tweet.fields"]
        private = {"non_public_metrics", "organic_metrics", "promoted_metrics"} & self.post_fields
        if private and not person:
            raise XError(403, "Field Not Authorized", f"Not authorized for {sorted(private)}.",
                         "not-authorized-for-field")  # fmt: skip

    def _list(self, name: str) -> set[str]:
        values = {value for value in self.call.query.get(name, "").split(",") if value}
        unknown = values - VALUES[name] if name in VALUES else set()
        if unknown:
            bad = sorted(unknown)[0]
            known = ",".join(sorted(VALUES[name]))
            raise invalid_request(
                f"The `{name}` query parameter value [{bad}] is not one of [{known}]", **{name: bad}
            )
        return values

    def answer(self, posts: list[Document]) -> dict[str, Any]:
        """`includes` for these posts, or nothing."""
        expansions, includes = self.asked["expansions"], {}
        if "attachments.media_keys" in expansions:
            includes["media"] = [item for post in posts for item in self.media(post)]
        if {"author_id", "in_reply_to_user_id", "entities.mentions.username"} & expansions and posts:
            includes["users"] = [self.user()]
        if {"referenced_tweets.id", "referenced_posts.id"} & expansions:
            found = [self.sandbox.post("x", post["reply_to"]) for post in posts if post["reply_to"]]
            includes["posts" if self.new else "tweets"] = [self.post(post) for post in found if post]
        filled = {name: values for name, values in includes.items() if values}
        return {"includes": filled} if filled else {}

    # -- posts -----------------------------------------------------------------------------------------------

    def history(self, post: Document) -> dict[str, list[str]]:
        return {"edit_history_post_ids" if self.new else "edit_history_tweet_ids": [post["id"]]}

    def text(self, post: Document) -> str:
        return html.escape(self._with_links(post)[0], quote=False)

    def post(self, post: Document) -> dict[str, Any]:
        text, links = self._with_links(post)
        count = self.sandbox.state.count
        public = {
            "like_count": count("x", "likes"), "reply_count": count("x", "comments"), "quote_count": 0,
            "bookmark_count": 0, "impression_count": count("x", "views"),
            "repost_count" if self.new else "retweet_count": count("x", "shares"),
        }  # fmt: skip
        private = {"impression_count": count("x", "views"), "url_link_clicks": 0, "user_profile_clicks": 0,
                   "engagements": count("x", "likes") + count("x", "comments")}  # fmt: skip
        young = self.sandbox.state.time() - post["created_at"] < 30 * 86400
        reference = [{"type": "replied_to", "id": post["reply_to"]}] if post["reply_to"] else None
        everything: dict[str, Any] = {
            "created_at": stamp(post["created_at"]),
            "author_id": accounts.X["user_id"],
            "conversation_id": post["reply_to"] or post["id"],
            "in_reply_to_user_id": accounts.X["user_id"] if post["reply_to"] else None,
            "referenced_posts" if self.new else "referenced_tweets": reference,
            "reply_settings": post.get("reply_settings", "everyone"),
            "lang": "in",
            "source": "Platform latihan",
            "possibly_sensitive": False,
            "display_text_range": [0, len(html.escape(text, quote=False))],
            "entities": self._entities(text, links) or None,
            "attachments": {"media_keys": self._keys(post)} if post["media"] else None,
            "public_metrics": public,
            "non_public_metrics": private if young else None,
            "organic_metrics": {**public, **private} if young else None,
        }
        shown = {name: value for name, value in everything.items()
                 if name in self.post_fields and value is not None}  # fmt: skip
        return {"id": post["id"], "text": html.escape(text, quote=False), **self.history(post), **shown}

    def _with_links(self, post: Document) -> tuple[str, list[dict[str, Any]]]:
        """The text with short links in place of the addresses, and where they stand."""
        text, links, position = "", [], 0
        for link in post["links"]:
            start = post["text"].index(link["given"], position)
            text += post["text"][position:start] + link["url"]
            position = start + len(link["given"])
            links.append({"start": len(text) - len(link["url"]), "end": len(text), "url": link["url"],
                          "expanded_url": link["expanded_url"], "display_url": link["given"]})  # fmt: skip
        text += post["text"][position:]
        if post["media_link"]:
            text = f"{text} {post['media_link']}".strip()
            kind = "video" if len(post["media"]) == 1 and self._is_video(post) else "photo"
            links += [{
                "start": len(text) - len(post["media_link"]), "end": len(text), "url": post["media_link"],
                "expanded_url": f"https://x.com{post['path'].removeprefix('/x.com')}/{kind}/1",
                "display_url": "pic.x.com/latihan", "media_key": key,
            } for key in self._keys(post)]  # fmt: skip
        return text, links

    def _entities(self, text: str, links: list[dict[str, Any]]) -> dict[str, Any]:
        def found(pattern: re.Pattern[str], key: str) -> list[dict[str, Any]]:
            return [{"start": m.start(), "end": m.end(), key: m[1]} for m in pattern.finditer(text)]

        entities = {
            "urls": links, "hashtags": found(_TAG, "tag"), "mentions": found(_MENTION, "username"),
            "cashtags": found(_CASHTAG, "tag"),
        }  # fmt: skip
        return {name: values for name, values in entities.items() if values}

    # -- media and users -------------------------------------------------------------------------------------

    def _keys(self, post: Document) -> list[str]:
        return list(post.get("media_keys") or [f"3_{id_}" for id_ in post["media_ids"]])

    def _is_video(self, post: Document) -> bool:
        return str(self.sandbox.files.facts(post["media"][0])["type"]).startswith("video/")

    def media(self, post: Document) -> list[dict[str, Any]]:
        shown = []
        for key, sha256, alt in zip(self._keys(post), post["media"], post["alt_texts"], strict=True):
            facts = self.sandbox.files.facts(sha256)
            url = self.sandbox.url(cdn_path(facts))
            video = facts["type"].startswith("video/")
            kind = "video" if video else "animated_gif" if key.startswith("16_") else "photo"
            poster = self.sandbox.files.facts(facts.get("poster") or sha256)
            everything = {
                "url": url if kind == "photo" else None, "alt_text": alt or None,
                "width": facts["width"], "height": facts["height"],
                "duration_ms": int(facts["duration"] * 1000) if video else None,
                "preview_image_url": None if kind == "photo" else self.sandbox.url(cdn_path(poster)),
                "public_metrics": {"view_count": self.sandbox.state.count("x", "views")} if video else None,
                "variants": [{"content_type": facts["type"], "url": url}] if video else None,
            }  # fmt: skip
            asked = self.asked["media.fields"]
            item = {name: value for name, value in everything.items() if name in asked and value is not None}
            shown.append({"media_key": key, "type": kind, **item})
        return shown

    def user(self) -> dict[str, Any]:
        posts = len(self.sandbox.visible_posts("x"))
        # A request about users alone does not tell which vocabulary it is in.
        words = ["post_count"] if self.new else ["tweet_count"]
        if not self.new and "tweet.fields" not in self.call.query:
            words = ["tweet_count", "post_count"]
        everything = {
            "created_at": JOINED, "description": accounts.BIOGRAPHY, "location": "Bengkulu", "url": "",
            "profile_image_url": self.sandbox.url("/avatar.svg"), "protected": False, "verified": False,
            "verified_type": "none",
            "public_metrics": {"followers_count": 1406, "following_count": 27, "listed_count": 4,
                               "like_count": 0, "media_count": posts, **dict.fromkeys(words, posts)},
        }  # fmt: skip
        shown = {name: value for name, value in everything.items() if name in self.asked["user.fields"]}
        return {"id": accounts.X["user_id"], "name": accounts.DISPLAY_NAME, "username": accounts.USERNAME,
                **shown}  # fmt: skip
