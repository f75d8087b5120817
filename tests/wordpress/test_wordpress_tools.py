"""A tool that cannot be had is told with what to type; a package that is not the pinned one is refused."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest
import wordpress_tools
from wordpress_tools import SQLITE_PLUGIN, ToolMissing


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the whole `PATH`, and an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("MEDSOS_TEST_CACHE", str(tmp_path / "cache"))
    return folder


def test_without_php_an_ordinary_user_is_told_what_to_type(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(ToolMissing, match="sudo apt-get install php-cli php-sqlite3"):
        wordpress_tools.php()


def test_without_npm_and_uv_people_are_told_what_to_type(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress_tools.sys, "executable", str(tools / "python"))

    with pytest.raises(ToolMissing, match="sudo apt-get install npm"):
        wordpress_tools.archive(SQLITE_PLUGIN)


def test_a_package_that_is_not_the_pinned_one_is_refused_and_not_kept(tools: Path, tmp_path: Path) -> None:
    other = tmp_path / "lain.tgz"
    with tarfile.open(other, "w:gz") as tar:
        tar.add(__file__, SQLITE_PLUGIN.member)
    npm = tools / "npm"
    npm.write_text(f"#!{shutil.which('sh', path='/bin:/usr/bin')}\n/bin/cp {other} ./paket.tgz\n")
    npm.chmod(0o755)

    with pytest.raises(ToolMissing, match="tidak sama dengan yang dipatok"):
        wordpress_tools.archive(SQLITE_PLUGIN)

    assert not (wordpress_tools.cache() / SQLITE_PLUGIN.file_name).exists()
