"""One sandbox, one record and one clock, made anew for every run in a moment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from multiprocessing.sharedctypes import RawValue
from pathlib import Path
from typing import Any

import requests

from medsos.channels.tokens import TokenPair
from medsos.clock import Clock, utc_now
from medsos.devtools.crash.clients import Surroundings
from medsos.hooks.tokens import VariableTokens
from medsos.publishing.ledger import open_publication
from medsos.publishing.states import State
from medsos.store.migrate import upgrade
from medsos.store.models import Cycle, Publication
from medsos.store.session import engine_for, transaction

SETTINGS = {"processing_seconds": 1.0, "tiktok_moderation_seconds": 1.0}


class World:
    """Everything that outlives a killed worker.

    :param folder: for the sandbox's and the record's files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = folder / "medsos.db"
        self._template = folder / "template.db"
        self._token_file = folder / "token.json"
        self._offset = RawValue("d", 0.0)
        self._sandbox = subprocess.Popen(
            [sys.executable, "-m", "medsos.sandbox", "--port", "0", "--state", str(folder / "sandbox")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._sandbox.stdout  # noqa: S101  narrows the type for the checker
        self.url = str(json.loads(self._sandbox.stdout.readline())["url"])
        self._control = requests.Session()
        # Shared limits and leases find the record as they do in a task.
        os.environ["MEDSOS_DATABASE_URL"] = self.database_url
        self._make_template()
        self.accounts = self.ask("accounts")

    def close(self) -> None:
        self._control.close()
        self._sandbox.terminate()
        self._sandbox.wait(20)

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self._database}"

    def now(self) -> datetime:
        """The clock of the record, the clients and the sandbox."""
        return utc_now() + timedelta(seconds=self._offset.value)

    def pass_time(self, seconds: float) -> None:
        self._offset.value += seconds
        self.tell("clock", {"advance_seconds": seconds})

    @property
    def passed_seconds(self) -> float:
        """Time that somebody waited since `renew`."""
        return float(self._offset.value)

    def renew(self) -> None:
        """An empty sandbox, an empty record with one cycle, and the present moment."""
        self.tell("reset", {"settings": SETTINGS})
        self._offset.value = 0.0
        self.let_go()
        for suffix in ("-wal", "-shm"):
            self._database.with_name(self._database.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._template, self._database)
        self._token_file.unlink(missing_ok=True)

    def let_go(self) -> None:
        """Close the record's connections: none may be carried into another process."""
        engine_for(self.database_url).dispose()

    def publication(self, channel: str) -> int:
        """The number of the channel's ledger row."""
        with transaction(self.database_url) as session:
            return open_publication(
                session, cycle_id=1, channel=channel, seal="0" * 64, mode="api", now=self.now()
            ).id

    def state(self, publication_id: int) -> State:
        with transaction(self.database_url) as session:
            return State(session.get_one(Publication, publication_id).state)

    def surroundings(self, passing_store: Callable[[], None] = lambda: None) -> Surroundings:
        """:param passing_store: called before a token pair is stored."""
        return Surroundings(
            url=self.url,
            accounts=self.accounts,
            tokens=_TokenFile(self._token_file, passing_store, clock=self.now, sleep=self.pass_time),
            clock=self.now,
            sleep=self.pass_time,
        )

    def visible(self, channel: str) -> list[dict[str, Any]]:
        """The posts that everybody can see now."""
        return list(self.ask(f"posts?platform={channel}"))

    def ask(self, what: str) -> Any:
        answer = self._control.get(f"{self.url}/_inspect/{what}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def tell(self, what: str, body: Any) -> None:
        # Not the shared session: this is also called in forked processes, which may not use its socket.
        requests.post(f"{self.url}/_inspect/{what}", json=body, timeout=60).raise_for_status()

    def _make_template(self) -> None:
        url = f"sqlite:///{self._template}"
        upgrade(url)
        with transaction(url) as session:
            session.add(
                Cycle(
                    office="kota-bengkulu",
                    title="Rapat pleno",
                    content_type="foto_kegiatan",
                    requester="admin",
                    requested_at=utc_now(),
                    sop_version="4-ORT.06-1771-2-2023",
                    kahar=False,
                    kahar_reason="",
                    status="berjalan",
                    dag_id="content_cycle__kota_bengkulu",
                    run_id="matrix",
                    request={},
                    archive_folder="kota-bengkulu/2026/11/000001-rapat-pleno",
                )
            )
        engine_for(url).dispose()


class _TokenFile(VariableTokens):
    """The living token pair, in a file that is replaced in one step; its lease is that of the record.

    :param passing_store: called before a pair is stored.
    """

    def __init__(
        self, path: Path, passing_store: Callable[[], None], *, clock: Clock, sleep: Callable[[float], None]
    ) -> None:
        super().__init__("token", clock=clock, sleep=sleep)
        self._path = path
        self._passing_store = passing_store

    def load(self) -> TokenPair | None:
        if not self._path.exists():
            return None
        access, refresh = json.loads(self._path.read_text())
        return TokenPair(access, refresh)

    def save(self, pair: TokenPair) -> None:
        self._passing_store()
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps([pair.access, pair.refresh]))
        new.replace(self._path)
