"""The plan of a round: the words on the design and the caption and alt text per channel (SOP step 2a)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

WEB_LINK = "{tautan_web}"
"""Stands in a caption where the address of the website post goes; known only after that post is up.

The seal covers the caption with this mark in it, so filling it in changes nothing that was approved.
"""

LEAD_TO_WEBSITE = frozenset({"produk_hukum"})
"""Content types whose other posts make no sense before the website post is up: they only announce it."""


class ChannelText(BaseModel):
    """What one channel says. `caption` may hold `WEB_LINK`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: str
    alt_text: str


class ContentPlan(BaseModel):
    """All words of a round. `texts` has one entry per chosen channel; the website's is its article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headline: str
    summary: str
    texts: dict[str, ChannelText]
