"""The seal: one hash over exactly what is approved, recomputed from the files before anything goes out.

It covers the title and, per channel and in order, the caption, every file by its SHA-256, its alt text and
its kind. A different byte, letter or channel gives a different seal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import NotApproved
from medsos.store.models import Design, PlanRow

FORMAT = "medsos-seal-1"
"""Stands in the sealed text, so that a later way to compute it can be told apart."""


def designs_of_round(session: Session, cycle_id: int, round_no: int) -> list[Design]:
    """All files of a round, by channel and order."""
    return list(
        session.scalars(
            select(Design)
            .where(Design.cycle_id == cycle_id, Design.round == round_no)
            .order_by(Design.channel, Design.position)
        )
    )


def designs_told(designs: list[Design]) -> dict[str, object]:
    """The designs of a round as the audit trail tells them: per channel and place, what will be shown."""
    return {
        f"{design.channel} {design.position + 1}": {
            "kind": design.kind,
            "sha256": design.sha256,
            "caption": design.caption,
            "alt_text": design.alt_text,
        }
        for design in designs
    }


def title_of_round(session: Session, cycle_id: int, round_no: int) -> str:
    """The headline of a round's plan.

    :raises NotApproved: the round has no plan: there is nothing to approve.
    """
    plan = session.scalars(
        select(PlanRow.plan).where(PlanRow.cycle_id == cycle_id, PlanRow.round == round_no)
    ).one_or_none()
    if plan is None:
        raise NotApproved(f"Siklus {cycle_id} putaran {round_no}: belum ada rencana yang dapat disegel.")
    return str(plan["headline"])


def compute_seal(
    designs: list[Design], *, cycle_id: int, title: str, hash_of_file: Callable[[str], str] | None = None
) -> str:
    """SHA-256 (hex) over the canonical JSON of a round.

    :param designs: all rows of one round, ordered by channel and position.
    :param title: headline of the round; the website and Facebook videos carry it beside the caption.
    :param hash_of_file: given a path in the archive, hashes the bytes that lie there now; without it
        the hashes noted in the rows are trusted, which is enough only where the rows were just written.
    :raises NotApproved: when the round has no designs: there is nothing to approve.
    """
    if not designs:
        raise NotApproved(f"Siklus {cycle_id}: belum ada desain yang dapat disegel.")
    channels: dict[str, dict[str, object]] = {}
    for design in designs:
        entry = channels.setdefault(design.channel, {"caption": design.caption, "files": []})
        files = entry["files"]
        assert isinstance(files, list)  # noqa: S101  narrows the type for the checker
        files.append(
            {
                "kind": design.kind,
                "media_type": design.media_type,
                "sha256": hash_of_file(design.path) if hash_of_file else design.sha256,
                "alt_text": design.alt_text,
            }
        )
    content = {"format": FORMAT, "cycle": cycle_id, "title": title, "channels": channels}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
