"""Request by request, the sandbox's website answers as a real WordPress does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from real_wordpress import running_wordpress
from website_requests import ASKS, NOBODY, WRONG, Ask
from websites import EDITOR, Website

from medsos.sandbox.testing import running_sandbox
from medsos.sandbox.wordpress.users import USERS

HEADERS = ("X-WP-Total", "X-WP-TotalPages", "Location")

# Each site's own: numbers, the second of the request, what the theme or the image library makes.
OWN = {
    "date": "a moment", "date_gmt": "a moment", "modified": "a moment", "modified_gmt": "a moment",
    "registered_date": "a moment", "locale": "a language", "avatar_urls": "pictures",
    "image_meta": "camera data", "sizes": "smaller pictures", "description": "the theme's markup",
    "caption": "the theme's markup", "filesize": "bytes", "_links": "links",
}  # fmt: skip
OPTIONAL = {"image_meta", "filesize", "_links"}
"""Keys that need not be on both sides."""

Answers = dict[str, tuple[int, dict[str, Any], Any]]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Answers, Answers]]:
    """Both sites' answers to all requests; sites of their own, so that both start empty."""
    folder: Path = tmp_path_factory.mktemp("jawaban")
    users = {login: (user["role"], user["name"]) for login, user in USERS.items()}
    with running_sandbox(folder / "latihan") as url, running_wordpress(folder, users) as real:
        training = Website(f"{url}/web", {login: user["password"] for login, user in USERS.items()})
        yield ask_all(training), ask_all(Website(real.url, real.passwords))


def ask_all(website: Website) -> Answers:
    ids: dict[str, int] = {}
    numbers: dict[str, str] = {}
    answers: Answers = {}
    for ask in ASKS:
        answer = _ask(website, ask, ids)
        body = answer.json()
        if ask.save and "id" in body:
            ids[ask.save] = body["id"]
            numbers[str(body["id"])] = ask.save
        headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        name = f"{ask.name} ({sum(a.startswith(ask.name) for a in answers)})"
        answers[name] = (answer.status_code, _neutral(website, headers), _neutral(website, body))
    return answers


def _ask(website: Website, ask: Ask, ids: dict[str, int]) -> requests.Response:
    def filled(value: Any) -> Any:
        name = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
        return ids[name[1]] if name else value

    send = dict(ask.send)
    if "json" in send:
        send["json"] = {key: filled(value) for key, value in send["json"].items()}
    path = re.sub(r"\{(\w+)\}", lambda match: str(ids[match[1]]), ask.path)
    auth = {NOBODY: None, WRONG: (EDITOR, "salah")}.get(ask.user, (ask.user, website.passwords.get(ask.user)))
    return requests.request(ask.method, f"{website.site}/wp-json/wp/v2/{path}", auth=auth, timeout=30, **send)


def _neutral(website: Website, value: Any, key: str = "") -> Any:
    """The answer without what is each site's own: its address, its numbers, its clock."""
    if isinstance(value, dict):
        return {
            name: OWN[name] if name in OWN else _neutral(website, inner, name)
            for name, inner in value.items()
            if name not in OPTIONAL
        }
    if isinstance(value, list):
        return [_neutral(website, inner, key) for inner in value]
    if key in ("id", "author", "featured_media", "post", "term_id", "additional_data"):
        return "a number" if value else value
    if isinstance(value, str):
        return re.sub(
            r"(\?p=|attachment_id=|/(?:posts|media|tags)/)\d+", r"\1N", value.replace(website.site, "")
        )
    return value


def differences(sandbox: Any, real: Any, place: str = "") -> Iterator[str]:
    """Where two answers differ, one line each."""
    if isinstance(sandbox, dict) and isinstance(real, dict):
        for name in sorted(sandbox.keys() | real.keys()):
            yield from differences(sandbox.get(name, "-"), real.get(name, "-"), f"{place}.{name}")
    elif isinstance(sandbox, list | tuple) and isinstance(real, list | tuple) and len(sandbox) == len(real):
        for index, (one, other) in enumerate(zip(sandbox, real, strict=True)):
            yield from differences(one, other, f"{place}[{index}]")
    elif sandbox != real:
        yield f"{place}: sandbox {sandbox!r}, WordPress {real!r}"


@pytest.mark.parametrize("number", range(len(ASKS)), ids=[ask.name for ask in ASKS])
def test_the_sandbox_answers_as_wordpress_does(answers: tuple[Answers, Answers], number: int) -> None:
    training, real = answers
    name = list(real)[number]

    assert list(differences(training[name], real[name])) == []


def test_every_refusal_of_the_contract_was_met(answers: tuple[Answers, Answers]) -> None:
    met = {body["code"] for _, _, body in answers[1].values() if isinstance(body, dict) and "code" in body}

    assert met >= {
        "rest_not_logged_in", "rest_cannot_create", "rest_forbidden_context", "rest_cannot_edit",
        "rest_cannot_publish", "rest_cannot_delete", "rest_forbidden", "rest_invalid_param", "rest_no_route",
        "rest_missing_callback_param", "rest_upload_no_data", "rest_upload_no_content_disposition",
        "rest_upload_invalid_disposition", "empty_content", "rest_post_exists", "term_exists",
        "rest_trash_not_supported", "rest_post_invalid_id", "rest_already_trashed",
        "rest_upload_hash_mismatch", "rest_upload_sideload_error",
    }  # fmt: skip
