"""The tasks that look after waiting forms, the audit trail and forgotten drafts."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException


class RemindOperator(BaseOperator):
    """Sends the reminders and escalations that are due at this moment; each once (`medsos.notices`).

    A notice that could not be sent is tried again by a later run; it does not fail the task.

    :param office: slug of the office.
    """

    ui_color = "#f6d9b0"

    def __init__(self, *, office: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office

    def execute(self, context: Any) -> None:
        from medsos.clock import utc_now
        from medsos.errors import ConfigError
        from medsos.notices.look import Looker
        from medsos.notifiers.ways import configured_ways
        from medsos.offices.model import load_office
        from medsos.settings import load_settings
        from medsos.sop.worktime import calendar_for

        settings = load_settings()
        try:
            office = load_office(settings.offices_dir, self.office)
            outcome = Looker(
                office=office,
                calendar=calendar_for(office, settings.data_dir),
                sop_dirs=settings.sop_dirs,
                public_url=settings.public_url,
                ways=configured_ways(office.notices),
                picture_of=preview_of_cycle,
                clock=utc_now,
            ).look()
        except ConfigError as error:
            raise AirflowFailException(str(error)) from None
        for problem in outcome.problems:
            self.log.warning("%s", problem)
        self.log.info("Pemberitahuan: %s", dict(outcome.states) or "tidak ada")


class GuardRecordOperator(BaseOperator):
    """Archives the head of the audit trail (`medsos.trail.heads`) and clears drafts that nobody needs.

    Fails when the trail does not fit to what the archive knows of it. That is noted in the trail once, so a
    second run does not fail for the same reason.
    """

    ui_color = "#e4ecf7"

    def execute(self, context: Any) -> None:
        from medsos.clock import utc_now
        from medsos.drafts.handover import clean_drafts
        from medsos.evidence.archive import Archive
        from medsos.hooks.archive import open_archive_root
        from medsos.store.session import transaction
        from medsos.trail.heads import write_head

        now = utc_now()
        with transaction() as session:
            head = write_head(session, Archive(open_archive_root()), now=now)
        with transaction() as session:
            gone = clean_drafts(session, now)
        self.log.info("Kepala jejak: %s; draf dihapus: %s", head.file.path if head.file else "tetap", gone)
        if head.problems:
            raise AirflowFailException(
                f"Jejak audit tidak sesuai dengan arsip: {'; '.join(head.problems)}. "
                "Jalankan `medsos verify` dan beri tahu admin sistem."
            )


def preview_of_cycle(cycle_id: int) -> bytes | None:
    """A small copy of the picture that stands for the cycle, or None while it has none."""
    from medsos.errors import EvidenceError
    from medsos.evidence.archive import Archive
    from medsos.hooks.archive import open_archive_root
    from medsos.notices.message import preview
    from medsos.store.pictures import first_pictures
    from medsos.store.session import reading

    with reading() as session:
        path = first_pictures(session, [cycle_id]).get(cycle_id)
    if path is None:
        return None
    try:
        return preview(Archive(open_archive_root()).read(path))
    except (EvidenceError, OSError):
        # The picture is an extra; the reminder goes out without it.
        return None
