"""The pages on a port of this machine, and a browser that tells everything that happens in it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from airflow_stand_in import Airflow
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright

from medsos.evidence.screenshot import FLAGS, find_chromium
from medsos.settings import load_settings
from medsos.web.airflow.forms import AirflowForms, airflow_forms
from medsos.web.app import create_app
from medsos.web.visitors import Visitor, visitor


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else [*FLAGS]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=find_chromium(load_settings().chromium), args=flags
        )
        yield running
        running.close()


@contextmanager
def served(username: str, airflow: Airflow) -> Iterator[str]:
    """Address of the pages as that person sees them, without a slash at the end."""
    pages, root = create_app(), FastAPI()
    pages.dependency_overrides[visitor] = lambda: Visitor(username, lambda _: True)
    pages.dependency_overrides[airflow_forms] = lambda: AirflowForms({}, application=lambda: airflow.app)
    root.mount("/medsos", pages)
    server = uvicorn.Server(uvicorn.Config(root, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/medsos"
    server.should_exit = True
    thread.join()
