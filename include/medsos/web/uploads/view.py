"""Gathers what the page of one upload shows: what a person uploads, looks for or still has to prove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from medsos.approval.decisions import latest_decision
from medsos.approval.officials import Holder, holders
from medsos.approval.seal import designs_of_round, title_of_round
from medsos.clock import Clock, utc_now
from medsos.content.captions import fill_links, web_address_needed
from medsos.evaluation.channels import proofs_of
from medsos.offices.model import CHANNEL_NAMES, Office
from medsos.operators.cycle import CycleRun
from medsos.operators.handed_in import PICTURE, kept_number
from medsos.operators.publishing import TEXT
from medsos.publishing.states import State
from medsos.store.models import (
    Approval,
    Cycle,
    Design,
    Evidence,
    FormAnswer,
    Publication,
    PublicationAttempt,
    StepEvent,
)
from medsos.store.names import known_people
from medsos.web.office_view import local_day, office_of

TITLED = {"web": "Judul", "tiktok": "Judul, bila diminta"}
"""Channels on which an upload by hand asks for a title beside the text."""


@dataclass(frozen=True)
class UploadFile:
    """A file to upload. `name` is what it is called once downloaded."""

    design: Design
    name: str

    @property
    def is_picture(self) -> bool:
        return self.design.kind in ("image", "cover")


@dataclass(frozen=True)
class UploadView:
    """Everything on the page except what Airflow and the platform know.

    :param refused_picture: SHA-256 of the screenshot of the answer that could not be accepted.
    """

    cycle: Cycle
    office: Office
    names: Mapping[str, str]
    run: CycleRun
    publication: Publication
    files: tuple[UploadFile, ...]
    title_label: str
    title: str
    text: str
    website_comes: bool
    attempts: int
    proofs: tuple[Evidence, ...]
    team: tuple[Holder, ...]
    reason: str
    refused: FormAnswer | None
    refused_picture: str

    @property
    def channel(self) -> str:
        return self.run.channel

    @property
    def name(self) -> str:
        return CHANNEL_NAMES[self.channel]

    @property
    def account(self) -> str:
        return self.run.setup.account

    @property
    def in_doubt(self) -> bool:
        return self.publication.state == State.NEEDS_PERSON

    @property
    def published(self) -> bool:
        return self.publication.state == State.PUBLISHED

    @property
    def cancelled(self) -> bool:
        return self.publication.state == State.CANCELLED

    def name_of(self, username: str) -> str:
        """Of somebody who had to do with the office; the log-in name of anybody else."""
        return self.names.get(username, username)

    def is_team(self, username: str) -> bool:
        return any(holder.username == username for holder in self.team)


def publish_task(channel: str) -> str:
    return f"upload.publish_{channel}"


def capture_task(channel: str) -> str:
    return f"upload.capture_{channel}"


def upload_view(
    session: Session, cycle_id: int, channel: str, *, clock: Clock = utc_now
) -> UploadView | None:
    """The page of one channel, or None while the cycle, its approval or the channel's publication is missing.

    :param clock: who belongs to the team is worked out for the office's date of that moment.
    """
    cycle, approval = session.get(Cycle, cycle_id), latest_decision(session, cycle_id)
    if cycle is None or approval is None or approval.decision != "setuju":
        return None
    row = _publication(session, cycle_id, channel, approval.seal)
    designs = [d for d in designs_of_round(session, cycle_id, approval.round) if d.channel == channel]
    if row is None or not designs:
        return None
    office = office_of(cycle.office)
    run = CycleRun(cycle_id, office.slug, publish_task(channel), channel=channel, clock=clock)
    text, website_comes = _text(session, run, cycle, approval, row, designs)
    today = local_day(office, clock())
    team = [*holders(session, office.slug, "tim_medsos", today)]
    team += holders(session, office.slug, "admin_medsos", today)
    attempts = select(func.count()).select_from(PublicationAttempt)
    refused = _refused(session, cycle_id, channel)
    return UploadView(
        cycle=cycle,
        office=office,
        names=known_people(session, office),
        run=run,
        publication=row,
        files=_files(cycle_id, channel, designs),
        title_label=TITLED.get(channel, ""),
        title=title_of_round(session, cycle_id, approval.round),
        text=text,
        website_comes=website_comes,
        attempts=session.scalar(attempts.where(PublicationAttempt.publication_id == row.id)) or 0,
        proofs=tuple(proofs_of(session, row.id)),
        team=tuple({holder.username: holder for holder in team}.values()),
        reason=_why_no_screenshot(session, cycle_id, channel),
        refused=refused,
        refused_picture=_picture_of(session, refused),
    )


def _publication(session: Session, cycle_id: int, channel: str, seal: str) -> Publication | None:
    return session.scalars(
        select(Publication).where(
            Publication.cycle_id == cycle_id, Publication.channel == channel, Publication.seal == seal
        )
    ).one_or_none()


def _files(cycle_id: int, channel: str, designs: list[Design]) -> tuple[UploadFile, ...]:
    return tuple(
        UploadFile(design, f"siklus-{cycle_id}-{channel}-{number}{PurePosixPath(design.path).suffix.lower()}")
        for number, design in enumerate(designs, 1)
    )


def _text(
    session: Session,
    run: CycleRun,
    cycle: Cycle,
    approval: Approval,
    row: Publication,
    designs: list[Design],
) -> tuple[str, bool]:
    """The text as it was sent or is to be uploaded, and whether the website's address may still come."""
    if row.journal.get(TEXT):
        return str(row.journal[TEXT]), False
    caption = designs[0].caption
    if run.channel == "web" or not web_address_needed(caption):
        return caption, False
    if not run.setup.link_in_post or "web" not in (cycle.request.get("channels") or ()):
        return fill_links(caption, None), False
    website = _publication(session, cycle.id, "web", approval.seal)
    if website is not None and website.permalink:
        return fill_links(caption, website.permalink), False
    lost = website is not None and website.state in (State.REJECTED, State.CANCELLED)
    return fill_links(caption, None), not lost


def _why_no_screenshot(session: Session, cycle_id: int, channel: str) -> str:
    """What the last try to photograph the post said."""
    event = session.scalars(
        select(StepEvent)
        .where(
            StepEvent.cycle_id == cycle_id,
            StepEvent.task_id == capture_task(channel),
            StepEvent.event == "failed",
        )
        .order_by(StepEvent.id.desc())
        .limit(1)
    ).first()
    return str(event.detail.get("message", "")) if event is not None else ""


def _refused(session: Session, cycle_id: int, channel: str) -> FormAnswer | None:
    """The last answer about this upload, when it could not be accepted."""
    last = session.scalars(
        select(FormAnswer)
        .where(
            FormAnswer.cycle_id == cycle_id,
            FormAnswer.task_id.in_((publish_task(channel), capture_task(channel))),
        )
        .order_by(FormAnswer.id.desc())
        .limit(1)
    ).first()
    return last if last is not None and not last.accepted else None


def _picture_of(session: Session, answer: FormAnswer | None) -> str:
    number = kept_number(str(answer.answers.get(PICTURE) or "")) if answer is not None else None
    evidence = session.get(Evidence, number) if number is not None else None
    return evidence.sha256 if evidence is not None else ""
