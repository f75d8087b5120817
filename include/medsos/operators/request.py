"""The beginning of a cycle: the request is checked, the materials are taken in, the cycle gets its number."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from medsos.clock import Clock, utc_now
from medsos.errors import ConfigError, RequestError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from medsos.content.intake import TakenIn
    from medsos.content.request import ContentRequest
    from medsos.offices.model import Office
    from medsos.settings import Settings
    from medsos.store.models import Material


class AcceptRequestOperator(BaseOperator):
    """Turns the trigger form into a cycle and returns its number.

    A request that cannot be accepted fails this task at once, without retries, with one sentence per
    mistake; no cycle is made, and what was typed stays in the DAG run. A second run of this task finds
    the cycle that the first one made.

    :param office: slug of the office.
    """

    template_fields: Sequence[str] = ()
    ui_color = "#fdf1dc"

    def __init__(self, *, office: str, clock: Clock = utc_now, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.clock = clock

    def execute(self, context: Any) -> int:
        from medsos.offices.model import load_office
        from medsos.settings import load_settings

        settings = load_settings()
        dag_run = context["dag_run"]
        known, done = _cycle_of(dag_run.dag_id, dag_run.run_id)
        if known is not None and done:
            return known
        try:
            return _open_cycle(
                settings,
                load_office(settings.offices_dir, self.office),
                raw=dict(context["params"]),
                requester=dag_run.triggering_user_name or "sistem",
                dag_id=dag_run.dag_id,
                run_id=dag_run.run_id,
                begun=known,
                clock=self.clock,
            )
        except (RequestError, ConfigError) as error:
            self.log.error("%s", error)
            _give_back(dag_run.run_id, error)
            raise AirflowFailException(str(error)) from None


def _give_back(run_id: str, error: Exception) -> None:
    """Reopen the draft that this run came from, if it came from one, with what is wrong with it."""
    from medsos.drafts.book import come_back
    from medsos.store.session import transaction

    with transaction() as session:
        come_back(session, run_id, error.problems if isinstance(error, RequestError) else [str(error)])


def _cycle_of(dag_id: str, run_id: str) -> tuple[int | None, bool]:
    """The cycle that an earlier try made for this run, and whether it got as far as its materials."""
    from sqlalchemy import select

    from medsos.store.models import Cycle, StepEvent
    from medsos.store.session import reading

    with reading() as session:
        cycle_id = session.scalar(select(Cycle.id).where(Cycle.dag_id == dag_id, Cycle.run_id == run_id))
        done = session.scalar(
            select(StepEvent.id).where(
                StepEvent.cycle_id == cycle_id,
                StepEvent.task_id == "accept_request",
                StepEvent.event == "finished",
            )
        )
    return cycle_id, done is not None


def _open_cycle(
    settings: Settings,
    office: Office,
    *,
    raw: dict[str, Any],
    requester: str,
    dag_id: str,
    run_id: str,
    begun: int | None,
    clock: Clock,
) -> int:
    """Check, take in, enter. Files are copied between two transactions: a video must not hold the lock."""
    from medsos.content.handed_over import names_at_hand, sources_of
    from medsos.content.intake import take_in_all
    from medsos.content.request import accept_request
    from medsos.drafts.handover import settle
    from medsos.store.session import transaction

    now = clock()
    intake, uploads = settings.intake_dir(office.slug), settings.uploads_dir(office.slug)
    at_hand = names_at_hand(intake, uploads, raw.get("materials"))
    request = accept_request(raw, offered_channels=office.offered_channels, files_at_hand=at_hand, now=now)
    with tempfile.TemporaryDirectory(prefix="medsos-") as folder:
        sources = sources_of(intake, uploads, request.materials)
        taken = take_in_all(sources, content_type=request.content_type, into=Path(folder))
        documents = [item.original_sha256 for item in taken]
        with transaction() as session:
            refuse_what_leads_nowhere(
                session, office, request, documents=documents, requester=requester, now=now, begun=begun
            )
            cycle_id = begun or _insert(session, office, request, requester, dag_id, run_id, now)
        materials = _archived(cycle_id, taken)
        with transaction() as session:
            _enter(session, cycle_id, request, requester, materials, now=now, finished=clock())
            settle(session, run_id, cycle_id)
    return cycle_id


def refuse_what_leads_nowhere(
    session: Session,
    office: Office,
    request: ContentRequest,
    *,
    documents: Sequence[str],
    requester: str,
    now: datetime,
    begun: int | None = None,
) -> None:
    """Check what no form can: somebody may approve, it is not out yet, there is no such cycle already.

    :param documents: SHA-256 of the files that the request brings.
    :param begun: the cycle that an earlier try of the same run has made.
    :raises RequestError: with a sentence that says why not.
    """
    from medsos.operators.repeats import refuse_a_repeat

    _somebody_may_approve(session, office, requester, now)
    _not_out_yet(session, office, request, documents, begun)
    if begun is None:
        refuse_a_repeat(session, office.slug, request.model_dump(mode="json"), now)


def _somebody_may_approve(session: Session, office: Office, requester: str, now: datetime) -> None:
    """The requester never approves: is there anybody else?

    :raises RequestError: nobody, so the cycle could only wait for ever.
    """
    from medsos.approval.officials import holders

    today = now.astimezone(office.zone).date()
    if not {h.username for h in holders(session, office.slug, "kasubbag", today)} - {requester}:
        raise RequestError(
            [
                "Tidak ada yang berhak menyetujui permohonan ini: belum ada Kasubbag yang menjabat hari ini, "
                "atau pemohon sendiri satu-satunya. Lengkapi people pada office.yaml, atau minta orang lain "
                "mengajukan."
            ]
        )


def _not_out_yet(
    session: Session, office: Office, request: ContentRequest, documents: Sequence[str], begun: int | None
) -> None:
    """:raises RequestError: this legal product is out already and locked."""
    from medsos.publishing.lock import LOCKED_TYPES, legal_product_message, legal_product_out

    if request.content_type not in LOCKED_TYPES:
        return
    out = legal_product_out(session, office=office.slug, documents=documents, channels=request.channels)
    if out := out - {begun}:
        raise RequestError([legal_product_message(out)])


def _enter(
    session: Session,
    cycle_id: int,
    request: ContentRequest,
    requester: str,
    materials: list[Material],
    *,
    now: datetime,
    finished: datetime,
) -> None:
    from sqlalchemy import delete

    from medsos.store.audit import append_audit
    from medsos.store.journal import record_event
    from medsos.store.models import Material

    session.execute(delete(Material).where(Material.cycle_id == cycle_id))
    session.add_all(materials)
    task = "accept_request"
    record_event(session, cycle_id=cycle_id, task_id=task, event="started", at=now, actor=requester)
    record_event(session, cycle_id=cycle_id, task_id=task, event="finished", at=finished)
    append_audit(
        session,
        at=now,
        actor=requester,
        action="cycle.opened",
        cycle_id=cycle_id,
        subject=request.title,
        after={
            **request.model_dump(mode="json"),
            "materials_sha256": [material.original_sha256 for material in materials],
        },
    )
    if request.kahar:
        append_audit(
            session,
            at=now,
            actor=requester,
            action="cycle.kahar",
            cycle_id=cycle_id,
            subject=request.title,
            after={"reason": request.kahar_reason},
        )


def _insert(
    session: Session,
    office: Office,
    request: ContentRequest,
    requester: str,
    dag_id: str,
    run_id: str,
    now: datetime,
) -> int:
    from medsos.evidence.archive import cycle_folder
    from medsos.settings import load_settings
    from medsos.sop.in_force import version_in_force
    from medsos.store.models import Cycle

    cycle = Cycle(
        office=office.slug,
        title=request.title,
        content_type=request.content_type,
        requester=requester,
        requested_at=now,
        sop_version=version_in_force(
            load_settings().own_sop_dir,
            office=office.slug,
            named=office.sop_version,
            on=now.astimezone(office.zone).date(),
        ),
        kahar=request.kahar,
        kahar_reason=request.kahar_reason,
        status="berjalan",
        dag_id=dag_id,
        run_id=run_id,
        request=request.model_dump(mode="json"),
        archive_folder="",
    )
    session.add(cycle)
    session.flush()
    cycle.archive_folder = cycle_folder(
        office.slug, cycle_id=cycle.id, title=request.title, requested_at=now, zone=office.zone
    )
    return cycle.id


def _archived(cycle_id: int, taken: list[TakenIn]) -> list[Material]:
    """Put originals and clean files into the archive; the rows for them, not yet entered."""
    from medsos.evidence.archive import MATERIALS, Archive
    from medsos.hooks.archive import open_archive_root
    from medsos.store.models import Cycle, Material
    from medsos.store.session import reading

    archive = Archive(open_archive_root())
    with reading() as session:
        folder = f"{session.get_one(Cycle, cycle_id).archive_folder}/{MATERIALS}"
    rows = []
    for position, item in enumerate(taken):
        original = archive.put_file(f"{folder}/asli/{position + 1}-{item.original_name}", item.original_path)
        clean = archive.put_file(f"{folder}/bersih/{item.clean_path.name}", item.clean_path)
        rows.append(
            Material(
                cycle_id=cycle_id,
                position=position,
                original_name=item.original_name,
                media_type=item.media_type,
                original_path=original.path,
                original_sha256=original.sha256,
                clean_path=clean.path,
                clean_sha256=clean.sha256,
                clean_media_type=item.clean_media_type,
                size_bytes=clean.size_bytes,
                width=item.width,
                height=item.height,
                duration_seconds=item.duration_seconds,
            )
        )
    return rows
