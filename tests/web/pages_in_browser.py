"""Serves the pages on a port of this machine and opens them in Chromium, desktop or phone."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from airflow_stand_in import Airflow
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from medsos.browser import FLAGS, find_chromium
from medsos.settings import load_settings
from medsos.web.airflow.forms import AirflowForms, airflow_forms
from medsos.web.airflow.runs import AirflowRuns, airflow_runs
from medsos.web.app import create_app
from medsos.web.visitors import Visitor, visitor

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@contextmanager
def chromium(*more_flags: str) -> Iterator[Browser]:
    """Chromium without a window."""
    flags = [*FLAGS, *more_flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=find_chromium(load_settings().chromium), args=flags
        )
        try:
            yield running
        finally:
            running.close()


def pages_for(airflow: Airflow, who: Callable[[], Visitor]) -> FastAPI:
    """The pages beside a stand-in of Airflow.

    :param who: asked at each request.
    """
    pages = create_app()
    pages.dependency_overrides[visitor] = who
    pages.dependency_overrides[airflow_forms] = lambda: AirflowForms(
        {}, application=lambda: airflow.app, assigner=airflow.assign
    )
    pages.dependency_overrides[airflow_runs] = lambda: AirflowRuns({}, application=lambda: airflow.app)
    return pages


@contextmanager
def on_a_port(pages: FastAPI) -> Iterator[int]:
    """The pages below `/medsos` on 127.0.0.1; gives the port."""
    root = FastAPI()
    root.mount("/medsos", pages)
    server = uvicorn.Server(uvicorn.Config(root, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def pages_of(username: str, airflow: Airflow) -> Iterator[int]:
    """The pages as this person sees them, who may also start cycles; gives the port."""
    someone = Visitor(username, lambda _: True, may_start=lambda _: True)
    with on_a_port(pages_for(airflow, lambda: someone)) as port:
        yield port


@contextmanager
def served(airflow: Airflow, username: str) -> Iterator[str]:
    """Address of the pages as this person sees them, without a slash at the end."""
    someone = Visitor(username, lambda _: True)
    with on_a_port(pages_for(airflow, lambda: someone)) as port:
        yield f"http://127.0.0.1:{port}/medsos"


@contextmanager
def opened(browser: Browser, port: int, path: str, viewport: ViewportSize, **context: Any) -> Iterator[Page]:
    """A page of ours; errors of its scripts fail the test."""
    window = browser.new_context(viewport=viewport, locale="id-ID", timezone_id="Asia/Jakarta", **context)
    page = window.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"http://127.0.0.1:{port}/medsos/{path}")
    yield page
    assert errors == []
    window.close()
