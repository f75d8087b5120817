"""The evaluation is shown as it is on record, and can be taken away."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO

import pandas as pd
import pytest
from openpyxl import load_workbook
from page_reading import Visit, text_of
from web_samples import decide, design_round, new_cycle, office_with_people, publish_all

from medsos.evidence.archive import Archive


def test_the_evaluation_shows_each_step_against_its_target(visit: Visit, finished: int) -> None:
    browser = visit("analis")
    rows = re.findall(r"<tr>(.*?)</tr>", browser.get("/medsos/evaluasi").text, re.S)
    steps = [text_of(row) for row in rows if "Pengunggahan" in row]
    assert steps[0] == "4 · Pengunggahan 1 15 menit 5 menit 5 menit 5 menit 100 %"
    assert "Rapat Pleno Terbuka" in browser.get("/medsos/evaluasi?masa=2026-11").text
    assert "Rapat Pleno Terbuka" not in browser.get("/medsos/evaluasi?masa=2026-10").text


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


def test_a_table_can_be_taken_away_as_parquet(visit: Visit, finished: int) -> None:
    answer = visit("analis").get("/medsos/evaluasi/step_durations.parquet?bulan=2026-11")
    assert (
        'filename="waktu-per-langkah-kota-bengkulu-2026-11.parquet"' in answer.headers["content-disposition"]
    )
    frame = pd.read_parquet(BytesIO(answer.content))
    assert list(frame["step_no"]) == [1, 2, 3, 4, 5, 6]
    assert set(frame["cycle_id"]) == {finished}


def test_all_tables_can_be_taken_away_as_one_workbook(visit: Visit, finished: int) -> None:
    answer = visit("analis").get("/medsos/evaluasi/tabel.xlsx?bulan=2026-11")
    assert 'filename="evaluasi-kota-bengkulu-2026-11.xlsx"' in answer.headers["content-disposition"]
    assert "spreadsheetml" in answer.headers["content-type"]
    book = load_workbook(BytesIO(answer.content))
    assert book["Nilai per siklus"]["A2"].value == finished
    assert load_workbook(BytesIO(visit("analis").get("/medsos/evaluasi/tabel.xlsx").content)).sheetnames == [
        "Waktu per langkah", "Hasil per kanal", "Nilai per siklus", "Rekap bulanan", "Penjelasan",
    ]  # fmt: skip


@pytest.mark.parametrize("file", ["users.csv", "audit_log.parquet", "step_durations.json", "cycles.csv"])
def test_nothing_but_the_evaluation_tables_can_be_taken_away(visit: Visit, finished: int, file: str) -> None:
    assert visit("analis").get(f"/medsos/evaluasi/{file}").status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "9999-12", "0000-01", "0001-01", "9998-12", "x'--"])
@pytest.mark.parametrize("file", ["cycle_scorecards.csv", "monthly_recap.parquet", "tabel.xlsx"])
def test_an_address_with_a_strange_month_is_answered(
    visit: Visit, finished: int, file: str, month: str
) -> None:
    assert visit("analis").get(f"/medsos/evaluasi/{file}", params={"bulan": month}).status_code == 200
