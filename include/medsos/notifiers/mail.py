"""Sends a notice by mail: plain text and HTML with the preview inside, through the provider's SMTP hook."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import BaseNotifier
from airflow.sdk.exceptions import AirflowException

from medsos.errors import NoticeError
from medsos.notices.message import Message

PREVIEW = "<pratinjau>"
"""Content-ID of the picture, as the HTML names it."""


class NoticeMailHook(SmtpHook):
    """The provider's hook, which logs in as the Connection says; it sends a whole message as it is."""

    def sender(self) -> str:
        """The address in the Connection's field *From email*, or its log-in."""
        sender = self.from_email or self.smtp_user
        if not sender or "@" not in sender:
            raise NoticeError(
                f"Connection “{self.smtp_conn_id}”: isi From email dengan alamat surel pengirim."
            )
        return sender

    def send_whole(self, message: EmailMessage) -> None:
        """:raises smtplib.SMTPException, OSError: as the server or the line has it."""
        client: Any = self._smtp_client
        client.send_message(message)


class MailNotifier(BaseNotifier):
    """Mails one notice. May be used wherever Airflow takes a notifier.

    :param committing: called when the server is ready, right before the message is handed over.
    """

    def __init__(
        self,
        *,
        message: Message,
        to: str,
        connection_id: str,
        committing: Callable[[], None] = lambda: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.message = message
        self.to = to
        self.connection_id = connection_id
        self.committing = committing

    def notify(self, context: Any) -> None:
        """:raises NoticeError: it was not sent, or perhaps."""
        hook = NoticeMailHook(smtp_conn_id=self.connection_id)
        try:
            hook.get_conn()
            mail = _mail(self.message, hook.sender(), self.to)
        except (smtplib.SMTPException, OSError, AirflowException) as error:
            raise NoticeError(f"Server surat tidak dapat dipakai ({_short(error)}).") from error
        with hook:
            self.committing()
            try:
                hook.send_whole(mail)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
                code = _code(error)
                raise NoticeError(
                    f"Server surat menolak surel untuk {self.to} (kode {code}).", for_good=code >= 500
                ) from error
            except (smtplib.SMTPException, OSError) as error:
                raise NoticeError(
                    f"Sambungan ke server surat terputus saat mengirim ({_short(error)}).", perhaps_sent=True
                ) from error


def _mail(message: Message, sender: str, to: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.subject
    mail["From"] = sender
    mail["To"] = to
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = message.id
    # No holiday replies to a machine (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.plain)
    mail.add_alternative(message.html, subtype="html")
    if message.picture is not None:
        html: Any = mail.get_payload()[1]  # type: ignore[index]
        html.add_related(
            message.picture, "image", "jpeg", cid=PREVIEW, filename="pratinjau.jpg", disposition="inline"
        )
    return mail


def _code(error: smtplib.SMTPException) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0


def _short(error: BaseException) -> str:
    """The kind of error and the server's code; its text may repeat what was sent to it."""
    code = getattr(error, "smtp_code", None)
    return type(error).__name__ + (f" {code}" if code else "")
