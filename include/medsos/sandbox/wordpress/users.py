"""Who may do what on the WordPress site: roles, users, passwords (platform contract, section 2.1)."""

from __future__ import annotations

import base64
import re
from typing import Any

from medsos.sandbox import accounts

_SUBSCRIBER = ("read",)
_CONTRIBUTOR = (*_SUBSCRIBER, "edit_posts", "delete_posts")
_AUTHOR = (
    *_CONTRIBUTOR, "upload_files", "edit_published_posts", "publish_posts", "delete_published_posts",
)  # fmt: skip
_EDITOR = (
    *_AUTHOR, "edit_others_posts", "delete_others_posts", "read_private_posts", "edit_private_posts",
    "delete_private_posts", "manage_categories", "moderate_comments", "manage_links", "unfiltered_html",
    "edit_pages", "edit_others_pages", "edit_published_pages", "publish_pages", "delete_pages",
    "delete_others_pages", "delete_published_pages", "read_private_pages", "edit_private_pages",
    "delete_private_pages",
)  # fmt: skip

# Core's own roles; the number is the old user level, which core still lists among the capabilities.
ROLES: dict[str, tuple[frozenset[str], int]] = {
    "editor": (frozenset(_EDITOR), 7),
    "author": (frozenset(_AUTHOR), 2),
    "contributor": (frozenset(_CONTRIBUTOR), 1),
    "subscriber": (frozenset(_SUBSCRIBER), 0),
}

USERS: dict[str, dict[str, Any]] = {
    **accounts.WEB_USERS,
    "penulis": {"id": 4, "name": "Penulis", "role": "author", "password": "latihan-sandi-penulis"},
    "pelanggan": {"id": 5, "name": "Pelanggan", "role": "subscriber", "password": "latihan-sandi-pelanggan"},
}


MAIL = "@contoh.invalid"


def known_user(authorization: str) -> dict[str, Any] | None:
    """Spaces and signs in an application password do not count; wrong credentials make a stranger."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    # Core takes the address of the mail in place of the login.
    name = name.removesuffix(MAIL)
    user = USERS.get(name)
    if user is None or _letters(user["password"]) != _letters(password):
        return None
    return {**user, "login": name}


def _letters(password: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", password)


def may(user: dict[str, Any] | None, capability: str) -> bool:
    return user is not None and capability in ROLES[user["role"]][0]


def capabilities(user: dict[str, Any]) -> dict[str, bool]:
    """As core lists them: the role's capabilities, its levels, and the role itself."""
    known, level = ROLES[user["role"]]
    names = [*sorted(known), *(f"level_{number}" for number in range(level, -1, -1)), user["role"]]
    return dict.fromkeys(names, True)
