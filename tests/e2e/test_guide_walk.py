"""Whole cycles in a real browser, as the three people work; the guides' pictures come from the same walks."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from guide_pictures import HALF_YEAR, assert_the_guides_show
from PIL import Image
from sqlalchemy import select

from driver import visible_posts
from medsos.devtools.guide import decisions as walked
from medsos.devtools.guide.by_hand import TITLE as BY_HAND_TITLE
from medsos.devtools.guide.by_hand import walk_by_hand
from medsos.devtools.guide.cycle import TITLE, walk
from medsos.evidence.archive import Archive
from medsos.stack.supervisor import Stack
from medsos.store.models import (
    Approval,
    AuditEntry,
    ChannelResult,
    Cycle,
    CycleScorecard,
    Evidence,
    Publication,
    StepDuration,
)
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

BY_HAND = "unggah-"
"""How the pictures of the walk through uploads by hand begin."""

OTHER_DAYS = ("pejabat", "kahar-", "plh-", "kasubbag-tolak", "telepon-")
"""How the pictures of the walk through decisions that are not as usual begin."""


def test_request_minutes_plan_revision_approval_posts_and_evaluation_in_the_browser(
    stack: Stack, tmp_path: Path
) -> None:
    walk(stack, tmp_path, "rapat.jpg")
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        cycle = session.scalars(select(Cycle).where(Cycle.title == TITLE)).one()
        decisions = session.scalars(
            select(Approval.decision).where(Approval.cycle_id == cycle.id).order_by(Approval.round)
        ).all()
    assert cycle.status == "selesai"
    assert decisions == ["revisi", "setuju"]
    assert len(visible_posts(stack, TITLE)) == 5
    assert_the_guides_show(tmp_path, lambda name: not name.startswith((BY_HAND, *OTHER_DAYS, *HALF_YEAR)))


def test_a_delegate_approves_in_force_majeure_and_the_kasubbag_rejects(stack: Stack, tmp_path: Path) -> None:
    walked.walk_decisions(stack, tmp_path, "rapat.jpg")
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        urgent, rejected = (
            session.scalars(select(Cycle).where(Cycle.title == title)).one()
            for title in (walked.URGENT, walked.REJECTED)
        )
        decisions = {
            row.cycle_id: (row.decision, row.decided_by, row.on_behalf_of, row.note)
            for row in session.scalars(select(Approval))
        }
        recorded = session.scalars(
            select(AuditEntry.actor).where(AuditEntry.action == "delegation.recorded")
        ).all()
        card = session.get_one(CycleScorecard, urgent.id)
    assert recorded == ["pengelola"]
    assert decisions[urgent.id] == ("setuju", "sekretaris", "kasubbag", "")
    assert decisions[rejected.id] == ("tolak", "kasubbag", None, walked.REASON)
    assert (urgent.status, urgent.kahar, card.kahar) == ("selesai", True, True)
    assert rejected.status == "ditolak"
    assert len(visible_posts(stack, walked.URGENT)) == 5
    assert visible_posts(stack, walked.REJECTED) == []
    assert_the_guides_show(tmp_path, lambda name: name.startswith(OTHER_DAYS))


def test_uploads_by_hand_and_one_in_doubt_are_settled_on_a_phone_with_all_evidence(
    stack: Stack, tmp_path: Path
) -> None:
    run_id = walk_by_hand(stack, tmp_path / "gambar", "rapat.jpg")
    archive = Archive(stack.config.home / "archive")
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
        results = {
            row.channel: row
            for row in session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id))
        }
        publications = session.scalars(select(Publication).where(Publication.cycle_id == cycle.id)).all()
        by_hand = session.scalars(
            select(Evidence)
            .join(Publication)
            .where(Publication.cycle_id == cycle.id, Evidence.kind == "manual")
        ).all()
        card = session.get_one(CycleScorecard, cycle.id)
        step = session.get_one(StepDuration, (cycle.id, 4))
    assert cycle.status == "selesai"
    assert {channel: (row.mode, row.state, row.evidence_kind) for channel, row in results.items()} == {
        "web": ("api", "published", "screenshot"),
        "facebook": ("manual", "published", "manual"),
        "instagram": ("api", "published", "screenshot"),
        "x": ("api", "published", "screenshot"),
        "tiktok": ("manual", "published", "manual"),
    }
    assert (card.channels_published, card.evidence_complete) == (5, True)
    # The person's minutes count like those of the system.
    assert step.working_minutes is not None
    assert step.on_time is not None
    # One post per channel: those uploaded by hand are the admin's, and X was not sent a second time.
    shown = visible_posts(stack, BY_HAND_TITLE)
    assert sorted(post["permalink"] for post in shown) == sorted(str(row.permalink) for row in publications)
    # What was pasted into the app is the text that was copied, with the address of the website post in it.
    website = next(row.permalink for row in publications if row.channel == "web")
    (facebook,) = [post for post in shown if post["platform"] == "facebook"]
    assert website in facebook["text"]
    for proof in by_hand:
        with Image.open(io.BytesIO(archive.read(proof.path))) as picture:
            assert (picture.format, picture.size) == ("JPEG", (780, 1688))
    assert_the_guides_show(tmp_path / "gambar", lambda name: name.startswith(BY_HAND))
