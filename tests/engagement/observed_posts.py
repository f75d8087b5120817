"""Posts that stand on the training platforms, their rows in the ledger, and a clock that can be set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import delete, select

from builders import NOW, make_cycle, media_of, picture, publication_row
from medsos.channels.base import ChannelClient, Post
from medsos.clock import utc_now
from medsos.devtools.crash import clients
from medsos.devtools.crash.clients import Surroundings
from medsos.engagement.reading import Outcome, Reader
from medsos.offices.model import Channel, Office, WatchRules, load_office
from medsos.settings import load_settings
from medsos.store.models import Metric, Publication, RateLimit
from medsos.store.session import transaction
from memory_journal import MemoryJournal

BUILDERS = {
    "web": clients.web,
    "facebook": clients.facebook,
    "instagram": clients.instagram,
    "x": clients.x,
    "tiktok": clients.tiktok,
}
COUNTS = {"views": 412, "reach": 300, "likes": 57, "comments": 6, "shares": 9}


def office_watching(**rules: Any) -> Office:
    office = load_office(load_settings({}).offices_dir, "kota-bengkulu")
    return office.model_copy(update={"watch": WatchRules(**rules)})


@dataclass
class Platforms:
    """The training platforms and what was published there for the tests."""

    url: str
    folder: Path
    accounts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = self.ask("accounts")

    def ask(self, what: str) -> Any:
        answer = requests.get(f"{self.url}/_inspect/{what}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def tell(self, what: str, body: dict[str, Any]) -> None:
        requests.post(f"{self.url}/_inspect/{what}", json=body, timeout=20).raise_for_status()

    def asked(self, path: str) -> int:
        return len(self.ask(f"requests?path={path}"))

    def client(self, channel: str, **changes: Any) -> ChannelClient:
        around = Surroundings(self.url, self.accounts, None, utc_now, self._pass_time)
        return BUILDERS[channel](around, **changes)

    def well_again(self) -> None:
        """No fault any more, and the waits that the platforms asked for are over."""
        requests.delete(f"{self.url}/_inspect/faults", timeout=20).raise_for_status()
        with transaction() as session:
            session.execute(delete(RateLimit))

    def _pass_time(self, seconds: float) -> None:
        self.tell("clock", {"advance_seconds": seconds})

    def publish(self, channel: str, *, at: datetime = NOW, cycle_id: int | None = None) -> int:
        """A post that is up, entered in the ledger as published at `at`; returns the publication's id."""
        cycle_id = make_cycle() if cycle_id is None else cycle_id
        path = self.folder / f"{channel}-{cycle_id}.jpg"
        path.write_bytes(picture((1080, 1080), f"{channel} {cycle_id}"))
        media = media_of(path, "image/jpeg", width=1080, height=1080, alt_text="Foto")
        post = Post(key=f"rapat-k{cycle_id}", text=f"Rapat pleno {cycle_id}.", title="Rapat", media=(media,))
        client, journal = self.client(channel), MemoryJournal()
        client.prepare(post, journal)
        committed = client.commit(post, journal)
        assert committed.post_id
        with transaction() as session:
            row = publication_row(
                cycle_id, channel, published_at=at, post_id=committed.post_id,
                permalink=client.permalink(committed.post_id),
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def read(
        self, channel: Channel, after: timedelta, office: Office | None = None, **changes: Any
    ) -> Outcome:
        """One round of readings, made that long after `NOW`."""
        reader = Reader(
            office or office_watching(), channel, self.client(channel, **changes), lambda: NOW + after
        )
        return reader.read()


def post_id_of(publication_id: int) -> str:
    with transaction() as session:
        return str(session.get_one(Publication, publication_id).post_id)


def rows_of(publication_id: int) -> list[Metric]:
    with transaction() as session:
        query = select(Metric).where(Metric.publication_id == publication_id)
        return list(session.scalars(query.order_by(Metric.after_days, Metric.id)))


def readings_of(publication_id: int) -> dict[int, dict[str, float | str | None]]:
    """By the age of the reading: each number, or the state where there is none."""
    found: dict[int, dict[str, float | str | None]] = {}
    for row in rows_of(publication_id):
        found.setdefault(row.after_days, {})[row.name] = row.value if row.state == "given" else row.state
    return found
