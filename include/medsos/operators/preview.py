"""Shows what would become of a request: the words and the picture per channel, by the code that publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medsos.offices.model import CHANNEL_NAMES, Channel

if TYPE_CHECKING:
    from medsos.content.plan import ContentPlan
    from medsos.content.request import ContentRequest
    from medsos.design.model import RenderedDesign
    from medsos.offices.model import Brand, Office


Shape = tuple[int | None, int | None, float | None]
"""Width and height in pixels and seconds of a video."""


@dataclass(frozen=True)
class ChannelPreview:
    """One channel as it would look, but for its picture.

    `caption` is parted where the website's address will stand.

    :param length: in the unit in which the channel counts, with the longest address in it.
    """

    channel: Channel
    name: str
    account: str
    mode: str
    caption: tuple[str, ...]
    length: int
    limit: int | None
    unit: str
    alt_text: str
    problems: tuple[str, ...]


def preview_texts(
    request: ContentRequest,
    office: Office,
    videos: Sequence[tuple[int | None, int | None, float | None]] = (),
) -> tuple[ContentPlan, list[ChannelPreview]]:
    """The plan that would be proposed, and what each chosen channel shows of it."""
    from medsos.channels.limits import LIMITS, UNIT_NAMES, channel_text_length
    from medsos.content.captions import fill_links, with_longest_link
    from medsos.content.plan import WEB_LINK
    from medsos.design.rendition import unfit
    from medsos.operators.plans import plan_for

    plan = plan_for(request, office)
    shown = []
    for channel in request.channels:
        setup, limits, text = office.channels[channel], LIMITS[channel], plan.texts[channel]
        carries_link = channel != "web" and setup.link_in_post
        caption = text.caption if carries_link else fill_links(text.caption, None)
        length = channel_text_length(channel, with_longest_link(caption))
        problems = [problem for video in videos for problem in unfit(channel, *video)]
        if limits.text_length is not None and length > limits.text_length:
            problems.append("Teksnya terlalu panjang untuk kanal ini. Ringkas isinya.")
        shown.append(
            ChannelPreview(
                channel=channel,
                name=CHANNEL_NAMES[channel],
                account=setup.account,
                mode=setup.mode,
                caption=tuple(caption.split(WEB_LINK)),
                length=length,
                limit=limits.text_length,
                unit=UNIT_NAMES[limits.text_unit],
                alt_text=text.alt_text,
                problems=tuple(problems),
            )
        )
    return plan, shown


def preview_picture(
    request: ContentRequest, office: Office, brand: Brand, channel: Channel, photos: Sequence[Path]
) -> RenderedDesign:
    """The picture of a channel in its full size.

    :raises DesignError: when a text that must be whole does not fit, or a photo cannot be read.
    """
    from medsos.operators.plans import plan_for
    from medsos.operators.rendering import design_of

    return design_of(office, brand, channel, plan_for(request, office), request, photos)
