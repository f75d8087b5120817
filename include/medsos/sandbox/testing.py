"""Starts a real sandbox on a free port for the length of a test."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from medsos.sandbox.server import listen, listen_for_mail, make_server


@contextmanager
def running_sandbox(state_dir: Path, port: int = 0) -> Iterator[str]:
    """A sandbox that really listens on 127.0.0.1; gives its base address and stops it at the end.

    :raises TimeoutError: it did not start within 20 seconds.
    """
    listener = listen("127.0.0.1", port)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    mail = listen_for_mail("127.0.0.1", 0, state_dir)
    server = make_server(state_dir, url, mail)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise TimeoutError("Sandbox tidak menyala dalam 20 detik.")
        time.sleep(0.02)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        mail.close()
