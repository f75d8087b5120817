"""SOP step 4, second half: the screenshot of an upload, made by the system or handed in by the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from medsos.errors import BehindLogin, EvidenceError, MedsosError
from medsos.operators.cycle import CycleRun, cycle_run
from medsos.operators.form_link import UploadPageLink
from medsos.operators.forms import Answer, FormOperator
from medsos.operators.handed_in import (
    ADDRESS,
    PICTURE,
    accepted_screenshot,
    audit_answer,
    checked_address,
    upload_page,
)
from medsos.operators.parked_form import TRIES, Form, text_field
from medsos.operators.people import team, title_of
from medsos.operators.publish import reason_not_on_channel, reason_not_to_upload
from medsos.operators.publish_forms import picture_field
from medsos.operators.publish_policy import PublishRetryPolicy
from medsos.operators.retries import errors_met

if TYPE_CHECKING:
    from medsos.approval.officials import Holder
    from medsos.store.models import Publication

SEND = "Kirim tangkapan layar"
WITHOUT = "Tanpa tangkapan layar"

TRIES_ALONE = 4
"""How often the system tries by itself, about two minutes, before it asks for what may be a passing fault."""

ADDRESS_COMES_LATE = timedelta(minutes=30)
"""How long after the upload a platform may take to tell the address (TikTok tells it after moderation)."""


class CaptureOperator(FormOperator):
    """Photographs the public page of the post and archives the picture; returns the evidence's number.

    Where the public does not get to see the page, what the API tells about the post is archived instead,
    and the admin is asked for a screenshot. A failure here never touches the publication: the post stays
    published, only the proof is missing.
    """

    ui_color = "#dcefe0"
    operator_extra_links = (UploadPageLink(),)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retries", TRIES)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        kwargs.setdefault("retry_policy", PublishRetryPolicy())
        super().__init__(**kwargs)
        self.why = ""

    def execute(self, context: Any) -> Any:
        run = cycle_run(self)
        if reason := self.skip_reason(run):
            raise AirflowSkipException(reason)
        row = _published(run)
        if known := _proof_by_hand(row):
            with run.recorded():
                return known
        try:
            with run.recorded():
                return _photograph(run, row)
        except EvidenceError as error:
            failed_before = errors_met(context, context["ti"].try_number)
            if not _only_a_person(run, row, error, failed_before + 1):
                raise
            self.why = str(error)
        _keep_what_the_platform_tells(self, run, row)
        return self.ask(run, context)

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run) or reason_not_on_channel(run)

    def people(self, run: CycleRun) -> list[Holder]:
        return team(run)

    def form(self, run: CycleRun) -> Form:
        from medsos.offices.model import CHANNEL_NAMES

        return Form(
            subject=f"Langkah 4 · Tangkapan layar {CHANNEL_NAMES[run.channel]} · {title_of(run)}",
            body=(
                f"[**Buka halaman unggahan**]({upload_page(run)}) untuk mengirim tangkapan layar, juga dari "
                f"ponsel.\n\nPostingannya sudah tayang, tetapi sistem tidak dapat memotretnya: {self.why}\n\n"
                f"Buka postingannya dengan akun **{run.setup.account}**, lalu potret layarnya."
            ),
            fields={
                PICTURE: picture_field(),
                ADDRESS: text_field(
                    "Alamat postingan", description="Hanya bila alamatnya belum diketahui sistem."
                ),
            },
            options=(SEND, WITHOUT),
        )

    def accept(self, run: CycleRun, answer: Answer) -> int:
        row = _published(run)
        if answer.option == WITHOUT:
            audit_answer(run, by=answer.by, at=answer.at, action="evidence.given_up", answer=answer.option)
            raise AirflowFailException(
                f"Siklus {run.cycle_id}, kanal {run.channel}: {answer.by} memutuskan tanpa tangkapan layar. "
                "Postingannya tetap tayang; siklusnya tercatat tidak lengkap."
            )
        if row.permalink is None:
            row.permalink = checked_address(run, row, str(answer.values.get(ADDRESS) or ""))
        picture = str(answer.values.get(PICTURE) or "")
        proof = accepted_screenshot(run, row, picture, address=row.permalink, by=answer.by, at=answer.at)
        _note_address(run, row, by=answer.by)
        return proof.id


def _only_a_person(run: CycleRun, row: Publication, error: EvidenceError, failures: int) -> bool:
    """Whether trying again is no use, or has been of no use for long enough."""
    if isinstance(error, BehindLogin):
        return True
    if row.permalink is None and row.published_at is not None:
        return run.clock() - row.published_at > ADDRESS_COMES_LATE
    return failures >= TRIES_ALONE


def _published(run: CycleRun) -> Publication:
    from sqlalchemy import select

    from medsos.publishing.states import State
    from medsos.store.models import Publication
    from medsos.store.session import reading

    with reading() as session:
        row = session.scalars(
            select(Publication).where(
                Publication.cycle_id == run.cycle_id,
                Publication.channel == run.channel,
                Publication.state == State.PUBLISHED,
            )
        ).first()
    if row is None:
        raise AirflowFailException(
            f"Siklus {run.cycle_id}, kanal {run.channel}: belum ada yang tayang untuk dipotret. "
            "Selesaikan dahulu tugas unggahnya."
        )
    return row


def _proof_by_hand(row: Publication) -> int | None:
    """The admin's own screenshot of this very address is the proof."""
    from medsos.evaluation.channels import proofs_of
    from medsos.store.session import reading

    with reading() as session:
        return next((proof.id for proof in proofs_of(session, row.id) if proof.kind == "manual"), None)


