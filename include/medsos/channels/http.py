"""The one way to a platform: timeouts, retries, cleaned errors, and what a lost answer means.

Retries happen here only for `READ` and `PREPARE`, at most four tries with waits of seconds. A wait that a
platform asks for and that is longer than `LONGEST_WAIT_SECONDS` is handed up as `RateLimited`: the Airflow
task then waits without holding a worker. `COMMIT` is sent once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
from requests.auth import AuthBase

from medsos import __name__ as package
from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.gate import Gate, OpenGate
from medsos.channels.quiet_logs import hush
from medsos.channels.reached import never_opened
from medsos.channels.redaction import redact
from medsos.channels.rules import Problem, Rule, closed, find_rule, retry_at
from medsos.channels.usage import Usage, endpoint_of, read_limits
from medsos.clock import Clock, utc_now

__all__ = ["Answer", "HttpSession", "Phase", "redact"]

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 120.0
ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 30.0
USER_AGENT = f"{package}/1 (+https://www.kpu.go.id)"

hush()

T = TypeVar("T")
Form = Mapping[str, str]
Files = Mapping[str, tuple[str, bytes, str]]


class Phase(StrEnum):
    """What a request does to the public (contract 1.1)."""

    READ = "read"
    PREPARE = "prepare"
    COMMIT = "commit"


NEVER_OPENED: dict[Phase, type[errors.ChannelError]] = dict.fromkeys(Phase, errors.Transient)
LOST_OR_FAULTY: dict[Phase, type[errors.ChannelError]] = {
    Phase.READ: errors.Transient,
    Phase.PREPARE: errors.Transient,
    Phase.COMMIT: errors.UnknownOutcome,
}
"""Contract 1.1: a request that may have been processed leaves a commit unknown, and is retried otherwise."""


class HttpSession:
    """Requests to one platform account.

    :param platform: name as people know it; stands first in every error.
    :param rules: the platform's error table; `STATUS_RULES` follow it.
    :param read_problem: finds the platform's own error in an answer of any status; None when it is a success.
    :param secrets: values that must not appear in any message.
    :param auth: signs each try anew (OAuth 1) or adds a header.
    :param gate: asked before each request; holds what all workers of the account know of its limits.
    :param renew: called once when the token has ended; True when there is a new one to try with.
    """

    def __init__(
        self,
        platform: str,
        *,
        rules: tuple[Rule, ...],
        read_problem: Callable[[Answer], Problem | None],
        secrets: Iterable[str] = (),
        auth: AuthBase | None = None,
        renew: Callable[[], bool] = lambda: False,
        gate: Gate | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.platform = platform
        self.gate = gate or OpenGate()
        self._rules = rules
        self._read_problem = read_problem
        self._secrets = frozenset(s for s in secrets if s)
        self._auth = auth
        self._renew = renew
        self._clock = clock
        self._sleep = sleep
        self._skew = timedelta(0)
        self.usage = Usage()
        self.has_answered = False
        self._session = requests.Session()
        self._session.headers["User-Agent"] = USER_AGENT

    def __repr__(self) -> str:
        return f"HttpSession({self.platform})"

    @property
    def server_now(self) -> datetime:
        """Now by the platform's clock, as far as its answers told it (contract 1.2)."""
        return self._clock() + self._skew

    def add_secret(self, value: str) -> None:
        """Keep a secret that came later (a refreshed token, an upload address) out of messages too."""
        self._secrets |= {value} if value else set()

    def clean(self, text: str) -> str:
        return redact(text, self._secrets)

    def send(
        self,
        method: str,
        url: str,
        *,
        phase: Phase,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Form | None = None,
        files: Files | None = None,
        body: bytes | Path | None = None,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        retry: bool = True,
        accept: Callable[[Answer], bool] = lambda answer: False,
        timeout: float = READ_TIMEOUT_SECONDS,
    ) -> Answer:
        """Send one request and return its successful answer.

        :param body: raw bytes, or a file that is streamed.
        :param signed: False for what carries its own permission (TikTok's `upload_url`, a token exchange).
        :param retry: False when a repeat needs a look first; never done for a commit.
        :param accept: answers that count as a success although their status says otherwise.
        :raises ChannelError: the class that phase, status and the platform's table give.
        """

        endpoint = endpoint_of(method, urlsplit(url).path)

        def once() -> Answer:
            slot = self.gate.enter(endpoint, commit=phase is Phase.COMMIT)
            try:
                return passed()
            except (errors.UnknownOutcome, errors.Duplicate):
                raise
            except errors.ChannelError:
                self.gate.leave(slot)
                raise

        def passed() -> Answer:
            with _opened(body) as data:
                answer = self._transport(
                    phase,
                    endpoint,
                    method=method,
                    url=url,
                    params=params,
                    json=json,
                    data=form if data is None else data,
                    files=files,
                    headers=headers,
                    auth=self._auth if signed and self._auth else _unsigned,
                    timeout=(CONNECT_TIMEOUT_SECONDS, timeout),
                )
            refused = None if accept(answer) else self._refused(answer)
            if refused is None:
                self.has_answered = True
                return answer
            error = self.refusal(*refused, answer, phase)
            if isinstance(error, errors.RateLimited):
                self.gate.learn((closed(answer, refused[0], error.retry_at),), endpoint)
            raise error

        def renewed() -> Answer:
            try:
                return once()
            except errors.AuthExpired:
                # Refused before anything was done, so this is no second commit.
                if not signed or not self._renew():
                    raise
                return once()

        if phase is Phase.COMMIT:
            # A fresh connection: an idle one that the server has closed would make the outcome unknown.
            self._session.close()
            return renewed()
        return self.retrying(renewed) if retry else renewed()

    def retrying(self, call: Callable[[], T]) -> T:
        """Repeat `call` on passing faults and on short rate limits."""
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            retry=tenacity.retry_if_exception(self._worth_repeating),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )(call)

    def error_of(self, answer: Answer, phase: Phase) -> errors.ChannelError | None:
        """The error that an answer stands for, or None when it is a success."""
        refused = self._refused(answer)
        return self.refusal(*refused, answer, phase) if refused else None

    def _refused(self, answer: Answer) -> tuple[Rule, Problem] | None:
        """What a refusal says and the table's row for it; None when the answer is a success."""
        problem = self._read_problem(answer)
        if problem is None and answer.ok:
            return None
        problem = problem or Problem(code=None, message=answer.excerpt)
        return find_rule(self._rules, answer.status, problem), problem

    def refusal(self, rule: Rule, problem: Problem, answer: Answer, phase: Phase) -> errors.ChannelError:
        """Build the error of a table row."""
        kind, sentence = rule.error, rule.advice
        server_fault = answer.status >= 500 and not rule.codes
        if phase is Phase.COMMIT and (kind is errors.Transient or server_fault):
            # Whatever else a faulty server says of a commit, it may have been made (contract 1.1).
            kind, sentence = errors.UnknownOutcome, advice.UNKNOWN
        details: dict[str, Any] = {
            "code": problem.code,
            "trace_id": problem.trace_id,
            "http_status": answer.status,
        }
        message = self._message(sentence, problem, answer.status)
        if kind is errors.RateLimited:
            return errors.RateLimited(message, retry_at=retry_at(answer, rule, self._clock()), **details)
        return kind(message, **details)

    def unknown(self, sentence: str = advice.UNKNOWN) -> errors.UnknownOutcome:
        return errors.UnknownOutcome(f"{self.platform}: {sentence}")

    def _transport(self, phase: Phase, endpoint: str, **request: Any) -> Answer:
        failure: errors.ChannelError
        try:
            # A redirect would turn a POST into a GET, or hand the credentials to another host.
            response = self._session.request(allow_redirects=False, **request)
            answer = Answer.of(response)
        except requests.RequestException as error:
            table, sentence = (
                (NEVER_OPENED, advice.UNREACHABLE) if never_opened(error) else (LOST_OR_FAULTY, advice.LOST)
            )
            kind = table[phase]
            sentence = advice.UNKNOWN if kind is errors.UnknownOutcome else sentence
            failure = kind(f"{self.platform}: {sentence} ({type(error).__name__})")
        else:
            if moment := answer.server_time:
                self._skew = moment - self._clock()
            limits = read_limits(answer, endpoint, self._clock())
            self.usage = self.usage.updated(limits)
            self.gate.learn(limits, endpoint)
            return answer
        # Raised outside the handler: the cause's text holds the address, and that may hold a token.
        raise failure

    def _message(self, sentence: str, problem: Problem, status: int) -> str:
        said = self.clean(problem.message).strip()[:300]
        tail = f"kode {problem.code}" if problem.code else f"HTTP {status}"
        return (
            f"{self.platform}: {sentence} (pesan platform: “{said}”, {tail})"
            if said
            else (f"{self.platform}: {sentence} ({tail})")
        )

    def _worth_repeating(self, error: BaseException) -> bool:
        if isinstance(error, errors.RateLimited):
            return (error.retry_at - self._clock()).total_seconds() <= LONGEST_WAIT_SECONDS
        return isinstance(error, errors.Transient)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, errors.RateLimited):
            return max(0.0, (error.retry_at - self._clock()).total_seconds())
        return tenacity.wait_exponential_jitter(multiplier=0.5, max=8, jitter=0.5)(state)


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No credentials; without it `requests` would look for some in the machine's .netrc."""
    return request


@contextmanager
def _opened(body: bytes | Path | None) -> Iterator[Any]:
    if isinstance(body, Path):
        with body.open("rb") as file:
            yield file
    else:
        yield body
