"""`medsos evaluate` writes what was asked for, and says in one sentence why it did not."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result
from cycle_story import UPLOADED, Story
from openpyxl import load_workbook
from typer.testing import CliRunner

from builders import NOW
from medsos.cli import app
from medsos.evaluation.command import Wish, evaluate


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", *arguments])


@pytest.fixture
def november(finished_story: Story) -> Story:
    """A month with one cycle in it, which went by the book."""
    finished_story.tell("13:14 evaluation.evaluate_cycle finished")
    finished_story.evaluate()
    return finished_story


def test_a_month_in_all_formats_is_written_and_told(november: Story, tmp_path: Path) -> None:
    folder = tmp_path / "baru" / "ekspor"
    result = run("--from", "2026-11-01", "--to", "2026-11-30", "--out", str(folder))
    assert result.exit_code == 0, result.output
    first, computed, *told, last = result.stdout.splitlines()
    assert first == "November 2026, Komisi Pemilihan Umum Kota Bengkulu"
    assert computed == "  1 siklus dihitung ulang; tidak ada yang berubah"
    assert last == f"Tersimpan di {folder}."
    assert {tuple(line.split()) for line in told} >= {
        ("waktu-per-langkah-kota-bengkulu-2026-11.csv", "6", "baris"),
        ("hasil-per-kanal-kota-bengkulu-2026-11.parquet", "5", "baris"),
        ("evaluasi-kota-bengkulu-2026-11.xlsx", "18", "baris"),
    }
    assert sorted(path.name for path in folder.iterdir()) == sorted(line.split()[0] for line in told)
    book = load_workbook(folder / "evaluasi-kota-bengkulu-2026-11.xlsx")
    assert book["Nilai per siklus"]["A2"].value == november.cycle_id


def test_one_format_of_one_office_and_some_days(november: Story, tmp_path: Path) -> None:
    result = run(
        *("--from", "2026-11-23", "--to", "2026-11-24", "--format", "parquet"),
        *("--office", "kota-bengkulu", "--out", str(tmp_path / "x")),
    )
    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in (tmp_path / "x").iterdir())
    assert len(names) == 4
    assert names[1] == "nilai-per-siklus-kota-bengkulu-2026-11-23_2026-11-24.parquet"
    assert list(pd.read_parquet(tmp_path / "x" / names[1])["cycle_id"]) == [november.cycle_id]


def test_without_dates_it_is_the_last_full_month_of_the_office(november: Story, tmp_path: Path) -> None:
    # In Bengkulu it is 1 December already.
    midnight = NOW.replace(day=30, hour=17, minute=0)
    for now, month in ((midnight, "November 2026"), (midnight - timedelta(seconds=1), "Oktober 2026")):
        said = StringIO()
        code = evaluate(Wish("", "", "csv", tmp_path), clock=lambda now=now: now, out=said)
        assert code == 0
        assert said.getvalue().startswith(month)


def test_writing_again_replaces_the_files(november: Story, new_story: Any, tmp_path: Path) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-30", "--format", "csv", "--out", str(tmp_path))
    assert run(*days).exit_code == 0
    other = new_story("Satu lagi")
    other.tell(UPLOADED)
    other.evaluate()
    assert "12 baris" in run(*days).stdout
    assert sorted(path.suffix for path in tmp_path.glob("*-2026-11*")) == [".csv"] * 4
    assert not list(tmp_path.glob(".*"))


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-11-01"], "Isi --from dan --to bersama-sama"),
        (["--to", "2026-11-30"], "Isi --from dan --to bersama-sama"),
        (["--from", "2026-11-30", "--to", "2026-11-01"], "Tukar keduanya"),
        (["--from", "1 November", "--to", "2026-11-30"], "--from: “1 November” bukan tanggal"),
        (["--from", "2026-11-01", "--to", "2026-11-31"], "--to: “2026-11-31” bukan tanggal"),
        (["--from", "2026-W45-1", "--to", "2026-11-30"], "bukan tanggal"),
        (["--from", "0001-01-01", "--to", "9999-12-31"], "bukan tanggal"),
        (["--format", "pdf"], "“pdf” tidak dikenal. Pilih csv, parquet, xlsx, ocel, xes, atau semua"),
        (["--office", "../kota"], "Kantor “../kota” tidak ada. Yang ada: kota-bengkulu."),
        (["--out", "/dev/null/x"], "tidak dapat ditulis ke /dev/null/x"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_the_code_is_2(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "ekspor").exists()


def test_without_a_record_it_is_said_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDSOS_HOME", str(tmp_path))
    monkeypatch.delenv("MEDSOS_DATABASE_URL", raising=False)
    result = run("--out", str(tmp_path / "x"))
    assert (result.exit_code, result.stderr) == (
        1,
        "Catatan siklus tidak dapat dibaca. Siapkan basis datanya dengan: medsos init\n",
    )
    assert not (tmp_path / "x").exists()


@pytest.mark.usefixtures("november")
def test_too_many_rows_for_excel_are_refused_before_a_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medsos.evaluation.export.as_xlsx.MOST_ROWS", 5)
    days = ("--from", "2026-11-01", "--to", "2026-11-30", "--out", str(tmp_path / "x"))
    result = run(*days)
    assert result.exit_code == 2
    assert "memuat 6 baris, sedangkan satu lembar Excel paling banyak 5" in result.stderr
    assert not (tmp_path / "x").exists()
    assert run(*days, "--format", "csv").exit_code == 0


def test_what_came_late_is_computed_before_it_is_written(november: Story, tmp_path: Path) -> None:
    november.tell("13:05 upload.publish_web waiting\n13:06 upload.publish_web resumed")
    days = ("--from", "2026-11-01", "--to", "2026-11-30", "--format", "parquet", "--out", str(tmp_path))
    assert "1 siklus dihitung ulang; 1 baris diperbaiki, tercatat pada jejak audit" in run(*days).stdout
    rows = pd.read_parquet(tmp_path / "waktu-per-langkah-kota-bengkulu-2026-11.parquet")
    assert rows.set_index("step_no").loc[4, "waiting_minutes"] == 1


@pytest.mark.parametrize(("chosen", "name"), [("ocel", "2026-11.jsonocel"), ("xes", "2026-11.xes")])
def test_event_logs_are_written_too(november: Story, tmp_path: Path, chosen: str, name: str) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-30", "--format", chosen, "--out", str(tmp_path / "log"))
    result = run(*days)
    assert result.exit_code == 0, result.output
    [log] = (tmp_path / "log").iterdir()
    assert log.name == f"proses-kota-bengkulu-{name}"
    assert "kasubbag" in log.read_text()


def test_pseudonyms_stand_for_people_in_an_event_log(november: Story, tmp_path: Path) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-11-30", "--out", str(tmp_path / "log"))
    assert run(*days, "--format", "ocel", "--pseudonyms").exit_code == 0
    [log] = (tmp_path / "log").iterdir()
    assert '"kasubbag"' not in log.read_text()


def test_a_cycle_is_explained(november: Story) -> None:
    result = run("--explain", str(november.cycle_id))
    assert result.exit_code == 0
    assert "3 · Persetujuan Kasubbag: 30 menit kerja dari target 180, tepat waktu" in result.stdout


@pytest.mark.usefixtures("home")
def test_a_cycle_that_is_not_there_is_no_cycle_to_explain() -> None:
    result = run("--explain", "4711")
    assert (result.exit_code, result.stderr) == (
        2, "Siklus 4711 tidak ada. Nomor siklus tertulis pada halaman Siklus.\n",
    )  # fmt: skip
