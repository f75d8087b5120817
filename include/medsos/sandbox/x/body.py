"""What the body of a new X post may hold (platform contract, section 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from medsos.sandbox.wire import Call
from medsos.sandbox.x.wire import ID, forbidden, invalid_request

PHOTOS = 4
TAGGED = 10
REPLY_SETTINGS = ("following", "mentionedUsers", "subscribers", "verified")
POLL_OPTIONS = (2, 4)
POLL_OPTION_LENGTH = 25
POLL_MINUTES = (5, 10080)
# Only one of these can stand in a post.
EXCLUSIVE = ("media", "poll", "quote_tweet_id", "card_uri", "direct_message_deep_link")

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _id(value: Any) -> bool:
    return isinstance(value, str) and bool(ID.match(value))


def _ids(least: int, most: int) -> Check:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(_id, value))


def _reply_setting(value: Any) -> bool:
    return value in REPLY_SETTINGS


def _options(value: Any) -> bool:
    least, most = POLL_OPTIONS
    return isinstance(value, list) and least <= len(value) <= most and all(
        isinstance(option, str) and 1 <= len(option) <= POLL_OPTION_LENGTH for option in value
    )  # fmt: skip


def _minutes(value: Any) -> bool:
    return isinstance(value, int) and POLL_MINUTES[0] <= value <= POLL_MINUTES[1]


# Every field of section 5.2; a table inside a table is an object with exactly these fields.
FIELDS: dict[str, Check | dict[str, Check]] = {
    "text": _text,
    "media": {"media_ids": _ids(1, PHOTOS), "tagged_user_ids": _ids(0, TAGGED)},
    "reply": {"in_reply_to_tweet_id": _id, "exclude_reply_user_ids": _ids(0, 100),
              "auto_populate_reply_metadata": _flag},
    "quote_tweet_id": _id,
    "poll": {"options": _options, "duration_minutes": _minutes, "reply_settings": _reply_setting},
    "reply_settings": _reply_setting,
    "geo": {"place_id": _text},
    "community_id": _id,
    "share_with_followers": _flag,
    "for_super_followers_only": _flag,
    "made_with_ai": _flag,
    "paid_partnership": _flag,
    "nullcast": _flag,
    "card_uri": _text,
    "direct_message_deep_link": _text,
    "edit_options": {"previous_post_id": _id},
}  # fmt: skip
REQUIRED = {
    "media": ("media_ids",), "reply": ("in_reply_to_tweet_id",), "poll": ("options", "duration_minutes"),
    "edit_options": ("previous_post_id",),
}  # fmt: skip


def checked_body(call: Call) -> dict[str, Any]:
    """The body without its empty fields.

    :raises XError: 400 for no JSON object, unknown fields and wrong values; 403 for what self-serve accounts
        may not do.
    """
    body = call.json
    if call.content_type != "application/json" or not isinstance(body, dict):
        raise invalid_request("The body must be a JSON object")
    given = {name: value for name, value in body.items() if value is not None}
    for name, value in given.items():
        _check(name, value, FIELDS, f"$.{name}")
    for name, required in REQUIRED.items():
        for inner in required:
            if name in given and given[name].get(inner) is None:
                raise invalid_request(f"$.{name}.{inner}: is missing but it is required")
    if sum(bool(given.get(name)) for name in EXCLUSIVE) > 1:
        raise invalid_request(f"Only one of {', '.join(EXCLUSIVE)} may be given")
    if given.get("quote_tweet_id") or given.get("edit_options"):
        # Product rules of self-serve accounts.
        raise forbidden("You are not permitted to perform this action.")
    return given


def _check(name: str, value: Any, table: dict[str, Any], path: str) -> None:
    if name not in table:
        raise invalid_request(
            f"{path}: is not defined in the schema and the schema does not allow additional properties",
            **{path: value},
        )
    rule = table[name]
    if not isinstance(rule, dict):
        if not rule(value):
            raise invalid_request(f"{path}: does not have a valid value", **{path: value})
        return
    if not isinstance(value, dict):
        raise invalid_request(f"{path}: object expected", **{path: value})
    for inner, entry in value.items():
        if entry is not None:
            _check(inner, entry, rule, f"{path}.{inner}")
