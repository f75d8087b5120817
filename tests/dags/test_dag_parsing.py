"""Every DAG file imports, and the content cycle reads as the SOP."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.sdk import DAG

from medsos.offices.model import CHANNELS
from medsos.settings import load_settings
from medsos.sop.model import STEP_KEYS, load_sop

DAGS = Path(__file__).parents[2] / "dags"
EXPECTED_FILES = {"content_cycle.py", "evaluation.py", "watch.py"}
HEAVY = (
    "PIL",
    "pandas",
    "sqlalchemy",
    "playwright",
    "requests",
    "cv2",
    "av",
    "matplotlib",
    "holidays",
    "apprise",
)


def dags_of(file: str, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, DAG]:
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(data_dir))
    spec = importlib.util.spec_from_file_location(f"checked_{file[:-3]}", DAGS / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    made: list[DAG] = []
    original = DAG.__init__

    def remember(self: DAG, *args: object, **kwargs: object) -> None:
        original(self, *args, **kwargs)  # type: ignore[arg-type]
        made.append(self)

    monkeypatch.setattr(DAG, "__init__", remember)
    spec.loader.exec_module(module)
    return {dag.dag_id: dag for dag in made}


@pytest.fixture
def cycle(monkeypatch: pytest.MonkeyPatch) -> DAG:
    return dags_of("content_cycle.py", load_settings({}).data_dir, monkeypatch)[
        "content_cycle__kota_bengkulu"
    ]


def test_every_file_in_the_dags_folder_is_known_here() -> None:
    assert {path.name for path in DAGS.glob("*.py")} == EXPECTED_FILES


def test_the_groups_are_the_six_steps_in_sop_order_with_their_names(cycle: DAG) -> None:
    sop = load_sop(load_settings({}).sop_dir)
    groups = [g for g in cycle.task_group.topological_sort() if g.node_id in STEP_KEYS]
    assert [g.node_id for g in groups] == list(STEP_KEYS)
    assert [g.group_display_name for g in groups] == [f"{s.number} · {s.name}" for s in sop.steps]  # type: ignore[attr-defined]


def test_every_task_has_an_indonesian_name_and_the_doc_explains_the_sop(cycle: DAG) -> None:
    for task in cycle.tasks:
        assert task.task_display_name != task.task_id, task.task_id
    assert cycle.doc_md is not None
    for text in ("4/ORT.06/1771/2/2023", "120 menit", "180 menit", "Kasubbag"):
        assert text in cycle.doc_md


def test_each_channel_is_published_after_the_wait_and_photographed_after_that(cycle: DAG) -> None:
    for channel in CHANNELS:
        publish = cycle.get_task(f"upload.publish_{channel}")
        assert "upload.wait_until_scheduled" in publish.upstream_task_ids
        assert publish.downstream_task_ids >= {f"upload.capture_{channel}"}


def test_no_channel_waits_for_another_and_links_come_whatever_failed(cycle: DAG) -> None:
    for channel in CHANNELS:
        task = cycle.get_task(f"upload.publish_{channel}")
        assert task.upstream_task_ids == {"upload.wait_until_scheduled"}
    assert cycle.get_task("link.build_links").trigger_rule.value == "all_done"


def test_forms_are_asked_again_and_never_answer_themselves(cycle: DAG) -> None:
    forms = [task for task in cycle.tasks if hasattr(task, "assigned_users")]
    # Minutes, plan, three decisions, two revisions, and per channel two for what only a person can do:
    # uploading or looking, and photographing what the public does not get to see.
    assert len(forms) == 7 + 2 * len(CHANNELS)
    for form in forms:
        assert form.retries >= 100
        assert form.defaults is None
        assert form.response_timeout is None


def test_a_mistake_in_one_office_stops_only_that_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "include"
    shutil.copytree(load_settings({}).sop_dir, data / "sop")
    shutil.copytree(load_settings({}).offices_dir, data / "offices")
    other = data / "offices" / "kota-lain"
    shutil.copytree(data / "offices" / "kota-bengkulu", other)
    text = (other / "office.yaml").read_text(encoding="utf-8")
    (other / "office.yaml").write_text(
        text.replace("slug: kota-bengkulu", "slug: kota-lain").replace(
            "mode: api, connection: medsos_x", "mode: apa"
        ),
        encoding="utf-8",
    )
    dags = dags_of("content_cycle.py", data, monkeypatch)
    assert len(dags["content_cycle__kota_bengkulu"].tasks) > 20
    broken = dags["content_cycle__kota_lain"]
    # The same shape, so that cycles in flight keep their tasks.
    assert broken.task_ids == dags["content_cycle__kota_bengkulu"].task_ids
    assert broken.doc_md is not None
    assert "channels.x.mode" in broken.doc_md


def test_the_watch_runs_by_itself_one_at_a_time_and_makes_up_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = dags_of("watch.py", load_settings({}).data_dir, monkeypatch)["watch"]
    assert (watch.catchup, watch.max_active_runs, watch.is_paused_upon_creation) == (False, 1, False)
    assert watch.schedule <= timedelta(minutes=5)
    assert watch.task_ids == ["remind_kota_bengkulu"]
    assert "Sekretaris" in (watch.doc_md or "")


def test_the_trail_is_guarded_every_day_after_work(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = dags_of("watch.py", load_settings({}).data_dir, monkeypatch)["guard"]
    assert (guard.schedule, str(guard.timezone)) == ("0 17 * * *", "Asia/Jakarta")
    assert (guard.catchup, guard.max_active_runs, guard.is_paused_upon_creation) == (False, 1, False)


def test_numbers_are_read_at_night_and_no_channel_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    metrics = dags_of("watch.py", load_settings({}).data_dir, monkeypatch)["metrics"]
    assert (metrics.schedule, str(metrics.timezone)) == ("0 4 * * *", "Asia/Jakarta")
    assert (metrics.catchup, metrics.max_active_runs, metrics.is_paused_upon_creation) == (False, 1, False)
    assert metrics.task_ids == [f"read_kota_bengkulu_{channel}" for channel in CHANNELS]
    assert not any(task.upstream_task_ids for task in metrics.tasks)
    assert all(task.task_display_name.startswith("Baca angka · ") for task in metrics.tasks)
    assert "tidak tersedia" in (metrics.doc_md or "")


def test_links_and_tokens_are_looked_at_every_night(monkeypatch: pytest.MonkeyPatch) -> None:
    health = dags_of("watch.py", load_settings({}).data_dir, monkeypatch)["health"]
    assert (health.schedule, str(health.timezone)) == ("30 4 * * *", "Asia/Jakarta")
    assert (health.catchup, health.max_active_runs, health.is_paused_upon_creation) == (False, 1, False)
    assert set(health.task_ids) == {"check_links_kota_bengkulu", "check_tokens_kota_bengkulu"}
    assert not any(task.upstream_task_ids for task in health.tasks)
    assert "satu kali" in (health.doc_md or "")


def test_parsing_imports_nothing_heavy() -> None:
    code = (
        "import sys; import airflow.sdk; before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(DAGS)!r}); import content_cycle, evaluation, watch\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules and m not in before])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip().splitlines()[-1] == "[]"
