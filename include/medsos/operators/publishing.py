"""Brings one channel's approved content to the platform: approval, seal, ledger row, post, client."""

from __future__ import annotations

import hashlib
import os
import socket
import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from sqlalchemy import select

from medsos.approval.authority import require_lawful_approval
from medsos.approval.decisions import require_approval, require_seal
from medsos.approval.seal import designs_of_round, title_of_round
from medsos.channels.base import Post
from medsos.clock import utc_now
from medsos.content.captions import fill_links, web_address_needed
from medsos.content.plan import LEAD_TO_WEBSITE
from medsos.content.slug import post_key
from medsos.errors import GivenUp, NotApproved, WebsiteAwaited
from medsos.hooks import client_for
from medsos.operators.cycle import CycleRun
from medsos.operators.plans import request_of
from medsos.operators.refusals import refusals_on_record
from medsos.operators.sealing import seal_now
from medsos.publishing.assemble import build_post
from medsos.publishing.ledger import Ledger, StoredJournal, open_publication
from medsos.publishing.lock import require_first_time
from medsos.publishing.protocol import publish
from medsos.publishing.states import State
from medsos.store.models import Approval, Design, Publication
from medsos.store.session import reading, transaction

WEBSITE_SECONDS = 20
"""How long a task looks for the website's address while a worker is publishing that post."""

WEBSITE_GLANCE_SECONDS = 3
"""How long while no worker is: it may need the very place that this task holds."""

WEBSITE_PATIENCE = timedelta(minutes=10)
"""How long after the approval a post waits for the address; then it goes up without."""

WEBSITE_AGAIN = timedelta(seconds=15)
"""Time until the next look at the website, as long as it may be up any moment."""

WEBSITE_RARELY = timedelta(minutes=10)
"""The same after `WEBSITE_PATIENCE`, for those that wait as long as it takes."""

TEXT = "text"
"""Key in the journal: the text as it is sent."""


def approved_publication(run: CycleRun) -> Publication:
    """The ledger row of what was approved for this channel; made on first sight. A refusal is audited.

    :raises NotApproved: no approval by an entitled person, or the content is not what was approved.
    :raises AlreadyOut: it went out before, in another version or by another cycle.
    """
    with refusals_on_record(run):
        with reading() as session:
            approval = require_lawful_approval(
                session, run.cycle_id, office=run.office_slug, zone=run.office.zone
            )
        require_seal(approval, seal_now(run, approval.round))
        with transaction() as session:
            require_first_time(session, cycle_id=run.cycle_id, channel=run.channel, seal=approval.seal)
            return open_publication(
                session,
                cycle_id=run.cycle_id,
                channel=run.channel,
                seal=approval.seal,
                mode=run.setup.mode,
                now=run.clock(),
            )


def publish_now(run: CycleRun, row: Publication) -> Publication:
    """Take the publication as far as it goes now; see `publishing.protocol.publish`."""
    ledger = ledger_of(run, row)
    client = client_for(
        run.channel, run.setup.connection, web_connection_id=run.office.channels["web"].connection
    )
    with refusals_on_record(run):
        post = approved_post(run, ledger)
    return publish(
        ledger,
        client,
        post,
        give_up_after=timedelta(hours=run.setup.give_up_after_hours),
        read_back_waits=[timedelta(seconds=seconds) for seconds in run.setup.read_back_seconds],
    )


def ledger_of(run: CycleRun, row: Publication) -> Ledger:
    """The ledger of `row`, held under a name that no other process has."""
    holder = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
    return Ledger(row.id, holder=holder, clock=run.clock)


def approved_post(run: CycleRun, ledger: Ledger) -> Post:
    """The post of this channel, from the approved rows and files.

    :raises NotApproved: a file is no longer what was approved.
    """
    with reading() as session:
        approval = require_approval(session, run.cycle_id)
        designs = [
            design
            for design in designs_of_round(session, run.cycle_id, approval.round)
            if design.channel == run.channel
        ]
        title = title_of_round(session, run.cycle_id, approval.round)
    return build_post(
        designs,
        key=post_key(title, run.cycle_id, run.channel),
        title=title,
        text=_fixed_text(run, ledger, approval, designs),
        fetch=lambda design: _local_copy(run, design),
    )


