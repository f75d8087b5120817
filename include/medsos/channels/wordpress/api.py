"""How WordPress is spoken to: addresses, credentials, error table (contract 2.1, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from requests.auth import HTTPBasicAuth

from medsos import errors
from medsos.channels import advice
from medsos.channels.answer import Answer
from medsos.channels.gate import Gate
from medsos.channels.http import HttpSession, Phase
from medsos.channels.rules import Problem, Rule, codes, statuses
from medsos.clock import Clock

NAME = "Website"
ALREADY_TRASHED = "rest_already_trashed"

RULES: tuple[Rule, ...] = (
    # A wrong password is also told as 400 with the true status hidden in the details (contract 2.6).
    Rule(errors.AuthInvalid, advice.AUTH, codes=codes("rest_invalid_param/401", "rest_invalid_param/403")),
    Rule(errors.AuthInvalid, advice.AUTH, statuses=statuses(401)),
    Rule(errors.PermissionMissing, advice.PERMISSION, statuses=statuses(403)),
    Rule(errors.MediaInvalid, advice.MEDIA, codes=codes("rest_upload_sideload_error")),
    Rule(errors.Transient, advice.LOST, codes=codes("rest_upload_hash_mismatch")),
    Rule(
        errors.MediaInvalid,
        advice.MEDIA,
        codes=codes(
            "rest_invalid_featured_media",
            "rest_upload_no_data",
            "rest_upload_no_content_disposition",
            "rest_upload_no_content_type",
            "rest_upload_invalid_disposition",
        ),
    ),
    Rule(errors.PostGone, advice.MISSING, codes=codes("rest_post_invalid_id", ALREADY_TRASHED)),
    Rule(errors.ContentInvalid, advice.MISSING, codes=codes("rest_no_route")),
    Rule(errors.NotSupported, advice.NO_TRASH, codes=codes("rest_trash_not_supported")),
)
"""Contract 2.6. What is not here goes by HTTP status."""


@dataclass(frozen=True)
class WordPressSettings:
    """:param site: address of the website, with scheme, without `/wp-json`.
    :param password: application password; spaces do not matter.
    :param rest_route: True where the site has no pretty addresses (`?rest_route=`).
    """

    site: str
    user: str
    password: str = field(repr=False)
    rest_route: bool = False


def read_problem(answer: Answer) -> Problem | None:
    """WordPress's error object; a status hidden in the details is joined to the code."""
    code = answer.text_at("code")
    if answer.ok or not code:
        return None
    details = answer.object.get("data")
    nested = details.get("details") if isinstance(details, dict) else None
    hidden = {
        value["data"]["status"]
        for value in (nested.values() if isinstance(nested, dict) else ())
        if isinstance(value, dict) and isinstance(value.get("data"), dict) and "status" in value["data"]
    }
    for status in (401, 403):
        if status in hidden:
            code = f"{code}/{status}"
            break
    return Problem(code=code, message=answer.text_at("message"))


class WordPressApi:
    """One site's REST API under `/wp/v2`."""

    def __init__(
        self,
        settings: WordPressSettings,
        *,
        gate: Gate | None,
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._settings = settings
        self.http = HttpSession(
            NAME,
            rules=RULES,
            read_problem=read_problem,
            secrets=(settings.password, settings.password.replace(" ", "")),
            auth=HTTPBasicAuth(settings.user.encode(), settings.password.encode()),
            gate=gate,
            clock=clock,
            sleep=sleep,
        )

    def get(self, path: str, **query: str) -> Answer:
        return self.http.send("GET", self.url(path), params={**self.route(path), **query}, phase=Phase.READ)

    def url(self, path: str) -> str:
        site = self._settings.site.rstrip("/")
        return f"{site}/" if self._settings.rest_route else f"{site}/wp-json/wp/v2/{path}"

    def route(self, path: str) -> dict[str, str]:
        """The query parameter that names the path on sites without pretty addresses."""
        return {"rest_route": f"/wp/v2/{path}"} if self._settings.rest_route else {}


def slug_of(key: str) -> str:
    """The key as a slug that WordPress leaves unchanged."""
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:180].strip("-")
