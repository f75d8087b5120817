"""The plugin only registers: pages, menu entries with their icons, the tab of a task."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from runpy import run_path

from medsos.web.addresses import PREFIX, STATIC

PLUGINS = Path(__file__).parents[2] / "plugins"


def plugin() -> type:
    return run_path(str(PLUGINS / "medsos_plugin.py"))["MedsosPlugin"]


def test_there_is_one_file_for_the_loader_to_run() -> None:
    assert [path.name for path in PLUGINS.glob("*.py")] == ["medsos_plugin.py"]


def test_menu_and_tab_lead_to_pages_that_exist_and_have_icons() -> None:
    from medsos.web.app import create_app

    pages = {route.path for route in create_app().routes}
    views = plugin().external_views
    names = ["Tindakan", "Ajukan", "Siklus", "Evaluasi", "Arsip", "Pejabat", "Formulir"]
    assert [view["name"] for view in views] == names
    assert len({view["url_route"] for view in views}) == len(views)
    for view in views:
        assert view["href"].startswith(f"{PREFIX}/")
        assert view["href"].removeprefix(PREFIX).split("?")[0] in pages
        for icon in (view["icon"], view["icon_dark_mode"]):
            assert (STATIC / icon.removeprefix(f"{PREFIX}/statis/")).is_file()


def test_loading_the_plugin_does_not_load_the_pages() -> None:
    code = (
        f"import runpy, sys; runpy.run_path({str(PLUGINS / 'medsos_plugin.py')!r}); "
        "print(*[name for name in ('pandas', 'PIL', 'jinja2', 'medsos.web.app') if name in sys.modules])"
    )
    plain = (
        "import airflow.plugins_manager, sys; "
        "print(*[name for name in ('pandas', 'PIL', 'jinja2') if name in sys.modules])"
    )
    loaded, without = (
        set(
            subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
            .stdout.splitlines()[-1]
            .split()
        )
        for text in (code, plain)
    )
    assert loaded <= without
