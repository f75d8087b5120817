"""Ids that look like each platform's own (platform contract, section 9, point 12)."""

from __future__ import annotations

import secrets
import string

from medsos.sandbox.state import State

_X_EPOCH_MS = 1288834974657
_SHORTCODE = string.ascii_letters + string.digits + "-_"


def x_id(state: State) -> str:
    """A snowflake: milliseconds, then a sequence; above 2**53 and growing with time."""
    ms = int(state.time() * 1000) - _X_EPOCH_MS
    return str((ms << 22) | (state.next_number("x") % (1 << 22)))


def tiktok_id(state: State) -> str:
    """Nineteen digits above 2**53: seconds in the upper half."""
    return str((int(state.time()) << 32) | (state.next_number("tiktok") * 7919 % (1 << 32)))


def graph_id() -> str:
    """Eighteen digits, as for Facebook posts, photos and videos."""
    return f"1220{secrets.randbelow(10**14):014d}"


def instagram_id() -> str:
    """Seventeen digits, for media and containers."""
    return f"179{secrets.randbelow(10**14):014d}"


def shortcode() -> str:
    """An Instagram shortcode, which cannot be worked out from the id."""
    return "D" + "".join(secrets.choice(_SHORTCODE) for _ in range(10))


def trace_id() -> str:
    """An opaque id for support questions (`fbtrace_id`, `x-transaction-id`)."""
    return "A" + secrets.token_urlsafe(16)


def log_id(state: State) -> str:
    """TikTok's `log_id`: time and hexadecimal digits."""
    return state.now().strftime("%Y%m%d%H%M%S") + secrets.token_hex(9).upper()


def tco() -> str:
    """The last part of a t.co address."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(10))
