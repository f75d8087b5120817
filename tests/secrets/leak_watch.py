"""Gathers what is logged and raised while the tests look for secrets."""

from __future__ import annotations

import logging
import traceback

from leak_search import Leak, Secrets


class Watch(logging.Handler):
    """Gathers all log records, formatted with their tracebacks, and all errors."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter("%(name)s %(message)s").format(record)
        self.seen.append((f"log {record.name}", f"{text} {record.args!r}"))

    def error(self, error: BaseException) -> None:
        chain = "".join(traceback.format_exception(error))
        self.seen.append((f"error {type(error).__name__}", f"{error!r} {vars(error)} {chain}"))

    def leaks(self, secrets: Secrets) -> set[Leak]:
        return {leak for place, text in self.seen for leak in secrets.search(place, text)}
