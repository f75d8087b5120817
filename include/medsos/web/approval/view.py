"""Gathers what the approval form of one round shows, from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.approval.officials import Holder, who_may_decide
from medsos.approval.seal import compute_seal, designs_of_round, title_of_round
from medsos.channels.limits import LIMITS, UNIT_NAMES, channel_text_length
from medsos.content.captions import fill_links, with_longest_link
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, ChannelSetup, Office
from medsos.settings import load_settings
from medsos.sop.model import Sop, load_sop
from medsos.store.models import Approval, Cycle, Design, FormAnswer, Material, Minutes, PlanRow, StepEvent
from medsos.store.names import known_people
from medsos.web.approval.captions import LINKED, Piece, pieces
from medsos.web.approval.changes import Change, changes
from medsos.web.approval.checks import Check, checks_of_channel
from medsos.web.asked import Asked, asked_of
from medsos.web.materials_view import materials_of
from medsos.web.office_view import office_of


@dataclass(frozen=True)
class ChannelView:
    """One channel as it will look."""

    channel: str
    name: str
    account: str
    mode: str
    picture: Design
    attachments: tuple[Design, ...]
    caption: tuple[Piece, ...]
    length: int
    limit: int | None
    unit: str
    alt_text: str
    notes: tuple[str, ...]
    picture_before: Design | None
    caption_changes: tuple[Change, ...]
    alt_changes: tuple[Change, ...]
    checks: tuple[Check, ...]

    @property
    def has_slot(self) -> bool:
        """Whether the address of the website post will stand in the text."""
        return any(piece.kind == "slot" for piece in self.caption)

    @property
    def links_are_dead(self) -> bool:
        """The text holds an address that nobody can tap on this channel."""
        return self.channel not in LINKED and any(piece.kind in ("link", "slot") for piece in self.caption)

    @property
    def too_long(self) -> bool:
        return self.limit is not None and self.length > self.limit


@dataclass(frozen=True)
class ApprovalView:
    """Everything on the form except what Airflow knows (whether it waits)."""

    cycle: Cycle
    office: Office
    names: Mapping[str, str]
    sop: Sop
    round_no: int
    newest_round: int
    asked: Asked
    channels: tuple[ChannelView, ...]
    words: tuple[tuple[str, str, tuple[Change, ...]], ...]
    minutes: Minutes | None
    materials: tuple[Material, ...]
    history: tuple[Approval, ...]
    decision: Approval | None
    approvers: tuple[Holder, ...]
    nobody_decides: str
    refused: FormAnswer | None
    seal: str
    waiting: StepEvent | None

    @property
    def waiting_since(self) -> datetime | None:
        return self.waiting.at if self.waiting else None

    @property
    def waits_for_official(self) -> bool:
        """The round is ready, but when the task last looked nobody was entitled, so nobody was asked."""
        return self.waiting is not None and self.waiting.detail.get("for_people") == []

    @property
    def task_id(self) -> str:
        return await_decision_task(self.round_no)

    @property
    def rounds(self) -> int:
        """Rounds that this version of the SOP allows."""
        return self.sop.approval_rounds

    @property
    def options(self) -> tuple[str, ...]:
        """The words on the buttons; the last round offers no *Revisi*."""
        return ("Setuju", "Tolak") if self.round_no >= self.rounds else ("Setuju", "Revisi", "Tolak")

    @property
    def broken(self) -> tuple[tuple[str, str], ...]:
        """What the platforms would refuse: name of the channel, sentence."""
        return tuple(
            (channel.name, check.text)
            for channel in self.channels
            for check in channel.checks
            if check.verdict == "bad"
        )

    @property
    def to_look_at(self) -> int:
        """How many checks a person should look at."""
        return sum(check.verdict == "look" for channel in self.channels for check in channel.checks)

    @property
    def checked(self) -> int:
        return sum(len(channel.checks) for channel in self.channels)

    def name_of(self, username: str) -> str:
        """Of somebody who had to do with the office; the log-in name of anybody else."""
        return self.names.get(username, username)

    def is_approver(self, username: str) -> bool:
        return any(holder.username == username for holder in self.approvers)


def await_decision_task(round_no: int) -> str:
    return f"approval.round_{round_no}.await_decision"


def approval_view(session: Session, cycle_id: int, round_no: int, *, now: datetime) -> ApprovalView | None:
    """The form of a round, or None when the cycle or the designs of this round do not exist.

    :param now: aware; who may decide is worked out for the office's date of that moment.
    """
    cycle = session.get(Cycle, cycle_id)
    designs = designs_of_round(session, cycle_id, round_no)
    if cycle is None or not designs:
        return None
    office = office_of(cycle.office)
    title = title_of_round(session, cycle_id, round_no)
    before = designs_of_round(session, cycle_id, round_no - 1)
    history = session.scalars(
        select(Approval).where(Approval.cycle_id == cycle_id).order_by(Approval.round)
    ).all()
    deciders = who_may_decide(session, cycle, now, office.zone)
    rounds_made = session.scalars(select(Design.round).where(Design.cycle_id == cycle_id)).all()
    return ApprovalView(
        cycle=cycle,
        office=office,
        names=known_people(session, office),
        sop=load_sop(load_settings().sop_dirs, cycle.sop_version),
        round_no=round_no,
        newest_round=max(rounds_made),
        asked=asked_of(cycle),
        channels=_channels(office, designs, before, title),
        words=_words(session, cycle_id, round_no),
        minutes=session.get(Minutes, cycle.minutes_id) if cycle.minutes_id is not None else None,
        materials=materials_of(session, cycle_id),
        history=tuple(row for row in history if row.round < round_no),
        decision=next((row for row in history if row.round == round_no), None),
        approvers=deciders.entitled,
        nobody_decides=deciders.sentence,
        refused=_refused(session, cycle_id, round_no),
        seal=compute_seal(designs, cycle_id=cycle_id, title=title),
        waiting=_waiting(session, cycle_id, round_no),
    )


def _channels(
    office: Office, designs: list[Design], before: list[Design], title: str
) -> tuple[ChannelView, ...]:
    setups: Mapping[str, ChannelSetup] = {str(name): setup for name, setup in office.channels.items()}
    return tuple(
        _channel(
            channel,
            setups[channel],
            _of(designs, channel),
            _of(before, channel),
            title=title,
            has_website=bool(_of(designs, "web")),
        )
        for channel in CHANNELS
        if _of(designs, channel)
    )


def _channel(
    channel: str,
    setup: ChannelSetup,
    files: list[Design],
    before: list[Design],
    *,
    title: str,
    has_website: bool,
) -> ChannelView:
    picture, limits = files[0], LIMITS[channel]
    caption = picture.caption if _carries_link(channel, setup) else fill_links(picture.caption, None)
    old = before[0] if before else None
    return ChannelView(
        channel=channel,
        name=CHANNEL_NAMES[channel],
        account=setup.account,
        mode=setup.mode,
        picture=picture,
        attachments=tuple(files[1:]),
        caption=pieces(caption),
        length=channel_text_length(channel, with_longest_link(caption)),
        limit=limits.text_length,
        unit=UNIT_NAMES[limits.text_unit],
        alt_text=picture.alt_text,
        notes=tuple(picture.notes),
        picture_before=old if old is not None and old.sha256 != picture.sha256 else None,
        caption_changes=_changed(old.caption, picture.caption) if old else (),
        alt_changes=_changed(old.alt_text, picture.alt_text) if old else (),
        checks=checks_of_channel(channel, files, caption=caption, title=title, has_website=has_website),
    )


def _carries_link(channel: str, setup: ChannelSetup) -> bool:
    return channel != "web" and setup.link_in_post


def _words(session: Session, cycle_id: int, round_no: int) -> tuple[tuple[str, str, tuple[Change, ...]], ...]:
    """The words on the design with what changed: label, text, changes."""
    plans = {
        row.round: row.plan
        for row in session.scalars(
            select(PlanRow).where(PlanRow.cycle_id == cycle_id, PlanRow.round.in_((round_no - 1, round_no)))
        )
    }
    now, old = plans.get(round_no), plans.get(round_no - 1)
    if now is None:
        return ()
    return tuple(
        (label, str(now.get(key, "")), _changed(str(old.get(key, "")), str(now.get(key, ""))) if old else ())
        for key, label in (("headline", "Judul pada desain"), ("summary", "Ringkasan pada desain"))
    )


def _changed(before: str, after: str) -> tuple[Change, ...]:
    return tuple(changes(before, after)) if before != after else ()


def _refused(session: Session, cycle_id: int, round_no: int) -> FormAnswer | None:
    """The last answer of this round, when it could not be accepted."""
    last = session.scalars(
        select(FormAnswer)
        .where(FormAnswer.cycle_id == cycle_id, FormAnswer.task_id == await_decision_task(round_no))
        .order_by(FormAnswer.id.desc())
        .limit(1)
    ).first()
    return last if last is not None and not last.accepted else None


def _waiting(session: Session, cycle_id: int, round_no: int) -> StepEvent | None:
    """The event with which this round began to wait, when that is the last thing that happened."""
    last = session.scalars(
        select(StepEvent)
        .where(StepEvent.cycle_id == cycle_id, StepEvent.task_id == await_decision_task(round_no))
        .order_by(StepEvent.id.desc())
        .limit(1)
    ).first()
    return last if last is not None and last.event == "waiting" else None


def _of(designs: list[Design], channel: str) -> list[Design]:
    return [design for design in designs if design.channel == channel]
