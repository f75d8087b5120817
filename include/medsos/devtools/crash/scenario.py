"""One run: a content is published under one fault, its worker dies at one place, and the run is carried on.

The parts of Airflow are played as the product uses it: a killed task is started again after a while, the
retry policy says what becomes of an error, and a person answers the form of a publication in doubt by what
the account shows.
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from http.client import BAD_REQUEST, OK
from typing import Any

import requests

from medsos.devtools.crash.boundaries import ANSWERED, SENT, STORE, Boundaries
from medsos.devtools.crash.faults import Fault
from medsos.devtools.crash.flows import Aim, Files, Flow
from medsos.devtools.crash.world import World
from medsos.errors import MedsosError, NotYetKnown, UnknownOutcome
from medsos.publishing.ledger import Ledger
from medsos.publishing.protocol import publish
from medsos.publishing.settling import settle_as_absent, settle_as_cancelled, settle_as_published
from medsos.publishing.states import FINAL, State
from medsos.store.models import RateLimit

GIVE_UP_AFTER = timedelta(minutes=30)
GIVE_UP_SOON = timedelta(minutes=4)
"""The deadline under a fault that never ends: after a few tries each further one is like the one before."""

MOST_TRIES = 60
"""A run that is not over by then hangs."""

ASKED_AGAIN = 2
"""How often the person has the post uploaded again, under a fault that never ends, before giving it up."""

LOST_PATIENCE_SECONDS = 0.5

UNTOLD = (SENT, ANSWERED, f"{STORE} {RateLimit.__tablename__}")
"""Boundaries at which only the worker knows what the platform's last answer said."""

STORE_TOKEN = f"{STORE} token"
_EXCHANGE = re.compile(r"/(oauth2/token$|oauth/token/$)")

EVER = -1
"""For `Harm.times`: on every attempt."""


