"""What Facebook and Instagram share: the Graph API's envelope, its errors and its proof of the app."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

from medsos import errors
from medsos.channels import advice, progress
from medsos.channels.answer import Answer
from medsos.channels.base import FoundPost
from medsos.channels.gate import Gate
from medsos.channels.http import READ_TIMEOUT_SECONDS, Files, HttpSession, Phase
from medsos.channels.rules import Problem, Rule, codes
from medsos.channels.tokens import HeaderToken
from medsos.clock import Clock

DEFAULT_VERSION = "v26.0"
NO_SUCH_OBJECT = "100/33"
UPLOAD_TIMEOUT_SECONDS = 600.0
_HOUR = 3_600.0

SESSION_LOST = "/1363037"
"""Subcode: the session of a video's upload has ended, or waits for another chunk than the one sent."""

RULES: tuple[Rule, ...] = (
    Rule(errors.RateLimited, advice.DAILY, codes=codes("9/2207042"), wait_seconds=_HOUR, whole_account=False),
    Rule(errors.NotReady, advice.NOT_READY, codes=codes("9007/2207027", "9007", "24/2207008")),
    Rule(
        errors.AccountBlocked,
        advice.BLOCKED,
        codes=codes(368, "4/2207051", "25", "/1346003", "/1404006", "/1404078", "/1404102", "/1404112"),
    ),
    Rule(errors.AuthInvalid, advice.AUTH, codes=codes(190, 102)),
    Rule(
        errors.Transient,
        advice.MEDIA_AGAIN,
        codes=codes("/2207053", "/2207077", "/2207082", "/2207020", SESSION_LOST),
    ),
    Rule(
        errors.MediaInvalid,
        advice.MEDIA,
        codes=codes(324, 352, 36000, 36001, 36003, "1/2207057", "/1366046", "/1366051", "100/2207023"),
    ),
    Rule(errors.MediaInvalid, advice.FETCH, codes=codes(9004)),
    Rule(
        errors.ContentInvalid,
        advice.CONTENT,
        codes=codes(36004, 197, 1609005, 1609008, "/1363047", "/1609010", "/2061006", 3001),
    ),
    Rule(errors.Duplicate, advice.DUPLICATE, codes=codes(506)),
    Rule(
        errors.RateLimited,
        advice.RATE,
        codes=codes(4, 17, 32, 341, 613, 80001, 80002),
        wait_seconds=_HOUR,
    ),
    Rule(errors.PermissionMissing, advice.PERMISSION, codes=codes(10, *range(200, 300))),
    Rule(errors.PostGone, advice.MISSING, codes=codes(NO_SUCH_OBJECT)),
    Rule(errors.ContentInvalid, advice.MISSING, codes=codes("24")),
    Rule(errors.PermissionMissing, advice.CONFIG, codes=codes(100), contains="appsecret_proof"),
    Rule(errors.ContentInvalid, advice.CONTENT, codes=codes(100)),
    Rule(errors.Transient, advice.SERVER, codes=codes("transient", 1, 2, -1, -2)),
)
"""Contract 3.7, 4.7 and 7, decided by code and subcode and not by HTTP status."""


class GraphSettings(Protocol):
    """What both platforms' settings have."""

    @property
    def token(self) -> str: ...
    @property
    def app_secret(self) -> str | None: ...
    @property
    def host(self) -> str: ...
    @property
    def version(self) -> str: ...


