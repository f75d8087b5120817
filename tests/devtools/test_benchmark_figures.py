"""The evaluation's benchmark: its steps on a small record, and its way into the document."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from medsos.devtools import bench_cycles
from medsos.devtools.bench_figures import BEGIN, END, TARGET, Figures, exponent, markdown, verdicts, write
from medsos.indonesian import percent_text

SMALL = Figures(
    database="SQLite", cycles=10_000, events=340_000, first=2.0, first_cpu=1.9, again=2.1, again_cpu=2.0,
    peak_mb=260, page=0.2, page_cpu=0.2, all_time=0.3, all_time_cpu=0.3, report=0.8, report_cpu=0.8,
)  # fmt: skip
LARGE = replace(SMALL, cycles=100_000, events=3_400_000, first=20.0, peak_mb=350, page=1.2)


def test_every_step_of_the_measurement_tells_its_figures(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ukur.db'}"
    told = {}
    for step in ("invent", "evaluate", "look"):
        told |= bench_cycles.in_its_own_process(step, url, 20)
    figures = Figures(database="SQLite", cycles=20, **{**told, "events": int(told["events"])})
    assert figures.events > 20 * 10
    assert min(figures.first, figures.again, figures.page, figures.all_time, figures.report) > 0
    shares = bench_cycles.in_its_own_process("profile", url, 20)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(0 < share < 1 for share in shares.values())


def test_a_goal_is_held_against_the_largest_size() -> None:
    found = {verdict.goal: verdict for verdict in verdicts([SMALL, LARGE], 0.6)}
    missed = [goal for goal, verdict in found.items() if not verdict.met]
    assert missed == [
        "SQLite: 100.000 siklus (3.400.000 kejadian) dalam 10 detik",
        "SQLite: halaman Evaluasi SOP dalam 1 detik",
    ]
    assert found["menit kerja 1.000 selang dalam 1 ms"].measured == "0,6 ms"


def test_ten_times_the_seconds_for_ten_times_the_cycles_is_linear_growth() -> None:
    assert exponent([SMALL, LARGE]) == pytest.approx(1)
    slower = replace(LARGE, first=200.0)
    assert exponent([SMALL, slower]) == pytest.approx(2)
    assert not next(v for v in verdicts([SMALL, slower], 0.6) if "sebanding" in v.goal).met


def test_the_figures_replace_the_former_ones_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"# Judul\n\n{BEGIN}\nlama\n{END}\n\nSesudahnya.\n", encoding="utf-8")
    tables = markdown(
        [SMALL, LARGE], verdicts([SMALL, LARGE], 0.6), {"SQLite": {"membaca": 0.4}}, 10_000,
        date(2026, 11, 23), 0.5,
    )  # fmt: skip
    write(tables, document)
    text = document.read_text(encoding="utf-8")
    assert text == f"# Judul\n\n{BEGIN}\n\n{tables}\n\n{END}\n\nSesudahnya.\n"
    assert "| SQLite | 100.000 | 3.400.000 | 20 (1,9) | 170.000 |" in text
    assert f"| membaca | {percent_text(0.4)} |" in text
    other = tmp_path / "lain.md"
    other.write_text("# Tanpa tempat\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place"):
        write(tables, other)


def test_the_document_has_a_place_for_its_figures() -> None:
    text = TARGET.read_text(encoding="utf-8")
    assert text.index(BEGIN) < text.index(END)
