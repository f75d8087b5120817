"""Tables of how the posts of a period are doing: one row per post, and sums per month and channel."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from medsos.channels.metrics import METRICS
from medsos.engagement.newest import newest_numbers
from medsos.evaluation.period import Period
from medsos.offices.model import CHANNELS, Office
from medsos.store.models import Cycle, Publication

if TYPE_CHECKING:
    import pandas as pd

POST_COLUMNS = ("cycle_id", "title", "month", "channel", "mode", "permalink", "published_at", "read_at")
"""Before the two columns of each metric."""


def metrics_of_period(session: Session, office: Office, period: Period) -> pd.DataFrame:
    """The posts of the cycles that were completed in the period, in the order of cycles and channels.

    Columns: `POST_COLUMNS`, and per metric its last given value (`views`, …; NaN when it never was given) and
    the state of the newest reading (`views_state`, …; see `engagement.newest.Number`). `month` is the first
    day of the month in which the cycle was completed, `read_at` the newest reading's instant (UTC).
    """
    import pandas as pd

    begin, end = period.bounds(office.zone)
    rows = session.execute(
        select(Publication, Cycle)
        .join(Cycle, Cycle.id == Publication.cycle_id)
        .where(
            Cycle.office == office.slug,
            Cycle.completed_at >= begin,
            Cycle.completed_at < end,
            Publication.state == "published",
        )
        .order_by(Cycle.id, Publication.id)
    ).all()
    newest = newest_numbers(session, [row[0] for row in rows])
    table: list[dict[str, Any]] = []
    for post, cycle in rows:
        numbers = newest[post.id]
        table.append(
            {
                "cycle_id": post.cycle_id,
                "title": cycle.title,
                "month": Period.month(_local_day(cycle, office)).first,
                "channel": post.channel,
                "mode": post.mode,
                "permalink": post.permalink,
                "published_at": post.published_at,
                "read_at": numbers.read_at,
                **{name: number.value for name, number in numbers.numbers.items()},
                **{f"{name}_state": number.state for name, number in numbers.numbers.items()},
            }
        )
    frame = pd.DataFrame(table, columns=[*POST_COLUMNS, *_metric_columns()])
    for column in ("published_at", "read_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
    frame = frame.astype(dict.fromkeys(METRICS, "float64"))
    order = pd.Categorical(frame["channel"], categories=list(CHANNELS), ordered=True)
    return (
        frame.assign(_order=order)
        .sort_values(["cycle_id", "_order"], kind="stable", ignore_index=True)
        .drop(columns="_order")
    )


def monthly_sums(posts: pd.DataFrame) -> pd.DataFrame:
    """Sums per month and channel of a table that `metrics_of_period` made.

    Columns: `month`, `channel`, `posts`, and per metric the sum (`views`, …; NaN when no post has it) and how
    many posts it is the sum of (`views_posts`, …): a sum of some posts is not that of all.
    """
    groups = posts.groupby(["month", "channel"], sort=True)
    sums = groups[list(METRICS)].sum(min_count=1)
    counts = groups[list(METRICS)].count().add_suffix("_posts")
    table = sums.join(counts)
    table.insert(0, "posts", groups.size())
    table = table.reset_index()
    order = {channel: place for place, channel in enumerate(CHANNELS)}
    return table.sort_values(
        ["month", "channel"], key=lambda column: column.map(order) if column.name == "channel" else column,
        ignore_index=True,
    )  # fmt: skip


def _local_day(cycle: Cycle, office: Office) -> date:
    assert cycle.completed_at is not None  # noqa: S101  narrows the type for the checker
    return cycle.completed_at.astimezone(office.zone).date()


def _metric_columns() -> list[str]:
    return [column for name in METRICS for column in (name, f"{name}_state")]
