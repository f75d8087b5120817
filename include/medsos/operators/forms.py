"""Forms: tasks that ask a person and wait, without holding a worker, until the answer is acceptable.

A form's content is made from the record when the task first starts, so it can be prefilled. An answer
that cannot be accepted is kept, the try fails, and the next try asks again. Airflow then shows the form
as it was first made, whatever the task sends (its row follows the task instance to the next try), so the
reason stands on the cycle's own page, to which every form leads.

An answer given on a page of ours lies in the record before Airflow hears of it, and counts from then on:
whichever try comes next takes it from there, also when Airflow has lost its message (ADR 5).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowRescheduleException,
    AirflowSkipException,
)

from medsos.errors import FormError, NotApproved
from medsos.operators.cycle import CYCLE_ID, CycleRun, cycle_run
from medsos.operators.given_answers import (
    Answer,
    answer_of_event,
    keep_answer,
    last_event,
    may_try_again,
    same_press,
    settle,
    waiting_answer,
)
from medsos.operators.parked_form import LOOK_FOR_PEOPLE_EVERY, SECOND, AnswerRefused, Form, ParkedForm

if TYPE_CHECKING:
    from medsos.approval.officials import Holder


class FormOperator(ParkedForm):
    """Base of all forms. Subclasses write `form`, `people` and `accept`.

    :param office: slug of the office.
    :param cycle_id: number of the cycle. (templated)
    :param round_no: approval round that the form belongs to, from 1; 0 for none.
    :param channel: channel that the form belongs to; empty for none.
    """

    template_fields: Sequence[str] = ("cycle_id",)

    def __init__(
        self, *, office: str, cycle_id: str = CYCLE_ID, round_no: int = 0, channel: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.cycle_id = cycle_id
        self.round_no = round_no
        self.channel = channel

    @abstractmethod
    def form(self, run: CycleRun) -> Form:
        """The form as it should be shown now."""

    @abstractmethod
    def people(self, run: CycleRun) -> list[Holder]:
        """Who may answer. While the list is empty the form is not shown to anybody."""

    @abstractmethod
    def accept(self, run: CycleRun, answer: Answer) -> Any:
        """Store the answer. Raise `FormError` with a sentence when it cannot be accepted."""

    def skip_reason(self, run: CycleRun) -> str | None:
        """An Indonesian sentence when the form is not needed in this cycle; None to ask."""
        return None

    def already(self, run: CycleRun) -> Any:
        """What the record already holds of this form, so that a re-run asks nobody again; None to ask."""
        return None

    def about(self, run: CycleRun) -> str:
        """What exactly is asked now, where this form may ask about several things in turn."""
        return ""

    def execute(self, context: Any) -> Any:
        run = cycle_run(self)
        if reason := self.skip_reason(run):
            raise AirflowSkipException(reason)
        known = self.already(run)
        return self.ask(run, context) if known is None else known

    def ask(self, run: CycleRun, context: Any) -> Any:
        """Take the answer that lies in the record, or show the form and park.

        While nobody may answer it, look again later.
        """
        if stored := waiting_answer(run, self.about(run)):
            return self._take(run, stored)
        people = self.people(run)
        if not people:
            self.log.warning("Belum ada pejabat yang berhak mengisi formulir ini; menunggu.")
            note_nobody_entitled(run)
            raise AirflowRescheduleException(run.clock() + LOOK_FOR_PEOPLE_EVERY)
        run.note("started")
        form = self.form(run)
        run.note("waiting", for_people=[person.username for person in people])
        page = f"{run.settings.public_url}/medsos/siklus/{run.cycle_id}"
        return self.park(context, form, people, page=page, place="halaman siklus")

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        run = cycle_run(self)
        told = answer_of_event(event)
        stored = waiting_answer(run, self.about(run))
        if stored is None:
            return self._take(run, told)
        if not same_press(stored, told):
            keep_answer(run, told, problem=SECOND.format(first=stored.by))
        return self._take(run, stored)

    def _take(self, run: CycleRun, answer: Answer) -> Any:
        """Accept the answer, or refuse it with its reason; either way it has been dealt with then."""
        run.note("resumed", actor=answer.by, at=answer.at, option=answer.option)
        about = self.about(run)
        with run.finishing():
            try:
                result = self.accept(run, answer)
            except (FormError, NotApproved) as error:
                self._put_away(run, answer, problem=str(error))
                raise AnswerRefused(f"{error} Formulir ditanyakan lagi.") from None
            except AirflowFailException:
                # The answer was to give up, and it has been taken.
                self._put_away(run, answer)
                raise
            except Exception as error:
                if self.about(run) != about:
                    # It had its effect; what broke came after it.
                    self._put_away(run, answer)
                elif not may_try_again(answer):
                    # What was typed is not lost and the cycle's page says why.
                    self._put_away(run, answer, problem=str(error))
                raise
            self._put_away(run, answer)
        return result

    def _put_away(self, run: CycleRun, answer: Answer, problem: str = "") -> None:
        keep_answer(run, answer, problem=problem)
        settle(run, answer, problem)


def instant_field(title: str, *, description: str = "") -> Param:
    """A date and time, with a picker."""
    return Param(None, type=["string", "null"], format="date-time", title=title, description=description)


def parse_instant(value: Any, label: str) -> datetime:
    """The aware time that a picker gave.

    :raises FormError: when it is missing or no time.
    """
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        raise FormError(f"{label} belum diisi atau tidak sah. Pilih tanggal dan jamnya.") from None
    if parsed.tzinfo is None:
        raise FormError(f"{label} tanpa zona waktu. Pilih ulang tanggal dan jamnya.")
    return parsed


def note_nobody_entitled(run: CycleRun) -> None:
    """Write once that the step waits for somebody who may answer, not at every look."""
    last = last_event(run)
    if last is None or last.event != "waiting" or last.detail.get("for_people") != []:
        run.note("started")
        run.note("waiting", for_people=[])
