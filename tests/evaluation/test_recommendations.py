"""A recommendation is made when its rule holds, with the figures, and not otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from medsos.errors import ConfigError
from medsos.evaluation.figures.causes import CauseFigures
from medsos.evaluation.figures.channels import ChannelFigures
from medsos.evaluation.figures.cycles import CycleCounts
from medsos.evaluation.figures.months import MonthFigures, months_until
from medsos.evaluation.figures.overview import Overview
from medsos.evaluation.figures.steps import Spread, StepFigures
from medsos.evaluation.period import Period
from medsos.evaluation.report.measures import MEASURES
from medsos.evaluation.report.recommendations import load_rules, recommend
from medsos.settings import load_settings

RULES = load_rules(load_settings().data_dir)
STEPS = (("meeting", "Rapat", 120), ("approval", "Persetujuan Kasubbag", 180))


def step(number: int, median: float) -> StepFigures:
    key, name, target = STEPS[number]
    return StepFigures(number + 1, key, name, 10, 0.9, median, median, median, float(target))


def quiet_period(months_above: int = 0) -> Overview:
    """Ten cycles in which nothing is to be said; the second step's median is above in so many months."""
    counts = CycleCounts(
        cycles=10,
        finished=10,
        revised=3,
        with_posts=10,
        steps_on_time=48,
        steps_total=60,
        posts=50,
        posts_asked=50,
    )
    days = Period.half_year(2026, 2).last
    months = [
        MonthFigures(month, counts, (step(0, 100), step(1, 200 if number < months_above else 170)))
        for number, month in enumerate(months_until(days, 6))
    ]
    causes = tuple(CauseFigures(n + 1, STEPS[n][1], 0, 0.0, {}, 0.5, 0.0) for n in range(2))
    channel = ChannelFigures("tiktok", "TikTok", 20, 18, 0, 18, 22, 2, 60.0)
    spreads = tuple(Spread(step(n, 100), np.array([100.0])) for n in range(2))
    return Overview(counts, spreads, tuple(months), (channel,), causes)


def told(found: Overview) -> dict[str, tuple[str, ...]]:
    return {outcome.key: outcome.sentences for outcome in recommend(found, RULES) if outcome.sentences}


def with_counts(**values: int) -> Overview:
    found = quiet_period()
    return replace(found, counts=replace(found.counts, **values))


def test_a_period_just_within_every_threshold_recommends_nothing() -> None:
    assert told(quiet_period(months_above=2)) == {}


def test_a_median_above_its_target_in_three_months_asks_for_a_review() -> None:
    assert told(quiet_period(months_above=3)) == {
        "target_ditinjau": (
            "Langkah 2 (Persetujuan Kasubbag) mediannya di atas target dalam 3 dari 6 bulan terakhir: tinjau "
            "target 3 jam atau jumlah petugas yang mengerjakannya.",
        )
    }


def test_less_than_four_fifths_on_time_is_told_with_the_worst_step() -> None:
    (sentence,) = told(with_counts(steps_on_time=47))["ketepatan_rendah"]
    assert sentence.startswith("Baru 78 % penilaian langkah yang dalam target (batas 80 %); paling rendah")


def test_a_value_that_rounds_to_its_threshold_is_told_more_exactly() -> None:
    (sentence,) = told(with_counts(steps_on_time=797, steps_total=1000))["ketepatan_rendah"]
    assert sentence.startswith("Baru 79,7 % penilaian langkah yang dalam target (batas 80 %)")


def test_more_than_a_third_with_revision() -> None:
    (sentence,) = told(with_counts(revised=4))["sering_direvisi"]
    assert sentence.startswith("40 % siklus memerlukan revisi")
    assert "sering_direvisi" not in told(with_counts(cycles=60, revised=20))


def test_one_missing_picture_is_enough_and_its_channel_is_named() -> None:
    found = with_counts(without_proof=1)
    found = replace(found, channels=(replace(found.channels[0], with_picture=17),))
    assert "Tangkapan layar belum lengkap pada 1 siklus (TikTok 1)" in told(found)["bukti_kurang"][0]


def test_a_channel_that_fails_often() -> None:
    found = quiet_period()
    failing = replace(found, channels=(replace(found.channels[0], published=17),))
    assert told(failing)["kanal_sering_gagal"][0].startswith("TikTok gagal pada 15 % unggahan (3 dari 20)")
    rare = replace(found, channels=(replace(found.channels[0], asked=9, published=0),))
    assert "kanal_sering_gagal" not in told(rare)


def test_step_three_that_mostly_waits() -> None:
    found = quiet_period()
    causes = (replace(found.causes[0], waiting_share=0.9), replace(found.causes[1], waiting_share=0.6))
    assert told(replace(found, causes=causes)) == {
        "lama_menunggu": (
            "60 % waktu langkah 3 (Persetujuan Kasubbag) habis untuk menunggu: pastikan pelaksana harian "
            "ditunjuk bila pejabat berhalangan, dan tindak lanjuti pengingat pada hari yang sama.",
        )
    }


def test_force_majeure_that_keeps_coming_back() -> None:
    assert "20 % siklus dijalankan dalam keadaan kahar" in told(with_counts(kahar=2))["sering_kahar"][0]


def test_too_few_cycles_are_not_judged() -> None:
    outcomes = {outcome.key: outcome for outcome in recommend(with_counts(cycles=4, revised=4), RULES)}
    assert (outcomes["sering_direvisi"].judged, outcomes["sering_direvisi"].sentences) == (False, ())


def test_every_condition_names_its_threshold_and_every_measure_has_a_rule() -> None:
    conditions = [outcome.condition for outcome in recommend(quiet_period(), RULES)]
    assert conditions[:3] == [
        "Median satu langkah di atas target dalam sedikitnya 3 dari enam bulan terakhir.",
        "Kurang dari 80 % penilaian langkah dalam target.",
        "Lebih dari 33 % siklus memerlukan revisi.",
    ]
    assert {rule.measure for rule in RULES} == set(MEASURES)


def test_a_rule_on_something_unknown_is_refused_with_its_place(tmp_path: Path) -> None:
    source = load_settings().data_dir / "evaluation" / "recommendations.yaml"
    (tmp_path / "evaluation").mkdir()
    target = tmp_path / "evaluation" / "recommendations.yaml"
    target.write_text(source.read_text().replace("measure: revised_rate", "measure: kira_kira"))
    with pytest.raises(ConfigError, match=r"recommendations\.yaml baris \d+.*measure"):
        load_rules(tmp_path)


def test_a_data_folder_without_rules_of_its_own_uses_those_that_are_shipped(tmp_path: Path) -> None:
    assert load_rules(tmp_path) == RULES
