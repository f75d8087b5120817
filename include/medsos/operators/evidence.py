"""SOP step 4, second half: the screenshot of an upload."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowException

from medsos.operators.cycle import CycleOperator, CycleRun
from medsos.operators.publish import reason_not_on_channel, reason_not_to_upload
from medsos.operators.retries import StepRetryPolicy


class CaptureOperator(CycleOperator):
    """Photographs the public page of the post and archives the picture; returns the evidence's number.

    A failure here never touches the publication: the post stays published, only the proof is missing.
    """

    ui_color = "#dcefe0"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        kwargs.setdefault("retry_policy", StepRetryPolicy(tries=6, wait=timedelta(seconds=15)))
        super().__init__(**kwargs)

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run) or reason_not_on_channel(run)

    def work(self, run: CycleRun, context: Any) -> int:
        from sqlalchemy import select

        from medsos.evidence.record import keep_screenshot
        from medsos.evidence.screenshot import capture
        from medsos.publishing.states import State
        from medsos.store.models import Publication
        from medsos.store.session import transaction

        with transaction() as session:
            publication = session.scalars(
                select(Publication).where(
                    Publication.cycle_id == run.cycle_id,
                    Publication.channel == run.channel,
                    Publication.state == State.PUBLISHED,
                )
            ).first()
        if publication is None:
            raise AirflowException(f"Siklus {run.cycle_id}, kanal {run.channel}: belum ada yang tayang.")
        if known := _proof_by_hand(publication):
            return known
        permalink = publication.permalink or _late_permalink(run, publication)
        shot = capture(permalink, chromium=run.settings.chromium)
        with transaction() as session:
            return keep_screenshot(session, run.archive, publication.id, shot).id


def _proof_by_hand(publication: Any) -> int | None:
    """Manual mode: the admin's own screenshot is the proof."""
    from sqlalchemy import select

    from medsos.store.models import Evidence
    from medsos.store.session import transaction

    with transaction() as session:
        return session.scalars(
            select(Evidence.id).where(Evidence.publication_id == publication.id, Evidence.kind == "manual")
        ).first()


def _late_permalink(run: CycleRun, publication: Any) -> str:
    """Ask the platform for the address that it did not tell when the post went up."""
    from medsos.hooks import client_for
    from medsos.store.models import Publication
    from medsos.store.session import transaction

    client = client_for(
        run.channel, run.setup.connection, web_connection_id=run.office.channels["web"].connection
    )
    permalink = client.permalink(publication.post_id) if publication.post_id else None
    if permalink is None:
        raise AirflowException(
            f"Siklus {run.cycle_id}, kanal {run.channel}: sudah tayang, tetapi alamatnya belum diberikan "
            "platform. Akan ditanyakan lagi."
        )
    with transaction() as session:
        session.get_one(Publication, publication.id).permalink = permalink
    return permalink