def _fixed_text(run: CycleRun, ledger: Ledger, approval: Approval, designs: list[Design]) -> str:
    """The text of the first try, kept: after a lost answer the account is searched for just that text."""
    with ledger.lease():
        journal = StoredJournal(ledger)
        if journal.get(TEXT) is None:
            journal[TEXT] = _text(run, approval, designs)
        return str(journal[TEXT])


def _text(run: CycleRun, approval: Approval, designs: list[Design]) -> str:
    """The caption with the address of the website post in it, where posts may carry one.

    :raises WebsiteAwaited: the website post is not up yet. An announcement of a legal product waits for it as
        long as it takes, everything else for `WEBSITE_PATIENCE`, and then goes without the address.
    """
    caption = designs[0].caption if designs else ""
    if run.channel == "web" or not web_address_needed(caption):
        return caption
    if not run.setup.link_in_post or "web" not in request_of(run).channels:
        return fill_links(caption, None)
    website = _website_post(run, approval)
    if website is None or website.permalink is None:
        waited = run.clock() - approval.decided_at
        if request_of(run).content_type in LEAD_TO_WEBSITE:
            if waited > timedelta(hours=run.setup.give_up_after_hours):
                raise GivenUp("Postingan website tidak kunjung tayang; pengumuman ini tidak diunggah.")
            raise WebsiteAwaited(
                "Postingan website belum tayang; pengumuman ini menunggunya.",
                retry_at=_next_look(run, waited),
            )
        if waited < WEBSITE_PATIENCE and not _lost(website):
            raise WebsiteAwaited(
                "Postingan website belum tayang; postingan ini menunggu alamatnya sebentar.",
                retry_at=_next_look(run, waited),
            )
        return fill_links(caption, None)
    return fill_links(caption, website.permalink)


def _website_post(run: CycleRun, approval: Approval) -> Publication | None:
    """The website's ledger row; both posts are usually under way at once, so it is given some seconds."""
    began = time.monotonic()
    while True:
        with reading() as session:
            row = session.scalars(
                select(Publication).where(
                    Publication.cycle_id == run.cycle_id,
                    Publication.channel == "web",
                    Publication.seal == approval.seal,
                )
            ).first()
        under_way = row is not None and row.lease_until is not None and row.lease_until > utc_now()
        longest = WEBSITE_SECONDS if under_way else WEBSITE_GLANCE_SECONDS
        if (row is not None and row.permalink) or _lost(row) or time.monotonic() > began + longest:
            return row
        time.sleep(1)


def _next_look(run: CycleRun, waited: timedelta) -> datetime:
    return run.clock() + (WEBSITE_AGAIN if waited < WEBSITE_PATIENCE else WEBSITE_RARELY)


def _lost(row: Publication | None) -> bool:
    """Whether this try of the website will not bring an address."""
    return row is not None and row.state in (State.REJECTED, State.CANCELLED)


def _local_copy(run: CycleRun, design: Design) -> Path:
    """A local file with the bytes of a design, checked against its hash on every use.

    :raises NotApproved: the archive holds other bytes than were approved.
    """
    folder = run.settings.working_dir(run.cycle_id)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{design.sha256}{PurePosixPath(design.path).suffix}"
    if not path.exists() or _sha256(path) != design.sha256:
        # Several channels may fetch the same video at once: each writes its own file and renames it.
        temporary = path.with_name(f"{uuid.uuid4().hex}.tmp")
        temporary.write_bytes(run.archive.read(design.path))
        temporary.replace(path)
        if _sha256(path) != design.sha256:
            raise NotApproved(
                f"Berkas {design.path} tidak lagi seperti yang disetujui. Tidak ada yang diunggah."
            )
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
