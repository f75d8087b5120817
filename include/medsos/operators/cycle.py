"""The base of every task of a content cycle: which cycle, which step, and its events."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

from medsos.clock import Clock, utc_now
from medsos.operators.at_office import AtOffice

if TYPE_CHECKING:
    from medsos.offices.model import ChannelSetup
    from medsos.sop.model import Sop
    from medsos.store.journal import EventName

log = logging.getLogger(__name__)

CYCLE_ID = "{{ ti.xcom_pull(task_ids='accept_request') }}"
"""The only thing that travels between the tasks: the number that `accept_request` gave the cycle."""


@dataclass
class CycleRun(AtOffice):
    """One task at work on one cycle.

    :param round_no: approval round, from 1; 0 where rounds make no sense.
    :param channel: empty for tasks of the whole cycle.
    :param finished_at: set by a task that knows better than the clock when its step ended.
    """

    cycle_id: int
    office_slug: str
    task_id: str
    round_no: int = 0
    channel: str = ""
    clock: Clock = utc_now
    finished_at: datetime | None = None

    @cached_property
    def setup(self) -> ChannelSetup:
        """How the office reaches this task's channel."""
        return self.office.channels[self.channel]  # type: ignore[index]

    @property
    def training(self) -> bool:
        """Whether this task's channel leads to the training platforms."""
        from medsos.hooks.training import is_training

        return is_training(self.setup.connection)

    @cached_property
    def sop(self) -> Sop:
        """The version of the procedure that the cycle began under, whatever the office uses now."""
        from medsos.sop.model import load_sop
        from medsos.store.models import Cycle
        from medsos.store.session import reading

        with reading() as session:
            version = session.get_one(Cycle, self.cycle_id).sop_version
        return load_sop(self.settings.sop_dirs, version)

    @cached_property
    def folder(self) -> str:
        """The cycle's folder in the archive, relative to its root."""
        from medsos.store.models import Cycle
        from medsos.store.session import reading

        with reading() as session:
            return session.get_one(Cycle, self.cycle_id).archive_folder

    def note(self, event: EventName, *, actor: str = "", at: datetime | None = None, **detail: Any) -> None:
        """Write one step event."""
        from medsos.store.journal import record_event
        from medsos.store.session import transaction

        with transaction() as session:
            record_event(
                session,
                cycle_id=self.cycle_id,
                task_id=self.task_id,
                event=event,
                at=at or self.clock(),
                round_no=self.round_no,
                channel=self.channel,
                actor=actor,
                detail=detail,
            )

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Write `started`, then `finished`, or `failed` with the error's sentence."""
        self.note("started")
        with self.finishing():
            yield

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Write `finished` at the end of the block, or `failed` with the error's sentence."""
        with self.failing():
            yield
        self.note("finished", at=self.finished_at)

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Write `failed` with the error's sentence if there is one; the task has not come to its end yet."""
        try:
            yield
        except AirflowRescheduleException:
            self.note("waiting")
            raise
        except AirflowSkipException:
            raise
        except Exception as error:
            # The sentence on a line of its own: people read it in the log before the traceback.
            log.error("%s", error)
            self.note("failed", error=type(error).__name__, message=str(error))
            raise


class CycleOperator(BaseOperator):
    """A task of a content cycle. Subclasses write `work`, and `skip_reason` where they may be skipped.

    :param office: slug of the office.
    :param cycle_id: number of the cycle. (templated)
    :param round_no: approval round that the task belongs to, from 1; 0 for none.
    :param channel: channel that the task belongs to; empty for none.
    """

    template_fields: Sequence[str] = ("cycle_id",)
    ui_color = "#fdf1dc"

    def __init__(
        self, *, office: str, cycle_id: str = CYCLE_ID, round_no: int = 0, channel: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.cycle_id = cycle_id
        self.round_no = round_no
        self.channel = channel

    def execute(self, context: Any) -> Any:
        run = cycle_run(self)
        if reason := self.skip_reason(run):
            raise AirflowSkipException(reason)
        with run.recorded():
            return self.work(run, context)

    def skip_reason(self, run: CycleRun) -> str | None:
        """An Indonesian sentence when the task has nothing to do in this cycle; None to go on."""
        return None

    def work(self, run: CycleRun, context: Any) -> Any:
        """Do the step. Only ids are returned."""
        raise NotImplementedError


def cycle_run(task: Any) -> CycleRun:
    """The run of `task`, which has the attributes of `CycleOperator`.

    :raises AirflowSkipException: the request was not accepted, so there is no cycle to work on.
    """
    if not str(task.cycle_id).isdigit():
        raise AirflowSkipException("Permohonan tidak diterima, jadi tidak ada siklus.")
    return CycleRun(
        cycle_id=int(task.cycle_id),
        office_slug=task.office,
        task_id=task.task_id,
        round_no=task.round_no,
        channel=task.channel,
    )