def _photograph(run: CycleRun, row: Publication) -> int:
    """:raises EvidenceError: there is no address yet, or no complete picture of the page."""
    from medsos.evidence.record import keep_screenshot
    from medsos.evidence.screenshot import capture
    from medsos.store.session import transaction

    if row.permalink is None:
        row.permalink = _late_permalink(run, row)
        _note_address(run, row, by=run.task_id)
    shot = capture(row.permalink, channel=run.channel, chromium=run.settings.chromium)
    with transaction() as session:
        return keep_screenshot(session, run.archive, row.id, shot).id


def _late_permalink(run: CycleRun, row: Publication) -> str:
    """Ask the platform for the address that it did not tell when the post went up.

    :raises EvidenceError: it does not tell it now.
    """
    try:
        permalink = _client(run).permalink(row.post_id) if row.post_id else None
    except MedsosError as error:
        raise EvidenceError(f"Alamat postingan belum dapat ditanyakan kepada platform: {error}") from None
    if permalink is None:
        raise EvidenceError("Sudah tayang, tetapi alamatnya belum diberikan platform.")
    return permalink


def _note_address(run: CycleRun, row: Publication, *, by: str) -> None:
    """Enter an address that was not known when the post went up."""
    from medsos.store.audit import append_audit
    from medsos.store.models import Publication
    from medsos.store.session import transaction

    with transaction() as session:
        kept = session.get_one(Publication, row.id)
        if kept.permalink == row.permalink:
            return
        kept.permalink = row.permalink
        append_audit(
            session,
            at=run.clock(),
            actor=by,
            action="publication.address",
            cycle_id=run.cycle_id,
            subject=f"kanal {run.channel}",
            after={"address": row.permalink},
        )


def _keep_what_the_platform_tells(task: CaptureOperator, run: CycleRun, row: Publication) -> None:
    """Archive the API's word on the post. Failing is noted and stops nothing: a person is asked anyway."""
    from medsos.evaluation.channels import proofs_of
    from medsos.evidence.read_back import keep_read_back
    from medsos.store.session import reading, transaction

    with reading() as session:
        if any(proof.kind == "read_back" for proof in proofs_of(session, row.id)):
            return
    if row.post_id is None:
        task.why += " Data dari platform tidak tersedia: nomor postingannya tidak diketahui sistem."
        return
    try:
        found = _client(run).read_back(row.post_id)
        with transaction() as session:
            keep_read_back(
                session,
                run.archive,
                row,
                found,
                account=run.setup.account,
                why=task.why,
                read_at=run.clock(),
            )
    except MedsosError as error:
        task.log.warning("Data dari platform tidak dapat disimpan sebagai bukti: %s", error)
        task.why += f" Data dari platform juga tidak dapat dibaca: {error}"
    else:
        task.why += " Data dari platform sudah disimpan sebagai bukti sementara."


def _client(run: CycleRun) -> Any:
    from medsos.hooks import client_for

    return client_for(
        run.channel, run.setup.connection, web_connection_id=run.office.channels["web"].connection
    )
