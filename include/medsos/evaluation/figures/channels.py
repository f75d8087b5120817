"""How the channels did over many cycles: what went up, at which attempt, with what proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session

from medsos.evaluation.channels import PROOF_KINDS, PUBLISHED
from medsos.evaluation.scope import Scope, frame, of_channels
from medsos.offices.model import CHANNEL_NAMES, CHANNELS
from medsos.store.models import ChannelResult

MANUAL = "manual"


@dataclass(frozen=True)
class ChannelFigures:
    """One channel. `failed`: asked for and not up; `by_hand`: of those up, uploaded by the admin;
    `with_picture`: of those up, with a screenshot; `retried`: more than one attempt."""

    key: str
    name: str
    asked: int
    published: int
    by_hand: int
    with_picture: int
    attempts: int
    retried: int
    upload_seconds: float | None

    @property
    def failed(self) -> int:
        return self.asked - self.published

    @property
    def failed_rate(self) -> float | None:
        return self.failed / self.asked if self.asked else None

    @property
    def without_picture(self) -> int:
        return self.published - self.with_picture


def channel_figures(session: Session, scope: Scope) -> tuple[ChannelFigures, ...]:
    """Each channel that was asked for, in the SOP's order. `upload_seconds` is the mean of automatic ones."""
    kinds = (ChannelResult.channel, ChannelResult.mode, ChannelResult.state, ChannelResult.evidence_kind)
    seconds = ChannelResult.upload_seconds
    query: Select[*tuple[Any, ...]] = of_channels(
        select(
            *kinds,
            func.count(),
            func.sum(ChannelResult.attempts),
            func.sum(cast(ChannelResult.attempts > 1, Integer)),
            func.sum(seconds),
            func.count(seconds),
        ),
        scope,
    )
    names = ("channel", "mode", "state", "evidence", "cycles", "attempts", "retried", "seconds", "timed")
    rows = frame(session, query.group_by(*kinds), names)
    found = []
    for channel in CHANNELS:
        part = rows[rows["channel"] == channel]
        if part.empty:
            continue
        up = part[part["state"] == PUBLISHED]
        automatic = up[up["mode"] != MANUAL]
        timed = int(automatic["timed"].sum())
        found.append(
            ChannelFigures(
                key=channel,
                name=CHANNEL_NAMES[channel],
                asked=int(part["cycles"].sum()),
                published=int(up["cycles"].sum()),
                by_hand=int(up[up["mode"] == MANUAL]["cycles"].sum()),
                with_picture=int(up[up["evidence"].isin(PROOF_KINDS)]["cycles"].sum()),
                attempts=int(part["attempts"].sum()),
                retried=int(part["retried"].sum()),
                upload_seconds=float(automatic["seconds"].sum()) / timed if timed else None,
            )
        )
    return tuple(found)
