"""Posts that the public does not get to see: the platform's data, the admin's screenshot, no pretence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import select

from driver import approve_everything, break_platform, carry_through, start, visible_posts
from medsos.evidence.archive import Archive
from medsos.stack.supervisor import Stack
from medsos.store.models import ChannelResult, Cycle, Evidence, Publication
from medsos.store.session import transaction
from social_pages import social_pages

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]


@pytest.fixture(autouse=True)
def nothing_else_is_broken(stack: Stack) -> Iterator[None]:
    """The installation is shared: no fault of another test hits this one, and none of this one the next."""
    address = f"{stack.sandbox_url}/_inspect/faults"
    requests.delete(address, timeout=30).raise_for_status()
    yield
    requests.delete(address, timeout=30).raise_for_status()


def test_behind_a_login_the_platforms_data_is_kept_and_the_admins_screenshot_completes_it(
    stack: Stack,
) -> None:
    """Facebook gives addresses that lead to its log-in; one admin hands in a screenshot, the other cannot."""
    answers = {
        "Dengan potret admin": ("Kirim tangkapan layar", {"tangkapan_layar": "rapat.jpg", "tautan": ""}),
        "Tanpa potret": ("Tanpa tangkapan layar", {"tangkapan_layar": "", "tautan": ""}),
    }

    def answering(title: str) -> Any:
        def script(form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
            if form["task_instance"]["task_id"] != "upload.capture_facebook":
                return approve_everything(form)
            return answers[title]

        return script

    with social_pages() as address:
        wall = f"{address}/facebook.com/anggota/posts/1"
        break_platform(
            stack,
            kind="status",
            status=200,
            body={"id": "1", "permalink_url": wall},
            method="GET",
            path=r"/graph/v[\d.]+/\d+_\d+$",
            match=r"fields=permalink_url(&|\s|$)",
            times=2,
        )
        runs = {title: start(stack, title=title, channels=["facebook"]) for title in answers}
        states = carry_through(stack, {run_id: answering(title) for title, run_id in runs.items()})

    archive = Archive(stack.config.home / "archive")
    told = {}
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        for title, run_id in runs.items():
            cycle = session.scalars(select(Cycle).where(Cycle.run_id == run_id)).one()
            result = session.get_one(ChannelResult, (cycle.id, "facebook"))
            proofs = session.scalars(
                select(Evidence)
                .join(Publication)
                .where(Publication.cycle_id == cycle.id)
                .order_by(Evidence.id)
            ).all()
            told[title] = (states[run_id], cycle.status, result.state, result.evidence_kind,
                           [proof.kind for proof in proofs])  # fmt: skip
            read_back = archive.read(proofs[0].path).decode()
            assert title in read_back
            assert "halaman masuk akun" in read_back
            assert len(visible_posts(stack, title)) == 1
    assert told == {
        "Dengan potret admin": ("success", "selesai", "published", "manual", ["read_back", "manual"]),
        "Tanpa potret": ("failed", "tidak_lengkap", "published", "read_back", ["read_back"]),
    }
