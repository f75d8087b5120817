"""Registers our pages in Airflow: the application, the menu entries, the tab of a task."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from medsos.web.mounted import Pages

PREFIX = "/medsos"
PAGES = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + PREFIX


def _view(name: str, path: str, icon: str, **values: object) -> dict[str, object]:
    return {
        "name": name,
        "href": f"{PAGES}/{path}",
        "icon": f"{PAGES}/statis/{icon}.svg",
        "icon_dark_mode": f"{PAGES}/statis/{icon}-gelap.svg",
        **values,
    }


class MedsosPlugin(AirflowPlugin):
    """The web pages of the social media procedure."""

    name = "medsos"
    fastapi_apps = [{"app": Pages(), "url_prefix": PREFIX, "name": "Medsos KPU"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        _view("Tindakan", "perlu-tindakan", "tindakan", url_route="perlu-tindakan", nav_top_level=True),
        _view("Ajukan", "ajukan", "ajukan", url_route="ajukan", nav_top_level=True),
        _view("Siklus", "siklus", "siklus", url_route="siklus", nav_top_level=True),
        _view("Evaluasi", "evaluasi", "evaluasi", url_route="evaluasi", nav_top_level=True),
        _view("Arsip", "arsip-siklus", "arsip", url_route="arsip-siklus", nav_top_level=True),
        _view("Pejabat", "pejabat", "pejabat", url_route="pejabat", nav_top_level=True),
        _view(
            "Formulir",
            "formulir?dag_id={DAG_ID}&run_id={RUN_ID}&task_id={TASK_ID}",
            "formulir",
            destination="task_instance",
            url_route="formulir",
        ),
    ]
