"""The ways to people that an office has configured, by the Connections that exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from medsos.notices.look import Way
from medsos.notices.message import Message
from medsos.offices.model import NoticeRules


@dataclass(frozen=True)
class MailWay:
    """By SMTP."""

    connection_id: str
    training: bool

    def send(self, message: Message, address: str, committing: Callable[[], None]) -> str:
        from medsos.notifiers.mail import MailNotifier

        notifier = MailNotifier(
            message=message, to=address, connection_id=self.connection_id, committing=committing
        )
        notifier.notify({})
        return ""


@dataclass(frozen=True)
class MessengerWay:
    """By Apprise; an address is a tag of the Connection's list."""

    connection_id: str
    training: bool

    def send(self, message: Message, address: str, committing: Callable[[], None]) -> str:
        from medsos.notifiers.messenger import MessengerNotifier

        notifier = MessengerNotifier(
            message=message, tag=address, connection_id=self.connection_id, committing=committing
        )
        notifier.notify({})
        return notifier.remark


def configured_ways(rules: NoticeRules) -> dict[str, Way]:
    """`mail` and `apprise`, as far as their Connections exist."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    from medsos.hooks.training import is_training

    ways: dict[str, Way] = {}
    for name, kind, connection_id in (
        ("mail", MailWay, rules.mail),
        ("apprise", MessengerWay, rules.apprise),
    ):
        try:
            Connection.get(connection_id)
        except AirflowNotFoundException:
            continue
        ways[name] = kind(connection_id, is_training(connection_id))
    return ways
