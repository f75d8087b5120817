"""Small services that behave like Airflow's worst ones, and a look at what is left of them."""

import time
from collections.abc import Callable

import psutil

# Ignores polite requests, and has a grandchild in a session of its own whose parent is gone: the way
# in which Airflow's executor and a browser leave their process group.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
print("siap", flush=True)
time.sleep(600)
"""


def marked_processes(mark: str) -> list[psutil.Process]:
    """All living processes that carry `mark` on their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if mark in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait_until(condition: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
