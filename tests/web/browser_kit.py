"""The pages on a port of this machine, and a real browser that visits them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from airflow_stand_in import Airflow
from fastapi import FastAPI
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from medsos.evidence.screenshot import FLAGS, find_chromium
from medsos.settings import load_settings
from medsos.web.airflow.forms import AirflowForms, airflow_forms
from medsos.web.app import create_app
from medsos.web.visitors import Visitor, visitor

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)


@contextmanager
def served(airflow: Airflow, username: str) -> Iterator[str]:
    """Address of the pages as that person sees them."""
    pages, root = create_app(), FastAPI()
    pages.dependency_overrides[visitor] = lambda: Visitor(username, lambda _: True)
    pages.dependency_overrides[airflow_forms] = lambda: AirflowForms(
        {}, application=lambda: airflow.app, assigner=airflow.assign
    )
    root.mount("/medsos", pages)
    server = uvicorn.Server(uvicorn.Config(root, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/medsos"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    flags = [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=find_chromium(load_settings().chromium), args=flags
        )
        try:
            yield running
        finally:
            running.close()
