"""What has gone out once does not go out again: one content, one post per channel.

A cycle that was approved anew after its upload has another seal and so a new row in the ledger; a legal
product that is handed in again has a new cycle. Neither may lead to a second post (SOP, Pengesahan 5).
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.errors import AlreadyOut
from medsos.offices.model import CHANNEL_NAMES
from medsos.publishing.states import NOTHING_SENT, State
from medsos.store.models import Cycle, Material, Publication

LOCKED_TYPES = frozenset({"produk_hukum"})
"""Content types whose documents go out once for good, by whichever cycle."""

DOCUMENT = "application/pdf"

NOT_OUT = (*NOTHING_SENT, State.CANCELLED)
"""States of a publication of which nothing is public and nothing will be."""


def require_first_time(session: Session, *, cycle_id: int, channel: str, seal: str) -> None:
    """Check that nothing else of this content is out on `channel`.

    :raises AlreadyOut: another version is public, or may be; or this legal product is.
    """
    other = session.scalars(
        select(Publication).where(
            Publication.cycle_id == cycle_id,
            Publication.channel == channel,
            Publication.seal != seal,
            Publication.state.not_in(NOT_OUT),
        )
    ).first()
    if other is not None:
        raise AlreadyOut(
            f"Siklus {cycle_id}: versi lain konten ini sudah atau mungkin sudah tayang di "
            f"{CHANNEL_NAMES[channel]}. Tidak diunggah lagi; ajukan siklus baru bila isinya memang lain."
        )
    cycle = session.get_one(Cycle, cycle_id)
    if cycle.content_type not in LOCKED_TYPES:
        return
    documents = session.scalars(
        select(Material.original_sha256).where(Material.cycle_id == cycle_id, Material.media_type == DOCUMENT)
    ).all()
    out = legal_product_out(session, office=cycle.office, documents=documents, channels=[channel])
    if out := out - {cycle_id}:
        raise AlreadyOut(legal_product_message(out))


def legal_product_out(
    session: Session, *, office: str, documents: Collection[str], channels: Collection[str]
) -> set[int]:
    """Numbers of the cycles by which one of these legal products is out on one of these channels.

    :param documents: SHA-256 of the files as they were handed in.
    """
    return set(
        session.scalars(
            select(Cycle.id)
            .join(Material, Material.cycle_id == Cycle.id)
            .join(Publication, Publication.cycle_id == Cycle.id)
            .where(
                Cycle.office == office,
                Cycle.content_type.in_(LOCKED_TYPES),
                Material.original_sha256.in_(documents),
                Material.media_type == DOCUMENT,
                Publication.channel.in_(channels),
                Publication.state.not_in(NOT_OUT),
            )
        )
    )


def legal_product_message(cycles: Collection[int]) -> str:
    numbers = ", ".join(str(number) for number in sorted(cycles))
    return (
        f"Produk hukum ini sudah tayang pada siklus {numbers} dan terkunci (SOP, Pengesahan angka 5). "
        "Tidak diunggah, diubah, atau dihapus lagi."
    )