@dataclass(frozen=True)
class Harm:
    """A fault and the requests it hits. :param times: how many of them; `EVER` for all."""

    fault: Fault
    aim: Aim
    times: int = 1

    @property
    def endless(self) -> bool:
        return self.times == EVER and "for_seconds" not in self.fault.how

    @property
    def excuses(self) -> bool:
        """Whether the post may stay away: the platform refused it, or never took it."""
        return self.fault.refuses or self.endless

    def as_request(self) -> dict[str, Any]:
        return {**self.fault.how, **asdict(self.aim), "times": self.times}


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    :param boundaries: names of the boundaries met, in order, by all processes of the run up to its end.
    :param killed: whether a worker died as it was told to.
    :param visible: posts that everybody can see.
    :param asked: whether a person was needed.
    :param seconds: time waited, by the simulated clock.
    :param hasty: requests sent while the platform had asked to be left alone.
    :param excused: whether the post may stay away: refused, never taken, or the account must be reconnected.
    """

    boundaries: tuple[str, ...]
    killed: bool
    visible: int
    state: State
    asked: bool
    seconds: float
    tries: int
    hasty: int
    excused: bool = False

    @property
    def duplicate(self) -> bool:
        return self.visible > 1

    @property
    def lost(self) -> bool:
        """Nobody can see it, though the ledger says that it is public, or though nothing was in its way."""
        return self.visible == 0 and (self.state is State.PUBLISHED or not self.excused)

    @property
    def false_failure(self) -> bool:
        return self.state in (State.REJECTED, State.CANCELLED) and self.visible > 0

    @property
    def stuck(self) -> bool:
        return self.state not in (*FINAL, State.REJECTED)

    @property
    def good(self) -> bool:
        return not (self.duplicate or self.lost or self.false_failure or self.stuck or self.hasty)


@dataclass
class _Ending:
    """How one worker process ended."""

    killed: bool
    result: dict[str, Any]


class Run:
    """One run in a `World` that was made anew for it."""

    def __init__(
        self, world: World, files: Files, flow: Flow, harm: Harm | None = None, kill_at: int | None = None
    ) -> None:
        self._world = world
        self._files = files
        self._flow = flow
        self._harm = harm
        self._kill_at = kill_at
        self._names: list[str] = []
        self._killed = False
        self._asked = 0

    def warm_up(self) -> None:
        """Publish in this very process, so that later ones find everything imported."""
        from medsos.operators import publish, publish_policy  # noqa: F401

        self._world.renew()
        self._boundaries = Boundaries(first=1, kill_at=None, report=lambda _: None)
        self._publish(self._world.publication(self._flow.channel), 1)

    def carry_out(self) -> Outcome:
        self._world.renew()
        if self._harm:
            self._world.tell("faults", self._harm.as_request())
        publication_id = self._world.publication(self._flow.channel)
        tries = 0
        while tries < MOST_TRIES:
            tries += 1
            ending = self._in_process(partial(self._publish, publication_id, tries))
            if ending.killed:
                self._world.pass_time(_after_a_kill())
                continue
            if ending.result["over"]:
                break
            if ending.result["ask"]:
                self._asked += 1
                self._in_process(partial(self._person, publication_id))
                continue
            self._world.pass_time(ending.result["wait"])
        return Outcome(
            boundaries=tuple(self._names),
            killed=self._killed,
            visible=len(self._world.visible(self._flow.channel)),
            state=self._world.state(publication_id),
            asked=bool(self._asked),
            seconds=self._world.passed_seconds,
            tries=tries,
            hasty=self._hasty(),
            excused=(self._harm is not None and self._harm.excuses) or self._pair_died(),
        )

    def _publish(self, publication_id: int, try_number: int) -> dict[str, Any]:
        """One try of the publishing task; what Airflow would make of it."""
        from airflow.sdk.definitions.retry_policy import RetryAction

        from medsos.operators.publish_policy import PublishRetryPolicy

        try:
            publish(
                self._ledger(publication_id),
                self._flow.client(self._world.surroundings(self._passing_token)),
                self._flow.post(self._files),
                give_up_after=GIVE_UP_SOON if self._harm and self._harm.endless else GIVE_UP_AFTER,
            )
        except MedsosError as error:
            decision = PublishRetryPolicy(self._world.now).evaluate(error, try_number, MOST_TRIES)
            return {
                "over": decision.action is RetryAction.FAIL,
                "ask": isinstance(error, UnknownOutcome) and not isinstance(error, NotYetKnown),
                "wait": decision.retry_delay.total_seconds() if decision.retry_delay else 0.0,
            }
        return {"over": True}

    def _person(self, publication_id: int) -> dict[str, Any]:
        """Look at the account and answer the form."""
        ledger = self._ledger(publication_id)
        if found := self._world.visible(self._flow.channel):
            settle_as_published(ledger, permalink=found[0]["permalink"])
        elif self._asked <= ASKED_AGAIN or not (self._harm and self._harm.endless):
            settle_as_absent(ledger)
        else:
            settle_as_cancelled(ledger)
        return {}

    def _pair_died(self) -> bool:
        """Whether the only token pair that the platform still took died with the worker.

        A refresh token works once. Nobody but a person, who connects the account anew, can go on from there.
        """
        if not self._killed or not self._kill_at:
            return False
        death = self._names[self._kill_at - 1]
        if death != STORE_TOKEN and not (death.startswith((SENT, ANSWERED)) and _EXCHANGE.search(death)):
            return False
        exchanges = [e["status"] for e in self._world.ask("requests") if _EXCHANGE.search(e["path"])]
        return exchanges[:1] == [OK] and set(exchanges[1:]) == {BAD_REQUEST}

    def _hasty(self) -> int:
        """Requests sent to the platform while it had asked to be left alone, and we knew."""
        if not self._harm or not self._harm.fault.wait:
            return 0
        if self._killed and self._kill_at and self._names[self._kill_at - 1].startswith(UNTOLD):
            # What the answer said died with the worker, before it was in the record.
            return 0
        wait = timedelta(seconds=self._harm.fault.wait)
        until: datetime | None = None
        hasty = 0
        for entry in self._world.ask("requests"):
            if not re.search(self._flow.paths, entry["path"]):
                continue
            moment = datetime.fromisoformat(entry["time"])
            hasty += until is not None and moment < until
            if entry["fault"]:
                until = moment + wait
        return hasty

    def _ledger(self, publication_id: int) -> Ledger:
        return Ledger(
            publication_id,
            holder=f"worker {os.getpid()}",
            clock=self._world.now,
            database_url=self._world.database_url,
        )

    def _passing_token(self) -> None:
        self._boundaries.passing(STORE_TOKEN)

    def _in_process(self, work: Callable[[], dict[str, Any]]) -> _Ending:
        """Do `work` in a process of its own, which tells every boundary before it passes it."""
        self._world.let_go()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self._work_and_exit(work, writing)
        os.close(writing)
        result: dict[str, Any] = {}
        with os.fdopen(reading) as lines:
            for line in lines:
                message = json.loads(line)
                if isinstance(message, str):
                    self._names.append(message)
                else:
                    result = message
        status = os.waitpid(pid, 0)[1]
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        self._killed = self._killed or killed
        if not killed and (status or result.get("failed")):
            raise RuntimeError(f"{self._flow.name}: {result.get('failed', status)}")
        return _Ending(killed, result)

    def _work_and_exit(self, work: Callable[[], dict[str, Any]], writing: int) -> None:
        def tell(message: Any) -> None:
            os.write(writing, (json.dumps(message) + "\n").encode())

        self._boundaries = Boundaries(first=len(self._names) + 1, kill_at=self._kill_at, report=tell)
        try:
            self._boundaries.watch()
            if self._harm and "seconds" in self._harm.fault.how:
                _lose_patience(self._harm.aim)
            tell(work())
        except BaseException as error:
            tell({"failed": repr(error)})
        os._exit(0)


def _after_a_kill() -> float:
    from medsos.operators.publish import AFTER_A_KILL

    return AFTER_A_KILL.total_seconds()


def _lose_patience(aim: Aim) -> None:
    """Wait less for the answers that come late, so that a run does not take minutes of real time."""
    send = requests.adapters.HTTPAdapter.send

    def impatient(adapter: Any, request: Any, *args: Any, **more: Any) -> Any:
        if request.method == (aim.method or request.method) and re.search(
            aim.path, request.path_url.partition("?")[0]
        ):
            more["timeout"] = (10.0, LOST_PATIENCE_SECONDS)
        return send(adapter, request, *args, **more)

    requests.adapters.HTTPAdapter.send = impatient  # type: ignore[method-assign, assignment]
