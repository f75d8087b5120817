"""Chooses pictures of what was published in a period: some cycles, one screenshot each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import EvidenceError
from medsos.evaluation.channels import PROOF_KINDS, PUBLISHED
from medsos.evaluation.scope import Scope
from medsos.offices.model import CHANNEL_NAMES, CHANNELS
from medsos.store.models import CycleScorecard, Evidence, Publication

MOST_PICTURES = 12


@dataclass(frozen=True)
class Proof:
    """A screenshot of a post. `picture` is None when the file cannot be read from the archive."""

    cycle_id: int
    title: str
    channel: str
    published_at: datetime | None
    path: str
    sha256: str
    picture: bytes | None


def proofs_of_period(session: Session, scope: Scope, read_file: Callable[[str], bytes]) -> list[Proof]:
    """At most `MOST_PICTURES`, from cycles spread evenly over the period, the channels taking turns.

    :param read_file: gives the bytes of a path in the archive.
    """
    published = (
        select(CycleScorecard.cycle_id)
        .where(*scope.cycles(), CycleScorecard.channels_published > 0)
        .order_by(CycleScorecard.completed_at, CycleScorecard.cycle_id)
    )
    ids = list(session.scalars(published))
    number = min(MOST_PICTURES, len(ids))
    chosen = [ids[place * len(ids) // number] for place in range(number)]
    query = (
        select(Publication, Evidence, CycleScorecard.title)
        .join(Evidence, Evidence.publication_id == Publication.id)
        .join(CycleScorecard, CycleScorecard.cycle_id == Publication.cycle_id)
        .where(
            Publication.cycle_id.in_(chosen), Publication.state == PUBLISHED, Evidence.kind.in_(PROOF_KINDS)
        )
        .order_by(Evidence.captured_at, Evidence.id)
    )
    found: dict[int, dict[str, tuple[Publication, Evidence, str]]] = {}
    for publication, evidence, title in session.execute(query):
        if evidence.kind != "manual" or evidence.source_url == publication.permalink:
            found.setdefault(publication.cycle_id, {})[publication.channel] = (publication, evidence, title)
    proofs = []
    for place, cycle_id in enumerate(chosen):
        turn = place % len(CHANNELS)
        order = (*CHANNELS[turn:], *CHANNELS[:turn])
        shown = next((found[cycle_id][name] for name in order if name in found.get(cycle_id, {})), None)
        if shown is not None:
            proofs.append(_proof(*shown, read_file))
    return proofs


def _proof(
    publication: Publication, evidence: Evidence, title: str, read_file: Callable[[str], bytes]
) -> Proof:
    try:
        picture = read_file(evidence.path)
    except EvidenceError:
        picture = None
    return Proof(
        cycle_id=publication.cycle_id,
        title=title,
        channel=CHANNEL_NAMES[publication.channel],
        published_at=publication.published_at,
        path=evidence.path,
        sha256=evidence.sha256,
        picture=picture,
    )