class GraphApi:
    """Calls to one version of the Graph API with one token."""

    def __init__(
        self,
        platform: str,
        settings: GraphSettings,
        *,
        gate: Gate | None,
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self.platform = platform
        self._settings = settings
        self.proof = app_proof(settings.token, settings.app_secret)
        self.http = HttpSession(
            platform,
            rules=RULES,
            read_problem=read_problem,
            secrets=(settings.token, settings.app_secret or "", *self.proof.values()),
            auth=HeaderToken(settings.token),
            gate=gate,
            clock=clock,
            sleep=sleep,
        )

    def get(self, path: str, **query: str) -> Answer:
        return self.http.send("GET", self.url(path), params={**query, **self.proof}, phase=Phase.READ)

    def post(
        self,
        path: str,
        form: dict[str, str],
        *,
        phase: Phase,
        files: Files | None = None,
        host: str | None = None,
    ) -> Answer:
        return self.http.send(
            "POST",
            self.url(path, host),
            form={**form, **self.proof},
            files=files,
            phase=phase,
            timeout=UPLOAD_TIMEOUT_SECONDS if files else READ_TIMEOUT_SECONDS,
        )

    def delete(self, path: str) -> Answer:
        """Repeatable: the second time, the platform says that there is no such object."""
        return self.http.send("DELETE", self.url(path), params=self.proof, phase=Phase.PREPARE)

    def needed(self, answer: Answer, key: str) -> str:
        """An id without which preparation cannot go on."""
        value = answer.text_at(key)
        if not value:
            raise errors.Transient(f"{self.platform}: {advice.UNREADABLE}")
        return value

    def url(self, path: str, host: str | None = None) -> str:
        return f"{(host or self._settings.host).rstrip('/')}/{self._settings.version}/{path}"


def app_proof(token: str, app_secret: str | None) -> dict[str, str]:
    """`appsecret_proof` as a parameter, where an app secret is known (contract 3.1)."""
    if not app_secret:
        return {}
    return {"appsecret_proof": hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


def read_problem(answer: Answer) -> Problem | None:
    """The Graph error object. It may come with HTTP 200, and so may `success: false`."""
    error = answer.object.get("error")
    if isinstance(error, dict):
        return _problem(error)
    if answer.object.get("success") is False:
        return Problem(code=None, message=answer.excerpt)
    debug = answer.object.get("debug_info")
    if isinstance(debug, dict):
        code = "transient" if debug.get("retriable") else "352"
        return Problem(code=code, message=str(debug.get("message", "")))
    return None


def _problem(error: dict[str, Any]) -> Problem:
    code, subcode = str(error.get("code", "")), error.get("error_subcode")
    known = f"{code}/{subcode}" if subcode else code
    if error.get("is_transient") is True and not _refuses_for_good(known, error):
        known = f"transient/{known}"
    message = error.get("error_user_msg") or error.get("message") or ""
    return Problem(code=known, message=str(message), trace_id=error.get("fbtrace_id"))


def _refuses_for_good(code: str, error: dict[str, Any]) -> bool:
    """True for codes whose row is not `Transient`: a rate limit is marked transient too."""
    problem = Problem(code=code, message=str(error.get("message", "")))
    row = next((rule for rule in RULES if rule.matches(400, problem)), None)
    return row is not None and row.error in (errors.RateLimited, errors.NotReady, errors.AccountBlocked)


def rows(answer: Answer) -> Iterator[dict[str, Any]]:
    """The objects under `data`."""
    data = answer.object.get("data")
    for row in data if isinstance(data, list) else ():
        if isinstance(row, dict):
            yield row


def recent(
    api: GraphApi, edge: str, fields: str, found: Callable[[dict[str, Any]], FoundPost], since: datetime
) -> list[FoundPost]:
    """The objects of a list since a moment, newest first (contract 3.5, 4.6)."""

    def read(cursor: str) -> tuple[list[FoundPost], str]:
        query = {"fields": fields, "since": str(int(since.timestamp())), "limit": "50"}
        answer = api.get(edge, **query, **({"after": cursor} if cursor else {}))
        after = answer.text_at("paging", "cursors", "after") if answer.text_at("paging", "next") else ""
        return [found(row) for row in rows(answer)], after

    return progress.newest_first(read, since)


def graph_time(value: object) -> datetime | None:
    """`2026-11-20T10:00:00+0000` as an aware time."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None
