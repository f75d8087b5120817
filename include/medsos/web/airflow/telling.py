"""Tells Airflow about answers that lie in the record, so that the waiting task goes on.

The record is what counts. Airflow is only woken, and may be told late, twice, or by somebody else than the
person who answered: the task takes the answer from the record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from medsos.approval.officials import Holder
from medsos.web.airflow.forms import AirflowForms, FormRefused

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """An answer of the record. `people`: who may pass it on to Airflow."""

    dag_id: str
    run_id: str
    task_id: str
    option: str
    values: dict[str, Any]
    people: tuple[Holder, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.dag_id, self.run_id, self.task_id


_under_way: dict[tuple[str, str, str], asyncio.Task[None]] = {}


async def tell(forms: AirflowForms, news: News) -> None:
    """Wake the task: at once where Airflow cannot lose the message, else in a moment, without waiting.

    Nothing is raised: what does not arrive is told again by the next view of a page that shows it.
    """
    try:
        form = await forms.one(*news.key)
    except FormRefused as error:
        log.warning("%s: %s", news.task_id, error)
        return
    if form is None or form.answered:
        return
    if forms.surely_parked(form):
        await _deliver(forms, news)
        return
    before = _under_way.get(news.key)
    if before is None or before.done():
        _under_way[news.key] = asyncio.create_task(_deliver(forms, news))


async def tell_all(forms: AirflowForms, all_news: Sequence[News]) -> None:
    """Tell again what Airflow has not heard yet."""
    for news in all_news:
        await tell(forms, news)


async def _assign(forms: AirflowForms, news: News) -> None:
    """Let Airflow take the message of these people. Whoever was assigned already gets through without it."""
    try:
        await forms.assign(*news.key, news.people)
    except Exception:
        log.exception("%s, %s: the assigned users stay as they were", news.run_id, news.task_id)


async def _deliver(forms: AirflowForms, news: News) -> None:
    try:
        await _assign(forms, news)
        await forms.answer(*news.key, news.option, news.values)
    except FormRefused as error:
        log.warning("%s, %s: %s", news.run_id, news.task_id, error)
    except Exception:
        log.exception("%s, %s: Airflow was not told", news.run_id, news.task_id)
    finally:
        if _under_way.get(news.key) is asyncio.current_task():
            del _under_way[news.key]
