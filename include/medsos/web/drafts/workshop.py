"""Does heavy work beside the pages: one thing at a time of each sort, so that the server goes on answering.

A queue, not the server's own pool of threads: whoever waits here keeps no thread from Airflow's pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

T = TypeVar("T")
Bench = Literal["gambar", "berkas"]

_benches: dict[str, ThreadPoolExecutor] = {}


async def at_work(bench: Bench, do: Callable[..., T], *arguments: object) -> T:
    """Run `do(*arguments)` as soon as the bench is free.

    :param bench: drawing previews must not wait for a large video that is being looked at.
    """
    if bench not in _benches:
        _benches[bench] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"medsos-{bench}")
    return await asyncio.get_running_loop().run_in_executor(_benches[bench], do, *arguments)
