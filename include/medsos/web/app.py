"""Puts the pages together as one FastAPI application, which the plugin mounts into Airflow."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medsos.errors import MedsosError
from medsos.web import files
from medsos.web.addresses import addresses_of
from medsos.web.airflow.forms import FormRefused
from medsos.web.approval import routes as approval
from medsos.web.archive import package
from medsos.web.archive import routes as archive
from medsos.web.cycles import routes as cycles
from medsos.web.drafts import files as draft_files
from medsos.web.drafts import preview
from medsos.web.drafts import routes as drafts
from medsos.web.evaluation import overview, reports
from medsos.web.evaluation import routes as evaluation
from medsos.web.officials import routes as officials
from medsos.web.own_forms import routes as own_forms
from medsos.web.page import page
from medsos.web.sop_review import routes as sop_review
from medsos.web.uploads import routes as uploads
from medsos.web.visitors import NotLoggedIn
from medsos.web.waiting import routes as waiting

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' blob:; media-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer that does not set its own."""

LARGEST_NUMBER = 2**31 - 1
"""Of a row, on PostgreSQL."""
DIGITS = len(str(LARGEST_NUMBER))

ROOMS = (
    waiting,
    drafts,
    draft_files,
    preview,
    approval,
    own_forms,
    uploads,
    cycles,
    package,
    overview,
    reports,
    evaluation,
    sop_review,
    archive,
    officials,
    files,
)
"""Modules with routes; the first that fits an address answers."""

FILES = (".csv", ".parquet", ".pdf", ".svg", ".xlsx", ".zip")
"""How addresses of files end that are made when they are asked for."""

NOT_FOUND = "Halaman atau berkas ini tidak ada, atau bukan untuk Anda."
BROKEN = "Terjadi kesalahan pada sistem. Kejadiannya sudah dicatat di log; beri tahu admin sistem."


def create_app() -> FastAPI:
    """All pages below one prefix. Every route asks for the user who is logged in to Airflow."""
    app = FastAPI(title="Medsos KPU", docs_url=None, redoc_url=None, openapi_url=None)
    for room in ROOMS:
        app.include_router(room.router, dependencies=[Depends(numbers_fit)])
    app.add_middleware(SecurityHeaders)
    app.add_exception_handler(NotLoggedIn, _not_logged_in)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(FormRefused, _airflow_refused)
    app.add_exception_handler(MedsosError, _said_why)
    app.add_exception_handler(Exception, _broken)
    return app


async def numbers_fit(request: Request) -> None:
    """Numbers in an address that no row can have are not found, whatever database is asked."""
    for value in map(str, request.path_params.values()):
        if value.isdecimal() and (len(value) > DIGITS or int(value) > LARGEST_NUMBER):
            raise HTTPException(404)


class SecurityHeaders:
    """Adds `HEADERS` where an answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _is_page(request: Request) -> bool:
    """Whether the visitor expects a page; files and tables are fetched by pages and programs."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    return not path.startswith(("/arsip/", "/statis/")) and not path.endswith(FILES)


async def _not_logged_in(request: Request, error: Exception) -> Response:
    if not _is_page(request):
        return PlainTextResponse("Masuk dahulu melalui Airflow.", status_code=401)
    at = addresses_of(request)
    if request.method == "GET":
        query = urlencode(request.query_params.multi_items())
        return RedirectResponse(at.login(request.scope["path"] + (f"?{query}" if query else "")), 303)
    message = (
        "Sesi Anda sudah berakhir, jadi jawaban belum dikirim. Masuk kembali di tab lain, "
        "lalu kembali ke halaman sebelumnya dan kirim ulang."
    )
    return PlainTextResponse(message, status_code=401)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  the handler is registered for it
    # Starlette fills in the English name of the status where nobody wrote a sentence.
    own_words = error.detail if " " in str(error.detail) and error.detail.endswith(".") else ""
    return _problem(request, error.status_code, own_words or NOT_FOUND)


async def _not_understood(request: Request, error: Exception) -> Response:
    return _problem(request, 404, NOT_FOUND)


async def _airflow_refused(request: Request, error: Exception) -> Response:
    return _problem(request, 502, str(error))


async def _said_why(request: Request, error: Exception) -> Response:
    log.error("%s: %s", request.scope["path"], error)
    return _problem(request, 500, str(error))


async def _broken(request: Request, error: Exception) -> Response:
    return _problem(request, 500, BROKEN)


def _problem(request: Request, status: int, message: str) -> Response:
    if not _is_page(request):
        return PlainTextResponse(message, status_code=status)
    return page(request, "masalah", username=None, offices=[], status=status, message=message, code=status)
