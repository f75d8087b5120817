"""One cycle in a real browser, as the three people work; the guides' pictures come from the same walk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from driver import visible_posts
from PIL import Image
from sqlalchemy import select

from medsos.devtools.guide_walk import TITLE, walk
from medsos.stack.supervisor import Stack
from medsos.store.models import Approval, Cycle
from medsos.store.session import transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

GUIDES = Path(__file__).parents[2] / "docs"


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
    made = {path.name for path in tmp_path.glob("*.png")}
    shown = {
        name
        for guide in GUIDES.glob("panduan-*.md")
        for name in re.findall(r"images/panduan/([\w-]+\.png)", guide.read_text(encoding="utf-8"))
    }
    assert shown, "the guides show no pictures"
    assert shown <= made
    for name in made:
        with Image.open(tmp_path / name) as picture:
            assert picture.convert("L").getextrema()[0] < 100, f"{name} is blank"
