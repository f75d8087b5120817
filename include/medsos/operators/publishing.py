"""Brings one channel's approved content to the platform: approval, seal, ledger row, post, client."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from medsos.approval.decisions import require_approval, require_seal
from medsos.approval.seal import designs_of_round
from medsos.channels.base import Post
from medsos.content.captions import fill_links, web_address_needed
from medsos.content.plan import LEAD_TO_WEBSITE
from medsos.content.slug import post_key
from medsos.errors import NotReady, RateLimited, Transient
from medsos.hooks import client_for
from medsos.operators.cycle import CycleRun
from medsos.operators.plans import request_of
from medsos.operators.sealing import seal_now
from medsos.publishing.assemble import build_post
from medsos.publishing.ledger import Ledger, open_publication
from medsos.publishing.protocol import give_up, publish
from medsos.store.models import Approval, Cycle, Design, Publication
from medsos.store.session import transaction


def approved_publication(run: CycleRun) -> Publication:
    """The ledger row of what was approved for this channel; made on first sight.

    :raises NotApproved: no approval by an entitled person, or the content is not what was approved.
    """
    with transaction() as session:
        approval = require_approval(session, run.cycle_id)
    require_seal(approval, seal_now(run, approval.round))
    with transaction() as session:
        return open_publication(
            session,
            cycle_id=run.cycle_id,
            channel=run.channel,
            seal=approval.seal,
            mode=run.setup.mode,
            now=run.clock(),
        )


def publish_now(run: CycleRun) -> Publication:
    """Take the publication as far as it goes now; see `publishing.protocol.publish`.

    :raises GivenUp: the platform is still down and the channel's deadline has passed.
    """
    row = approved_publication(run)
    ledger = ledger_of(run, row)
    try:
        post = approved_post(run)
        client = client_for(
            run.channel, run.setup.connection, web_connection_id=run.office.channels["web"].connection
        )
        return publish(ledger, client, post)
    except (Transient, NotReady, RateLimited) as error:
        if run.clock() >= row.created_at + timedelta(hours=run.setup.give_up_after_hours):
            give_up(ledger, str(error))
        raise


def ledger_of(run: CycleRun, row: Publication) -> Ledger:
    """The ledger of `row`, held under a name that no other process has."""
    holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
    return Ledger(row.id, holder=holder, clock=run.clock)


def approved_post(run: CycleRun) -> Post:
    """The post of this channel, from the approved rows and files."""
    with transaction() as session:
        approval = require_approval(session, run.cycle_id)
        designs = [
            design
            for design in designs_of_round(session, run.cycle_id, approval.round)
            if design.channel == run.channel
        ]
        title = session.get_one(Cycle, run.cycle_id).title
    return build_post(
        designs,
        key=post_key(title, run.cycle_id, run.channel),
        title=title,
        text=_text(run, approval, designs),
        fetch=lambda design: _local_copy(run, design),
    )


def _text(run: CycleRun, approval: Approval, designs: list[Design]) -> str:
    """The caption with the address of the website post in it, where posts may carry one and it is up.

    :raises Transient: this content type only announces the website post, and that is not up yet.
    """
    caption = designs[0].caption if designs else ""
    address = _web_address(run, approval)
    if address is None and run.channel != "web":
        leads_there = request_of(run).content_type in LEAD_TO_WEBSITE
        if leads_there and web_address_needed(caption):
            raise Transient("Postingan website belum tayang; pengumuman ini menunggunya.")
    return fill_links(caption, address if run.setup.link_in_post else None)


def _web_address(run: CycleRun, approval: Approval) -> str | None:
    """Address of the website post of the same content, or None while it is not up."""
    with transaction() as session:
        return session.scalars(
            select(Publication.permalink).where(
                Publication.cycle_id == run.cycle_id,
                Publication.channel == "web",
                Publication.seal == approval.seal,
            )
        ).first()


def _local_copy(run: CycleRun, design: Design) -> Path:
    """A local file with the bytes of a design, named by its hash, so a retry finds it."""
    folder = run.settings.working_dir(run.cycle_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{design.sha256}{PurePosixPath(design.path).suffix}"
    if not path.exists():
        path.write_bytes(run.archive.read(design.path))
    return path
