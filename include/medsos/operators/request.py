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
from medsos.errors import RequestError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from medsos.content.intake import TakenIn
    from medsos.content.request import ContentRequest
    from medsos.evidence.archive import Archive
    from medsos.offices.model import Office
    from medsos.settings import Settings


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
        office = load_office(settings.offices_dir, self.office)
        dag_run = context["dag_run"]
        known = _cycle_of(dag_run.dag_id, dag_run.run_id)
        if known is not None:
            return known
        now = self.clock()
        try:
            return _open_cycle(
                settings,
                office,
                raw=dict(context["params"]),
                requester=dag_run.triggering_user_name or "sistem",
                dag_id=dag_run.dag_id,
                run_id=dag_run.run_id,
                now=now,
                finished=self.clock,
            )
        except RequestError as error:
            self.log.error("%s", error)
            raise AirflowFailException(str(error)) from None


def _cycle_of(dag_id: str, run_id: str) -> int | None:
    from sqlalchemy import select

    from medsos.store.models import Cycle
    from medsos.store.session import transaction

    with transaction() as session:
        return session.scalar(select(Cycle.id).where(Cycle.dag_id == dag_id, Cycle.run_id == run_id))


def _open_cycle(
    settings: Settings,
    office: Office,
    *,
    raw: dict[str, Any],
    requester: str,
    dag_id: str,
    run_id: str,
    now: datetime,
    finished: Clock,
) -> int:
    from medsos.content.intake import take_in_all
    from medsos.content.materials import files_at_hand, resolve_materials
    from medsos.content.request import accept_request
    from medsos.evidence.archive import Archive
    from medsos.hooks.archive import open_archive_root
    from medsos.store.audit import append_audit
    from medsos.store.journal import record_event
    from medsos.store.session import transaction

    intake = settings.intake_dir(office.slug)
    request = accept_request(
        raw, offered_channels=office.offered_channels, files_at_hand=files_at_hand(intake), now=now
    )
    with tempfile.TemporaryDirectory(prefix="medsos-") as folder:
        taken = take_in_all(
            resolve_materials(intake, request.materials), content_type=request.content_type, into=Path(folder)
        )
        archive = Archive(open_archive_root())
        with transaction() as session:
            cycle_id = _insert(session, office, request, requester, dag_id, run_id, now)
            _store_materials(session, archive, cycle_id, taken)
            record_event(
                session, cycle_id=cycle_id, task_id="accept_request", event="started", at=now, actor=requester
            )
            record_event(
                session, cycle_id=cycle_id, task_id="accept_request", event="finished", at=finished()
            )
            append_audit(
                session,
                at=now,
                actor=requester,
                action="cycle.opened",
                cycle_id=cycle_id,
                subject=request.title,
                after=request.model_dump(mode="json"),
            )
    return cycle_id


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
    from medsos.store.models import Cycle

    cycle = Cycle(
        office=office.slug,
        title=request.title,
        content_type=request.content_type,
        requester=requester,
        requested_at=now,
        sop_version=office.sop_version,
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


def _store_materials(session: Session, archive: Archive, cycle_id: int, taken: list[TakenIn]) -> None:
    from medsos.evidence.archive import MATERIALS
    from medsos.store.models import Cycle, Material

    folder = f"{session.get_one(Cycle, cycle_id).archive_folder}/{MATERIALS}"
    for position, item in enumerate(taken):
        original = archive.put_file(f"{folder}/asli/{position + 1}-{item.original_name}", item.original_path)
        clean = archive.put_file(f"{folder}/bersih/{item.clean_path.name}", item.clean_path)
        session.add(
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
