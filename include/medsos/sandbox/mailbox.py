"""The training mailbox: takes mail by SMTP and messages by JSON, and keeps them like everything else here."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from medsos.sandbox.context import Sandbox
from medsos.sandbox.state import Document

KIND = "mailbox"
LARGEST_BYTES = 20 * 1024 * 1024
_CID = re.compile(r"""(?<=["'])cid:([^"']+)(?=["'])""")


def keep_mail(sandbox: Sandbox, envelope_to: list[str], data: bytes) -> Document:
    """Keep one mail as it came; pictures that its HTML shows are kept beside it."""
    mail: EmailMessage = message_from_bytes(data, policy=policy.default)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    pictures, by_cid = [], {}
    for part in mail.walk():
        if part.get_content_maintype() == "image":
            facts = sandbox.files.store(bytes(part.get_content()))
            pictures.append(facts["sha256"])
            by_cid[str(part.get("Content-ID", "")).strip("<> ")] = f"/cdn/{facts['sha256']}.{facts['ext']}"
    source = str(html.get_content()) if html else ""
    return _keep(
        sandbox,
        way="mail",
        sender=str(mail.get("From", "")),
        to=[address for _, address in getaddresses([str(mail.get("To", ""))])] or envelope_to,
        subject=str(mail.get("Subject", "")),
        plain=str(plain.get_content()) if plain else "",
        html=_CID.sub(lambda match: by_cid.get(match[1], ""), source),
        pictures=pictures,
        message_id=str(mail.get("Message-ID", "")),
    )


def keep_message(sandbox: Sandbox, target: str, payload: dict[str, Any]) -> Document:
    """Keep one message in the form of Apprise's `json://`: title, message, type, attachments.

    :raises ValueError: it has no text, or an attachment is damaged.
    """
    text = payload.get("message")
    if not isinstance(text, str) or not text:
        raise ValueError("message is missing")
    pictures = []
    for attachment in payload.get("attachments") or []:
        try:
            data = base64.b64decode(str(attachment["base64"]), validate=True)
        except (KeyError, TypeError, binascii.Error) as error:
            raise ValueError("an attachment is damaged") from error
        pictures.append(sandbox.files.store(data)["sha256"])
    return _keep(
        sandbox,
        way="message",
        sender="",
        to=[target],
        subject=str(payload.get("title") or ""),
        plain=text,
        html="",
        pictures=pictures,
        message_id="",
    )


def _keep(sandbox: Sandbox, **letter: Any) -> Document:
    with sandbox.state.transaction():
        id_ = str(sandbox.state.next_number(KIND))
        return sandbox.state.put(KIND, id_, {"id": id_, "at": sandbox.state.time(), **letter})


def letters(sandbox: Sandbox) -> list[Document]:
    """Everything in the mailbox, newest first."""
    return sorted(sandbox.state.all(KIND), key=lambda letter: -int(letter["id"]))


class _Handler:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        data = content.encode() if isinstance(content, str) else content
        await asyncio.to_thread(keep_mail, self._sandbox, list(envelope.rcpt_tos), data)
        return "250 2.0.0 Diterima kotak surat latihan"


async def serve_mail(sandbox: Sandbox, listener: socket.socket) -> asyncio.Server:
    """Take mail on a socket that is already listening. No log-in: it is on this machine or in its network."""
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            _Handler(sandbox), hostname="latihan", ident="Kotak surat latihan", data_size_limit=LARGEST_BYTES
        ),
        sock=listener,
    )
