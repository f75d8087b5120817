"""Reads the permalinks of a cycle from the ledger and writes links and their checks to the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.links.liveness import LinkStatus
from medsos.links.page import PostLink, in_order
from medsos.offices.model import Office
from medsos.store.audit import append_audit
from medsos.store.models import Link, LinkCheck, Publication


def published_links(session: Session, cycle_id: int, office: Office) -> tuple[PostLink, ...]:
    """Permalinks of everything of this cycle that is up, in the SOP's order of channels."""
    rows = session.scalars(
        select(Publication)
        .where(
            Publication.cycle_id == cycle_id,
            Publication.state == "published",
            Publication.permalink.is_not(None),
        )
        .order_by(Publication.id)
    )
    accounts: dict[str, str] = {name: setup.account for name, setup in office.channels.items()}
    newest = {row.channel: str(row.permalink) for row in rows}
    return in_order(
        [PostLink(channel, address, accounts.get(channel, "")) for channel, address in newest.items()]
    )


def record_links(
    session: Session, cycle_id: int, *, links: Iterable[PostLink], page_path: str | None, now: datetime
) -> dict[str, int]:
    """Write one row per permalink and one for the page; a later run corrects the rows.

    :param page_path: where the page lies in the archive, or None when there is none.
    :returns: id of the row of each address, for `record_checks`.
    """
    wanted = [("permalink", link.channel, link.address) for link in links]
    if page_path is not None:
        wanted.append(("page", "", page_path))
    ids = {}
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for kind, channel, address in wanted:
        row = session.scalar(
            select(Link).where(Link.cycle_id == cycle_id, Link.kind == kind, Link.channel == channel)
        )
        if row is None or row.address != address:
            after[channel or kind] = address
        if row is None:
            row = Link(cycle_id=cycle_id, kind=kind, channel=channel, address=address, made_at=now)
            session.add(row)
        elif row.address != address:
            before[channel or kind] = row.address
            row.address, row.made_at = address, now
        session.flush()
        ids[address] = row.id
    if after:
        append_audit(
            session,
            at=now,
            actor="sistem",
            action="links.built",
            cycle_id=cycle_id,
            subject="tautan",
            before=before,
            after=after,
        )
    return ids


def record_checks(session: Session, link_ids: dict[str, int], checks: Iterable[LinkStatus]) -> None:
    """Add one row per check."""
    for check in checks:
        session.add(
            LinkCheck(
                link_id=link_ids[check.address],
                checked_at=check.checked_at,
                alive=check.alive,
                http_status=check.http_status,
                problem=check.problem,
            )
        )
