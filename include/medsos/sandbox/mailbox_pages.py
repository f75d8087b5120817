"""The pages of the training mailbox, and the address to which Apprise posts messages."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from medsos.sandbox.context import Sandbox
from medsos.sandbox.mailbox import KIND, keep_message, letters
from medsos.sandbox.pages import missing_page, show_page
from medsos.sandbox.state import Document
from medsos.sandbox.wire import PlatformError, ReadCall

router = APIRouter()

SHOWN = 200


@router.post("/pesan/{target}")
def take_message(call: ReadCall, target: str) -> Response:
    """A message for `target`, as Apprise sends it to `json://host/pesan/target`."""
    if not call.json_valid or not isinstance(call.json, dict):
        raise PlatformError(400, {"error": "The body must be a JSON object"})
    try:
        keep_message(call.sandbox, target, call.json)
    except ValueError as error:
        raise PlatformError(400, {"error": str(error)}) from error
    return JSONResponse({"status": "ok"})


@router.get("/_inspect/mailbox")
def read_mailbox(call: ReadCall) -> list[Document]:
    """Every mail and message, oldest first."""
    return letters(call.sandbox)[::-1]


@router.api_route("/kotak-surat", methods=["GET", "HEAD"])
def mailbox(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    found = letters(sandbox)
    return show_page(sandbox, "kotak_surat.html", letters=found[:SHOWN], total=len(found))


@router.api_route("/kotak-surat/{id_}", methods=["GET", "HEAD"])
def letter_page(request: Request, id_: str) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    letter = sandbox.state.get(KIND, id_)
    if letter is None:
        return missing_page(sandbox)
    pictures = [facts for sha256 in letter["pictures"] if (facts := sandbox.files.facts(sha256))]
    return show_page(sandbox, "surat.html", letter=letter, pictures=pictures)


@router.api_route("/kotak-surat/{id_}/isi", methods=["GET", "HEAD"])
def letter_body(request: Request, id_: str) -> Response:
    """The HTML of a mail, shown in a frame of its page: no scripts, nothing from outside."""
    sandbox: Sandbox = request.app.state.sandbox
    letter = sandbox.state.get(KIND, id_)
    if letter is None or not letter["html"]:
        return missing_page(sandbox)
    policy = (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    html = letter["html"].replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
