"""The plan of a round: the words on the design and the caption and alt text per channel (SOP step 2a)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from medsos.content.text import tidy_text

TidyText = Annotated[str, AfterValidator(tidy_text)]
"""Whoever makes a plan, its words hold nothing that only a machine sees."""

WEB_LINK = "{tautan_web}"
"""Stands in a caption where the address of the website post goes; known only after that post is up.

The seal covers the caption with this mark in it, so filling it in changes nothing that was approved.
"""

LEAD_TO_WEBSITE = frozenset({"produk_hukum"})
"""Content types whose other posts make no sense before the website post is up: they only announce it."""


class ChannelText(BaseModel):
    """What one channel says. `caption` may hold `WEB_LINK`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: TidyText
    alt_text: TidyText


class ContentPlan(BaseModel):
    """All words of a round. `texts` has one entry per chosen channel; the website's is its article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headline: TidyText
    summary: TidyText
    texts: dict[str, ChannelText]
