"""Says which TCP ports are free, and who holds one that is not."""

from __future__ import annotations

import errno
import socket

import psutil

from medsos.errors import NotStarted
from medsos.stack.config import DEFAULT_SANDBOX_PORT, LOOPBACK, StackConfig


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen on `host:port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port in TIME_WAIT, left by yesterday's run, would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
        return True


def free_port(host: str = LOOPBACK) -> int:
    """A port that is free at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def holder(port: int) -> str | None:
    """Name and pid of the program that listens on `port`, or None when that cannot be seen."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if connection.status != psutil.CONN_LISTEN or not connection.laddr or not connection.pid:
            continue
        if connection.laddr.port == port:
            try:
                return f"{psutil.Process(connection.pid).name()}, pid {connection.pid}"
            except psutil.NoSuchProcess:
                return None
    return None


def choose(config: StackConfig) -> tuple[int, int]:
    """Check the ports; returns those of the Airflow UI and of the training platforms.

    :raises NotStarted: when the UI's port, or a sandbox port that was asked for, is not free.
    """
    if not is_free(config.port, config.host):
        raise NotStarted(_sentence(config.port, "halaman Airflow", "MEDSOS_PORT", config.port + 1))
    wanted = config.sandbox_port or DEFAULT_SANDBOX_PORT
    if config.sandbox and not is_free(wanted):
        if config.sandbox_port is not None:
            raise NotStarted(_sentence(wanted, "platform latihan", "MEDSOS_SANDBOX_PORT", wanted + 1))
        wanted = free_port()
    return config.port, wanted


def _sentence(port: int, use: str, variable: str, other: int) -> str:
    by = holder(port)
    who = f"program lain ({by})" if by else "program lain"
    return (
        f"Porta {port} untuk {use} sedang dipakai oleh {who}: hentikan program itu, "
        f"atau pilih porta lain, misalnya {variable}={other} make run."
    )
