"""Tells whether a platform shows a page to everybody or only to people who are logged in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

REFUSED = frozenset({401, 403})
"""Answers of a page that is there, but not for the public."""

LOGIN_PAGES = re.compile(
    r"(^|/)(login|log-in|signin|masuk|accounts/login|i/flow/login|checkpoint|challenge|account/access|"
    r"wp-login\.php)(/|\.php|$)"
)
"""Paths to which the platforms send those who are not logged in; sought in the path."""

ASKS_OVER_THE_POST = frozenset({"facebook", "instagram", "x", "tiktok"})
"""Channels on whose pages a visible password field means that the log-in covers the post.

A website may have a log-in form in its sidebar; there it means nothing.
"""


def sent_to_login(asked: str, arrived: str) -> bool:
    """Did the page that was asked for turn into a log-in page?"""
    path = urlsplit(arrived).path
    return path != urlsplit(asked).path and LOGIN_PAGES.search(path.lower()) is not None
