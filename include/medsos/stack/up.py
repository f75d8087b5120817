"""`medsos up`: runs a stack in the foreground and tells the person at the terminal about it."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

from medsos.errors import ConfigError, MedsosError, NotStarted, StackError
from medsos.offices.model import office_slugs
from medsos.settings import Settings, load_settings
from medsos.stack.config import USERS, load_config
from medsos.stack.init import make_intake_folders
from medsos.stack.keeper import end_with_parent
from medsos.stack.supervisor import Stack

EXIT_STOPPED = 0
EXIT_FAILED = 1
EXIT_NOT_STARTED = 2


class _InterruptedError(Exception):
    """Ctrl-C, a polite kill, or the end of the parent."""


def up(with_parent: bool = False) -> int:
    """Run everything until Ctrl-C or a kill; returns the exit code (0 stopped, 1 failed, 2 not started).

    :param with_parent: end when the process that started this one (`make`) ends, however it ends.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        if with_parent:
            end_with_parent(signal.SIGTERM, os.getppid())
        return _run()
    except _InterruptedError:
        return EXIT_STOPPED


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # One is enough; a second Ctrl-C must not cut the orderly end short.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise _InterruptedError


def _run() -> int:
    try:
        settings = load_settings()
        stack = Stack(load_config(settings.home), say=_say)
    except ConfigError as error:
        _complain(str(error))
        return EXIT_NOT_STARTED
    try:
        make_intake_folders(settings)
        stack.start()
        stack.wait_healthy()
        _say(_welcome(stack, settings))
        while True:
            time.sleep(1)
            stack.check()
    except NotStarted as error:
        _complain(str(error))
        return EXIT_NOT_STARTED
    except StackError as error:
        _complain(str(error))
        return EXIT_FAILED
    except MedsosError as error:
        _complain(str(error))
        return EXIT_NOT_STARTED
    except _InterruptedError:
        _say("\nMenghentikan semua layanan …")
        return EXIT_STOPPED
    finally:
        stack.stop()


def _welcome(stack: Stack, settings: Settings) -> str:
    width = max(map(len, USERS))
    users = "\n".join(f"  {name:<{width}}  {stack.passwords[name]}" for name in USERS)
    folders = "\n".join(f"  {settings.intake_dir(slug)}" for slug in office_slugs(settings.offices_dir))
    sandbox = (
        f"Platform latihan     {stack.sandbox_url}   (MODE LATIHAN: tidak ada yang terbit ke publik)\n"
        f"Kotak surat latihan  {stack.sandbox_url}/kotak-surat   (surel dan pesan pengingat)\n"
        if stack.config.sandbox
        else ""
    )
    problems = "".join(
        f"\nPERHATIAN: berkas {item['filename']} tidak dapat dibaca; lihat Import Errors di halaman Airflow."
        for item in stack.api().import_errors()
    )
    return (
        f"\nSiap dipakai.\n\n"
        f"Halaman Airflow      {stack.config.shown_url}\n{sandbox}"
        f"\nPengguna dan kata sandi:\n{users}\n"
        f"\nTaruh foto, video, atau dokumen di folder masuk:\n{folders}\n{problems}"
        f"\nHentikan dengan Ctrl-C. Data tetap tersimpan di {settings.home}."
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
