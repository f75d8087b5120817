"""The DAGs of the recap and of the review: when they run, what they ask, and that Airflow can store them."""

from __future__ import annotations

import importlib.util
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pendulum
import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction, Timetable

from medsos.settings import load_settings

DAGS = Path(__file__).parents[2] / "dags"
WIT = ZoneInfo("Asia/Jayapura")


def dags(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, DAG]:
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(data_dir))
    spec = importlib.util.spec_from_file_location("checked_evaluation", DAGS / "evaluation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {dag.dag_id: dag for dag in module.DAGS}


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, DAG]:
    return dags(load_settings({}).data_dir, monkeypatch)


@pytest.fixture
def eastern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, DAG]:
    """The same office two hours further east."""
    data = tmp_path / "include"
    for name in ("sop", "offices"):
        shutil.copytree(load_settings({}).data_dir / name, data / name)
    file = data / "offices" / "kota-bengkulu" / "office.yaml"
    file.write_text(file.read_text().replace("Asia/Jakarta", "Asia/Jayapura"))
    return dags(data, monkeypatch)


def timetable(dag: DAG) -> Timetable:
    """As the scheduler has it, out of the database."""
    return DagSerialization.from_dict(DagSerialization.to_dict(dag)).timetable


def stretch_before(dag: DAG, at: datetime) -> tuple[str, str]:
    interval = timetable(dag).infer_manual_data_interval(run_after=pendulum.instance(at))
    return tuple(moment.astimezone(WIT).isoformat() for moment in (interval.start, interval.end))  # type: ignore[return-value]


def test_each_office_has_both_dags_with_indonesian_names(found: dict[str, DAG]) -> None:
    names = {dag_id: dag.dag_display_name for dag_id, dag in found.items()}
    assert names == {
        "evaluation__kota_bengkulu": "Rekap evaluasi · KPU Kota Bengkulu",
        "sop_review__kota_bengkulu": "Tinjauan SOP setengah tahun · KPU Kota Bengkulu",
    }
    for dag in found.values():
        assert all(task.task_display_name != task.task_id for task in dag.tasks)
        assert "Menjalankan ulang" in (dag.doc_md or "")
        assert (dag.catchup, dag.is_paused_upon_creation) == (False, False)


def test_the_recap_follows_the_cycles_of_its_office_and_the_calendar(
    found: dict[str, DAG], eastern: dict[str, DAG]
) -> None:
    stored = DagSerialization.to_dict(found["evaluation__kota_bengkulu"])["dag"]["timetable"]
    assert "medsos_cycle_finished__kota_bengkulu" in str(stored)
    assert timetable(found["evaluation__kota_bengkulu"]).periodic
    at = datetime(2026, 11, 1, 0, 30, tzinfo=WIT)
    assert stretch_before(eastern["evaluation__kota_bengkulu"], at) == (
        "2026-10-01T00:00:00+09:00", "2026-11-01T00:00:00+09:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("at", "first", "end"),
    [
        (datetime(2027, 1, 1, 0, 1, tzinfo=WIT), "2026-07-01", "2027-01-01"),
        (datetime(2026, 12, 31, 23, 59, tzinfo=WIT), "2026-01-01", "2026-07-01"),
        (datetime(2026, 7, 1, 0, 1, tzinfo=WIT), "2026-01-01", "2026-07-01"),
    ],
)
def test_the_review_is_about_the_half_year_that_ended(
    eastern: dict[str, DAG], at: datetime, first: str, end: str
) -> None:
    assert stretch_before(eastern["sop_review__kota_bengkulu"], at) == (
        f"{first}T00:00:00+09:00", f"{end}T00:00:00+09:00",
    )  # fmt: skip


def test_past_half_years_are_caught_up_with_one_by_one(found: dict[str, DAG]) -> None:
    table = timetable(found["sop_review__kota_bengkulu"])
    limits = TimeRestriction(
        pendulum.datetime(2024, 1, 1, tz="Asia/Jakarta"), pendulum.datetime(2025, 6, 30), True
    )
    starts, last = [], None
    while (info := table.next_dagrun_info(last_automated_data_interval=last, restriction=limits)) is not None:
        last = DataInterval(info.data_interval.start, info.data_interval.end)
        starts.append(last.start.in_timezone("Asia/Jakarta").to_date_string())
    assert starts == ["2024-01-01", "2024-07-01", "2025-01-01"]


def test_the_form_of_the_sekretaris_is_asked_again_and_never_answers_itself(found: dict[str, DAG]) -> None:
    review = found["sop_review__kota_bengkulu"]
    assert review.task_ids == ["wait_for_working_day", "lay_before", "await_signature", "conclude"]
    form = review.get_task("await_signature")
    assert form.retries >= 100
    assert (form.defaults, form.response_timeout) == (None, None)


def test_a_mistake_in_the_office_s_file_leaves_the_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: dict[str, DAG]
) -> None:
    data = tmp_path / "include"
    for name in ("sop", "offices"):
        shutil.copytree(load_settings({}).data_dir / name, data / name)
    file = data / "offices" / "kota-bengkulu" / "office.yaml"
    file.write_text(file.read_text().replace("mode: api, connection: medsos_x", "mode: apa"))
    broken = dags(data, monkeypatch)
    assert {dag_id: dag.task_ids for dag_id, dag in broken.items()} == {
        dag_id: dag.task_ids for dag_id, dag in found.items()
    }
    assert "channels.x.mode" in (broken["sop_review__kota_bengkulu"].doc_md or "")
