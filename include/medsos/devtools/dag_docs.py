"""Writes `docs/alur.md` from the DAG files, so that the documentation cannot differ from what runs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.settings import PACKAGE_ROOT
from medsos.sop.model import STEP_KEYS

PROJECT_ROOT = PACKAGE_ROOT.parent.parent
DAGS_DIR = PROJECT_ROOT / "dags"
TARGET = PROJECT_ROOT / "docs" / "alur.md"
SHOWN_DAG = "content_cycle__kota_bengkulu"
OTHER_DAGS = ("evaluation__kota_bengkulu", "sop_review__kota_bengkulu")
"""The offices' DAGs differ only in people and channels; one stands for all."""

_RULES = {
    "all_success": "setelah semua pendahulunya berhasil",
    "all_done": "selalu, apa pun hasil pendahulunya",
    "none_failed_min_one_success": "bila tidak ada yang gagal dan paling sedikit satu berhasil",
}


def write(target: Path = TARGET) -> None:
    """Generate the page."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(), encoding="utf-8")


def is_current(target: Path = TARGET) -> bool:
    """Whether the page in the repository is what would be generated now."""
    return target.exists() and target.read_text(encoding="utf-8") == render()


def render() -> str:
    """The page as Markdown."""
    dags = _load()
    dag = dags[SHOWN_DAG]
    environment = Environment(  # noqa: S701  the output is Markdown, not HTML
        loader=PackageLoader("medsos.devtools"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("alur.md.j2").render(
        dag=dag,
        form=[
            {
                "title": param.schema.get("title", name),
                "name": name,
                "description": param.description or "",
            }
            for name, param in ((name, dag.params.get_param(name)) for name in dag.params)
        ],
        steps=[_step(dag, key) for key in STEP_KEYS],
        others=[
            {"dag": other, "tasks": [_task(task) for task in other.topological_sort()]}
            for other in (dags[name] for name in OTHER_DAGS)
        ],
    )


def _step(dag: Any, key: str) -> dict[str, Any]:
    group = dag.task_group_dict[key]
    inside = [task for task in dag.topological_sort() if task.task_id.startswith(f"{key}.")]
    return {
        "name": group.group_display_name,
        "tasks": [_task(task) for task in inside],
    }


def _task(task: Any) -> dict[str, str]:
    return {
        "name": task.task_display_name,
        "id": task.task_id,
        "kind": type(task).__name__,
        "rule": _RULES[task.trigger_rule.value],
    }


def _load() -> dict[str, Any]:
    """The DAGs as their files make them, as Airflow itself would collect them."""
    # Airflow reads these when it is first imported; the page must not depend on a developer's own Airflow.
    os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="medsos-docs-"))
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=DAGS_DIR)
    return dict(bag.dags)
