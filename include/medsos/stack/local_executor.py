"""Airflow's LocalExecutor with a process of its own for every task, so that none of them can be missed.

Airflow's own keeps some workers that share one queue. When one of them is killed while it waits there, it
takes the queue's lock with it and no task ever starts again; what a killed one had taken and not begun stays
"queued" for ever; and all of them outlive a killed scheduler. Here a killed process is noticed at once, its
task is tried again, and nobody else is touched.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from typing import Any

from airflow.executors.base_executor import BaseExecutor, get_execution_api_server_url
from airflow.executors.local_executor import LocalExecutor

log = logging.getLogger(__name__)

TITLE = "airflow worker -- LocalExecutor:"
"""How the processes show in a process list, as with Airflow's own."""


class ProcessPerTaskExecutor(LocalExecutor):
    """Runs at most `parallelism` tasks at the same time on this machine."""

    def start(self) -> None:
        self._processes: dict[Any, tuple[Any, BaseProcess]] = {}

    def _process_workloads(self, workload_list: Sequence[Any]) -> None:
        # Frozen objects stay shared between the scheduler and its forks.
        gc.freeze()
        try:
            for workload in workload_list:
                self._begin(workload)
        finally:
            gc.unfreeze()

    def _begin(self, workload: Any) -> None:
        for queue in (self.queued_tasks, self.queued_callbacks, self.queued_connection_tests):
            queue.pop(workload.key, None)
        if workload.running_state is not None:
            self.change_state(workload.key, workload.running_state, remove_running=False)
        process = multiprocessing.get_context("fork").Process(target=_run, args=(workload, self.conf))
        process.start()
        self.running.add(workload.key)
        self._processes[workload.key] = workload, process

    def sync(self) -> None:
        """Report every process that has ended: by itself, or because somebody killed it."""
        for key, (workload, process) in list(self._processes.items()):
            if process.is_alive():
                continue
            del self._processes[key]
            if process.exitcode == 0:
                self.change_state(key, workload.success_state)
            else:
                self.change_state(key, workload.failure_state, f"exit code {process.exitcode}")
            process.close()

    def end(self) -> None:
        """Wait for the tasks that run."""
        for _, process in list(self._processes.values()):
            process.join()
        self.sync()


def _run(workload: Any, conf: Any) -> None:
    # Ctrl-C reaches the whole terminal; it is the scheduler that ends, after its tasks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        BaseExecutor.run_workload(
            workload,
            server=get_execution_api_server_url(conf),
            proctitle=f"{TITLE} {workload.display_name}",
            subprocess_logs_to_stdout=True,
        )
    except Exception:
        log.exception("Workload execution failed.")
        raise SystemExit(1) from None
