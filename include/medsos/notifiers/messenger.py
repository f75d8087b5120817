"""Sends a notice through Apprise (Telegram, WhatsApp gateways and some hundred others) as one short text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from airflow.providers.apprise.hooks.apprise import AppriseHook
from airflow.sdk import BaseNotifier

from medsos.errors import NoticeError
from medsos.notices.message import Message

TALKATIVE = ("apprise", "urllib3.connectionpool")
"""Below warnings they write addresses, and a Telegram address holds the bot's token."""


class MessengerNotifier(BaseNotifier):
    """Sends one notice to the targets with a tag of the Connection's list. Each target gets it once.

    Apprise's own hook does not tell whether anything was delivered, so the targets are asked one by one.

    :param tag: of the person, as `notify` in `office.yaml` has it.
    :param committing: called right before the first target is asked.
    """

    def __init__(
        self,
        *,
        message: Message,
        tag: str,
        connection_id: str,
        committing: Callable[[], None] = lambda: None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.message = message
        self.tag = tag
        self.connection_id = connection_id
        self.committing = committing
        self.remark = ""

    def notify(self, context: Any) -> None:
        """:raises NoticeError: no target took it."""
        from apprise import NotifyFormat, NotifyType
        from apprise.attachment.memory import AttachMemory

        targets = self._targets()
        picture = self.message.picture
        attached = (
            [AttachMemory(content=picture, name="pratinjau.jpg", mimetype="image/jpeg")] if picture else None
        )
        self.committing()
        with _only_warnings():
            delivered = [
                bool(
                    target.notify(
                        title=self.message.subject,
                        body=self.message.plain,
                        notify_type=NotifyType.INFO,
                        body_format=NotifyFormat.TEXT,
                        attach=attached if target.attachment_support else None,
                    )
                )
                for target in targets
            ]
        if not any(delivered):
            raise NoticeError(f"Layanan pesan untuk “{self.tag}” tidak dapat dihubungi atau menolak.")
        if not all(delivered):
            self.remark = (
                f"{delivered.count(False)} dari {len(delivered)} tujuan “{self.tag}” tidak menerima."
            )

    def _targets(self) -> list[Any]:
        import apprise

        hook = AppriseHook(apprise_conn_id=self.connection_id)
        listed = apprise.Apprise()
        try:
            with _only_warnings():
                hook.set_config_from_conn(hook.get_connection(self.connection_id), listed)
        except (KeyError, TypeError, ValueError) as error:
            raise NoticeError(
                f"Connection “{self.connection_id}”: isian config tidak terbaca ({type(error).__name__})."
            ) from error
        targets = list(listed.find(tag=self.tag))
        if not targets:
            raise NoticeError(f"Connection “{self.connection_id}” tidak punya tujuan bertanda “{self.tag}”.")
        return targets


@contextmanager
def _only_warnings() -> Iterator[None]:
    def is_warning(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING

    loggers = [logging.getLogger(name) for name in TALKATIVE]
    for logger in loggers:
        logger.addFilter(is_warning)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_warning)
