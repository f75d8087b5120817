"""Sends a request: every check that the run will make, the files laid out, then the run as the visitor."""

from __future__ import annotations

from fastapi.concurrency import run_in_threadpool

from medsos.clock import utc_now
from medsos.content.intake import kind_problems
from medsos.content.request import CONTENT_TYPES, ContentRequest, accept_request
from medsos.drafts.book import mark_sent, not_started
from medsos.drafts.handover import lay_out, request_values
from medsos.errors import RequestError
from medsos.operators.request import refuse_what_leads_nowhere
from medsos.store.session import transaction
from medsos.web.airflow.forms import FormRefused
from medsos.web.airflow.runs import AirflowRuns
from medsos.web.drafts.view import Faults, RequestView, faults_of
from medsos.web.drafts.workshop import at_work
from medsos.web.visitors import Visitor


async def send_request(view: RequestView, visitor: Visitor, runs: AirflowRuns) -> Faults | None:
    """Start the run of a draft; None when it is on its way, or was already.

    The draft is marked before Airflow is told, and open again when Airflow did not take it: two presses
    make one run, and nothing that was typed is lost.
    """
    try:
        await run_in_threadpool(_check, view, visitor)
    except RequestError as error:
        return faults_of(error)
    await at_work("berkas", lay_out, view.whole_files, view.office.slug)
    run_id = await run_in_threadpool(_mark, view)
    if run_id is None:
        return None
    values = request_values(view.draft, view.whole_files, view.office)
    try:
        await runs.start(view.dag_id, run_id, values)
    except FormRefused as error:
        await run_in_threadpool(_unmark, view, run_id, str(error))
        return Faults({"": [str(error)]}, status=max(error.status, 400))
    return None


def _check(view: RequestView, visitor: Visitor) -> None:
    """:raises RequestError: with a sentence and a field per mistake."""
    problems, fields = _file_problems(view), []
    fields = ["materials"] * len(problems)
    request: ContentRequest | None = None
    values = request_values(view.draft, view.whole_files, view.office)
    try:
        request = accept_request(
            values,
            offered_channels=view.office.offered_channels,
            files_at_hand=values["materials"],
            now=utc_now(),
        )
    except RequestError as error:
        told = [(f, p) for f, p in zip(error.fields, error.problems, strict=True) if f != "materials"]
        # What is missing was said already, in words that fit this page.
        missing = [p for f, p in zip(error.fields, error.problems, strict=True) if f == "materials"]
        if not problems:
            told += [("materials", p) for p in missing]
        fields += [f for f, _ in told]
        problems += [p for _, p in told]
    if problems:
        raise RequestError(problems, fields)
    assert request is not None  # noqa: S101  otherwise there were problems
    documents = [file.sha256 for file in view.whole_files if file.sha256]
    with transaction() as session:
        refuse_what_leads_nowhere(
            session, view.office, request, documents=documents, requester=visitor.username, now=utc_now()
        )


def _file_problems(view: RequestView) -> list[str]:
    on_the_way = [line.file.name for line in view.files if not line.file.whole]
    problems = [
        f"Berkas “{name}” belum selesai diunggah. Tunggu sampai selesai, atau hapus." for name in on_the_way
    ]
    if view.content_type in CONTENT_TYPES:
        kinds = [(file.kind, file.name) for file in view.whole_files]
        problems += kind_problems(kinds, view.content_type, some_refused=bool(on_the_way))  # type: ignore[arg-type]
    return problems


def _mark(view: RequestView) -> str | None:
    with transaction() as session:
        return mark_sent(session, view.draft, utc_now())


def _unmark(view: RequestView, run_id: str, problem: str) -> None:
    with transaction() as session:
        not_started(session, view.draft.id, run_id, [problem])
