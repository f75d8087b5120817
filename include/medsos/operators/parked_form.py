"""What all forms have in common: parked without a worker, asked as often as it takes, never silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.definitions.param import ParamsDict
from airflow.sdk.exceptions import AirflowException

if TYPE_CHECKING:
    from medsos.approval.officials import Holder

ASK_AGAIN_AFTER = timedelta(seconds=2)
TRIES = 200
"""How often a form may be asked again. Every refused answer costs one try; nobody types so many."""

LOOK_FOR_PEOPLE_EVERY = timedelta(minutes=1)

AGAIN = (
    "*Formulir ini muncul kembali? Jawaban sebelumnya belum dapat diterima; alasannya tertulis di "
    "[{place}]({page}).*"
)

SECOND = "{first} sudah menjawab formulir ini lebih dulu, dan jawaban yang pertama berlaku."


@dataclass(frozen=True)
class Form:
    """What a person sees: a heading, an explanation (Markdown), fields, and the words on the buttons."""

    subject: str
    body: str
    fields: dict[str, Param] = field(default_factory=dict)
    options: tuple[str, ...] = ("Simpan",)


class AnswerRefused(AirflowException):
    """An answer could not be accepted; the form is asked again, as often as it takes."""


class ParkedForm(HITLOperator):
    """A form without default and without timeout: nothing is answered by silence."""

    ui_color = "#e4ecf7"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retries", TRIES)
        kwargs.setdefault("retry_delay", ASK_AGAIN_AFTER)
        kwargs.setdefault("retry_policy", None)
        super().__init__(subject="-", options=["-"], **kwargs)

    def park(self, context: Any, form: Form, people: Sequence[Holder], *, page: str, place: str) -> Any:
        """Hand the form to Airflow for these people, and wait.

        :param page: address of our page where the reason stands when an answer was refused.
        :param place: what that page is called.
        """
        self.subject, self.options = form.subject, list(form.options)
        self.body = f"{form.body}\n\n{AGAIN.format(place=place, page=page)}"
        self.params = ParamsDict(form.fields)
        # Without assigned users Airflow would take an answer from anybody, so the list is never empty.
        self.assigned_users = [{"id": p.airflow_user_id, "name": p.username} for p in people] or [
            {"id": "-", "name": "-"}
        ]
        return HITLOperator.execute(self, context)


def text_field(title: str, value: str = "", *, description: str = "", lines: int = 1) -> Param:
    """A text field; several lines make a box."""
    schema: dict[str, Any] = {"type": ["string", "null"], "title": title}
    if lines > 1:
        schema["format"] = "multiline"
    return Param(value, description=description, **schema)
