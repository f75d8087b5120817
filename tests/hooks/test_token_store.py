"""Whoever cannot renew a token now says so, and never that the account is lost."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowRuntimeError
from sqlalchemy.exc import OperationalError

from builders import NOW
from medsos.channels.tokens import TokenPair
from medsos.errors import Transient
from medsos.hooks.tokens import LEASE, VariableTokens
from medsos.store import leases


def test_the_lock_of_a_pair_lets_one_worker_in_at_a_time() -> None:
    inside, most = [0], [0]

    def work() -> None:
        with VariableTokens("medsos_token_uji", sleep=lambda seconds: time.sleep(0.01)).locked():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.02)
            inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] == 1


def test_a_lock_that_never_opens_is_a_passing_fault() -> None:
    now = [NOW]

    def pass_time(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)
        # A worker that lives on and on, and always renews its hold.
        leases.release("medsos_token_uji", "lain")
        leases.acquire("medsos_token_uji", "lain", until=now[0] + LEASE, now=now[0])

    leases.acquire("medsos_token_uji", "lain", until=NOW + LEASE, now=NOW)
    store = VariableTokens("medsos_token_uji", clock=lambda: now[0], sleep=pass_time)

    with pytest.raises(Transient, match="sedang diperbarui oleh pekerja lain"), store.locked():
        pytest.fail("two are in")
    assert now[0] - NOW > LEASE


def test_a_record_out_of_reach_is_a_passing_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rusak.db").write_text("bukan basis data " * 100)
    monkeypatch.setenv("MEDSOS_DATABASE_URL", f"sqlite:///{tmp_path / 'rusak.db'}")

    with pytest.raises(Transient, match="Token belum dapat diperbarui"):
        VariableTokens("medsos_token_uji").locked().__enter__()


@pytest.mark.parametrize(
    "fault", [AirflowRuntimeError.__new__(AirflowRuntimeError), OperationalError("x", {}, Exception())]
)
def test_airflow_out_of_reach_is_a_passing_fault_and_tells_no_token(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    from airflow.models import Variable

    def fail(*args: object, **values: object) -> None:
        raise fault

    monkeypatch.setattr(Variable, "get", fail)
    monkeypatch.setattr(Variable, "set", fail)
    store = VariableTokens("medsos_token_uji", sleep=lambda seconds: None)

    with pytest.raises(Transient, match="Token belum dapat dibaca"):
        store.load()
    with pytest.raises(Transient, match="Token belum dapat disimpan") as caught:
        store.save(TokenPair("rahasia-akses", "rahasia-penyegar"))
    assert "rahasia" not in str(caught.value)


def test_a_new_pair_whose_storing_fails_once_is_stored_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.models import Variable

    stored: dict[str, str] = {}
    faults = [OperationalError("x", {}, Exception())] * 2

    def put(key: str, value: str, **values: object) -> None:
        if faults:
            raise faults.pop()
        stored[key] = value

    monkeypatch.setattr(Variable, "set", put)
    monkeypatch.setattr(Variable, "get", lambda key, default_var=None: stored.get(key, default_var))
    store = VariableTokens("medsos_token_uji", sleep=lambda seconds: None)

    store.save(TokenPair("akses", "penyegar"))

    assert store.load() == TokenPair("akses", "penyegar")
