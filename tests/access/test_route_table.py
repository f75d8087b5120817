"""Every page of ours and the routes that matter, for every role: as docs/hak-akses.md says."""

from __future__ import annotations

import json

import pytest
import requests
from api_server import PEOPLE, ApiServer
from route_requests import REQUESTS

from medsos.devtools.access_table import API, COLUMNS, PAGES, Route, is_current
from medsos.stack.fab_users import declared_roles

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


@pytest.fixture
def same_secret_key(server: ApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tokens of our forms are made here with the key of the server."""
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", server.env["AIRFLOW__API__SECRET_KEY"])


def let_in(answer: requests.Response) -> bool:
    """Served, or told what is missing; not: sent to the log-in page, refused, hidden."""
    assert answer.status_code < 500, answer.text
    if answer.is_redirect:
        return "/auth/login" not in answer.headers["Location"]
    return answer.status_code not in (401, 403, 404)


def is_no_route(answer: requests.Response) -> bool:
    """Airflow answers an unknown path with its own start page."""
    return answer.status_code == 405 or answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.usefixtures("same_secret_key")
@pytest.mark.parametrize("route", [*PAGES, *API], ids=lambda route: route.what)
def test_each_role_is_let_in_or_refused_as_the_table_says(server: ApiServer, route: Route) -> None:
    expected = route.simple if server.manager == "simple" else route.fab
    told, wrong = {}, []
    for name in COLUMNS:
        answer = server.people[name].send(route.method, **REQUESTS[route.what](server, name))
        told[COLUMNS[name]] = f"HTTP {answer.status_code}: {answer.text[:300]}"
        if expected is None:
            assert is_no_route(answer), told
        elif let_in(answer) != (name in expected):
            wrong.append(COLUMNS[name])
    assert not wrong, json.dumps({who: told[who] for who in wrong}, indent=1, ensure_ascii=False)


def test_every_page_of_ours_stands_in_the_table() -> None:
    from medsos.web.app import create_app

    declared = {
        (method, f"/medsos{route.path}")
        for route in create_app().routes
        for method in getattr(route, "methods", ())
        if method != "HEAD"
    }
    assert declared == {(route.method, route.path) for route in PAGES}
    assert REQUESTS.keys() == {route.what for route in (*PAGES, *API)}
    assert set(COLUMNS) == {"", *PEOPLE}
    assert is_current()


@pytest.mark.parametrize("server", ["fab"], indirect=True)
def test_airflow_s_own_command_takes_the_roles_file(server: ApiServer) -> None:
    found: dict[str, set[tuple[str, str]]] = {}
    for entry in json.loads(server.exported_roles.read_text()):
        pairs = {(action, entry["resource"]) for action in entry["action"].split(",") if action}
        found.setdefault(entry["name"], set()).update(pairs)
    assert {name: found[name] for name in declared_roles()} == declared_roles()
