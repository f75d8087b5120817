"""The evaluation is shown as it is on record, and can be taken away."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from page_reading import Visit, text_of
from web_samples import decide, design_round, new_cycle, office_with_people, publish_all

from medsos.evidence.archive import Archive
from medsos.store.evaluation import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration
from medsos.web.evaluation.exports import TABLES


def test_the_evaluation_shows_each_step_against_its_target(visit: Visit, finished: int) -> None:
    browser = visit("analis")
    rows = re.findall(r"<tr>(.*?)</tr>", browser.get("/medsos/evaluasi").text, re.S)
    steps = [text_of(row) for row in rows if "Pengunggahan" in row]
    assert steps == ["4 · Pengunggahan 1 15 menit 5 menit 5 menit 100 %"]
    assert "Rapat Pleno Terbuka" in browser.get("/medsos/evaluasi?bulan=2026-11").text
    assert "Rapat Pleno Terbuka" not in browser.get("/medsos/evaluasi?bulan=2026-10").text


@pytest.mark.parametrize("table", list(TABLES))
def test_every_column_of_an_evaluation_table_has_its_heading(table: str) -> None:
    model = {m.__tablename__: m for m in (StepDuration, ChannelResult, CycleScorecard, MonthlyRecap)}[table]
    assert list(TABLES[table].headings) == [column.name for column in model.__table__.columns]


def test_a_table_can_be_taken_away_as_csv(visit: Visit, archive: Archive) -> None:
    office_with_people()
    cycle_id = new_cycle('=HYPERLINK("http://jahat.example";"klik")')
    design_round(archive, cycle_id)
    decide(cycle_id, 1, "setuju")
    publish_all(archive, cycle_id)
    answer = visit("analis").get("/medsos/evaluasi/cycle_scorecards.csv?bulan=2026-11")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Nomor siklus"] for row in rows] == [str(cycle_id)]
    assert rows[0]["Judul"].startswith("'=")
    assert rows[0]["Dimohon"] == "2026-11-23 10:00:00"
    assert re.fullmatch(r"\d+,\d\d", rows[0]["Menit kerja"])
    steps = visit("analis").get("/medsos/evaluasi/step_durations.csv").text.splitlines()
    assert len(steps) == 7
