"""What an analyst takes away opens with numbers as numbers, dates as dates, and text as nothing but text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO, StringIO

import pandas as pd
import pyarrow.parquet as pq
import pytest
from evaluated_rows import HOSTILE_TITLES, NOVEMBER_EVENING, evaluated_cycle, recap
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape

from builders import NOW, make_cycle
from medsos.errors import ExportError
from medsos.evaluation.channels import NOT_UPLOADED
from medsos.evaluation.export import FORMATS, ExportFile, Format, files_of
from medsos.evaluation.export.as_xlsx import MOST_ROWS, check_size
from medsos.evaluation.export.columns import TABLES, Kind
from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.publishing.states import State
from medsos.store.session import reading

NOVEMBER = Period.month(date(2026, 11, 1))


@pytest.fixture
def elsewhere(office: Office) -> Office:
    """An office two hours east."""
    return office.model_copy(
        update={"slug": "kota-jayapura", "name": "KPU Kota Jayapura", "time_zone": "Asia/Jayapura"}
    )


def exported(
    offices: Sequence[Office], period: Period | None = NOVEMBER, formats: Iterable[Format] = FORMATS
) -> dict[str, ExportFile]:
    with reading() as session:
        files = files_of(session, offices=offices, period=period, formats=formats, made_at=NOW)
        return {file.name: file for file in files}


def csv_rows(file: ExportFile) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"), newline=""), delimiter=";"))


def book_of(files: dict[str, ExportFile]) -> Workbook:
    (file,) = [file for file in files.values() if file.format == "xlsx"]
    return load_workbook(BytesIO(file.content))


def sheet_rows(book: Workbook, name: str) -> list[dict[str, object]]:
    headings, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.mark.usefixtures("home")
def test_a_month_is_nine_files_named_after_table_office_and_month(office: Office) -> None:
    cycle_id = evaluated_cycle()
    files = exported([office])
    assert sorted(files) == sorted(
        [
            f"{name}-kota-bengkulu-2026-11.{kind}"
            for name in ("waktu-per-langkah", "hasil-per-kanal", "nilai-per-siklus", "rekap-bulanan")
            for kind in ("csv", "parquet")
        ]
        + ["evaluasi-kota-bengkulu-2026-11.xlsx"]
    )
    assert files["waktu-per-langkah-kota-bengkulu-2026-11.csv"].rows == 6
    assert files["evaluasi-kota-bengkulu-2026-11.xlsx"].rows == 6 + 2 + 1
    assert csv_rows(files["nilai-per-siklus-kota-bengkulu-2026-11.csv"])[0]["Nomor siklus"] == str(cycle_id)


@pytest.mark.usefixtures("home")
def test_a_cycle_belongs_to_the_month_in_which_it_ended_on_the_clock_of_its_office(
    office: Office, elsewhere: Office
) -> None:
    last = evaluated_cycle(completed_at=NOVEMBER_EVENING)
    first = evaluated_cycle(completed_at=NOVEMBER_EVENING + timedelta(seconds=1))
    # In Jayapura it is December already.
    east = evaluated_cycle(completed_at=NOVEMBER_EVENING - timedelta(hours=1), office="kota-jayapura")
    for period, expected in ((NOVEMBER, {last}), (Period.month(date(2026, 12, 1)), {first, east})):
        for name, file in exported([office, elsewhere], period, ["parquet"]).items():
            if "semua-kantor" in name and "rekap" not in name:
                assert set(pd.read_parquet(BytesIO(file.content))["cycle_id"]) == expected


@pytest.mark.usefixtures("home")
def test_a_cycle_that_goes_on_is_in_no_export(office: Office) -> None:
    make_cycle()
    assert sum(file.rows for file in exported([office], None).values()) == 0


@pytest.mark.usefixtures("home")
def test_csv_is_written_as_indonesian_spreadsheets_read_it(office: Office) -> None:
    evaluated_cycle(minutes=1234.5)
    recap(date(2026, 11, 1))
    files = exported([office], formats=["csv"])
    steps = files["waktu-per-langkah-kota-bengkulu-2026-11.csv"]
    assert steps.content.startswith(b"\xef\xbb\xbfNomor siklus;Kantor;")
    assert steps.content.count(b"\r\n") == 7
    row = csv_rows(steps)[1]
    assert (row["Mulai"], row["Selesai"]) == ("2026-11-23 07:00:00", "2026-11-23 10:00:00")
    assert (row["Menit kerja"], row["Selisih dari target (menit)"]) == ("1234,50", "1054,50")
    assert (row["Tepat waktu"], row["Kahar"]) == ("tidak", "tidak")
    assert csv_rows(steps)[0]["Tepat waktu"] == ""
    months = csv_rows(files["rekap-bulanan-kota-bengkulu-2026-11.csv"])
    assert (months[0]["Bulan"], months[0]["Bagian tepat waktu"]) == ("2026-11-01", "0,6667")


@pytest.mark.usefixtures("home")
def test_no_title_becomes_a_formula_in_a_spreadsheet_that_opens_the_csv(office: Office) -> None:
    for title in HOSTILE_TITLES:
        evaluated_cycle(title, approved_by=title[:250])
    (file,) = [file for name, file in exported([office], formats=["csv"]).items() if "nilai" in name]
    rows = csv_rows(file)
    assert [row["Judul"].removeprefix("'") for row in rows] == list(HOSTILE_TITLES)
    for row in rows:
        assert not row["Judul"].startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
        assert not row["Disetujui oleh"].startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.usefixtures("home")
def test_an_excel_sheet_holds_numbers_dates_and_truth_values(office: Office) -> None:
    cycle_id = evaluated_cycle()
    recap(date(2026, 11, 1))
    book = book_of(exported([office], formats=["xlsx"]))
    assert book.sheetnames == [*(table.name for table in TABLES.values()), "Penjelasan"]
    step = sheet_rows(book, "Waktu per langkah")[1]
    assert (step["Nomor siklus"], step["Langkah"]) == (cycle_id, 2)
    assert step["Mulai"] == datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001  Excel knows no zones
    assert (step["Menit kerja"], step["Selisih dari target (menit)"]) == (35.25, -144.75)
    assert (step["Tepat waktu"], step["Kahar"]) == (True, False)
    month = sheet_rows(book, "Rekap bulanan")[0]
    assert month["Bulan"] == datetime(2026, 11, 1)  # noqa: DTZ001
    assert month["Bagian tepat waktu"] == pytest.approx(2 / 3)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_cell_of_a_sheet_has_the_type_and_the_format_of_its_column(
    office: Office, table: object
) -> None:
    evaluated_cycle()
    recap(date(2026, 11, 1))
    types = {Kind.TEXT: "s", Kind.YES_NO: "b", Kind.MOMENT: "d", Kind.MONTH: "d"}
    sheet = book_of(exported([office], formats=["xlsx"]))[table.name]
    seen = set()
    for row in sheet.iter_rows(min_row=2):
        for column, cell in zip(table.columns, row, strict=True):
            if cell.value is not None:
                assert cell.data_type == types.get(column.kind, "n"), column.name
                seen.add(column.name)
                if column.kind is Kind.MINUTES:
                    assert cell.number_format == "#,##0.00"
                if column.kind is Kind.MOMENT:
                    assert cell.number_format == "dd/mm/yyyy hh:mm:ss"
    assert {column.name for column in table.columns} - seen <= {"on_behalf_of"}


@pytest.mark.usefixtures("home")
def test_a_sheet_is_ready_to_be_read(office: Office) -> None:
    evaluated_cycle()
    sheet = book_of(exported([office], formats=["xlsx"]))["Waktu per langkah"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:Q7"
    assert sheet["A1"].font.bold
    assert sheet.print_title_rows == "$1:$1"
    # Columns G and H, of equal width, are one entry.
    assert sheet.column_dimensions["G"].width >= 19


@pytest.mark.usefixtures("home")
def test_no_title_becomes_a_formula_or_a_link_in_excel(office: Office) -> None:
    for title in HOSTILE_TITLES:
        evaluated_cycle(title)
    sheet = book_of(exported([office], formats=["xlsx"]))["Nilai per siklus"]
    titles = [row[2] for row in sheet.iter_rows(min_row=2)]
    assert [cell.data_type for cell in titles] == ["s"] * len(HOSTILE_TITLES)
    assert [cell.hyperlink for cell in titles] == [None] * len(HOSTILE_TITLES)
    # What stands for a control character in the file is undone by Excel, not by openpyxl.
    assert [unescape(cell.value) for cell in titles] == list(HOSTILE_TITLES)


@pytest.mark.usefixtures("home")
def test_the_last_sheet_explains_every_column_and_says_what_this_is(office: Office) -> None:
    evaluated_cycle()
    rows = list(book_of(exported([office], formats=["xlsx"]))["Penjelasan"].iter_rows(values_only=True))
    facts = {row[0]: row[1] for row in rows[1:6]}
    assert facts["Masa"].startswith("November 2026")
    assert facts["Kantor"] == office.name
    assert "WIB (Asia/Jakarta)" in facts["Jam"]
    assert facts["Dibuat"] == "Senin, 23 November 2026 pukul 10.00 WIB"
    explained = {(row[0], row[1]): row for row in rows}
    for table in TABLES.values():
        for column in table.columns:
            row = explained[table.name, column.heading]
            assert row[3:] == (column.explanation, column.name, column.view_name)
    counts = {row[0]: row[1] for row in rows if isinstance(row[1], int)}
    assert counts == {
        "Waktu per langkah": 6, "Hasil per kanal": 2, "Nilai per siklus": 1, "Rekap bulanan": 0,
    }  # fmt: skip


@pytest.mark.usefixtures("home")
def test_times_in_excel_are_those_of_each_office(office: Office, elsewhere: Office) -> None:
    evaluated_cycle()
    evaluated_cycle(office="kota-jayapura")
    rows = sheet_rows(book_of(exported([office, elsewhere], formats=["xlsx"])), "Nilai per siklus")
    assert [(row["Kantor"], row["Selesai"].hour) for row in rows] == [  # type: ignore[attr-defined]
        ("kota-bengkulu", 10),
        ("kota-jayapura", 12),
    ]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("with_rows", [True, False], ids=["with rows", "without"])
def test_parquet_has_the_contract_s_names_and_types_also_without_rows(
    office: Office, with_rows: bool
) -> None:
    if with_rows:
        evaluated_cycle()
        recap(date(2026, 11, 1))
    kinds = {
        Kind.NUMBER: "int64",
        Kind.MINUTES: "double",
        Kind.SECONDS: "double",
        Kind.RATE: "double",
        Kind.MOMENT: "timestamp[us, tz=UTC]",
        Kind.MONTH: "date32[day]",
        Kind.YES_NO: "bool",
        Kind.TEXT: "string",
    }
    files = exported([office], formats=["parquet"])
    for table in TABLES.values():
        found = pq.read_table(BytesIO(files[f"{table.file_name}-kota-bengkulu-2026-11.parquet"].content))
        assert [(field.name, str(field.type)) for field in found.schema] == [
            (column.name, kinds[column.kind]) for column in table.columns
        ]
        assert [field.metadata[b"judul"].decode() for field in found.schema] == list(table.headings.values())
        assert all(field.metadata[b"penjelasan"] for field in found.schema)
        assert bool(found.num_rows) == with_rows


@pytest.mark.usefixtures("home")
def test_pandas_reads_instants_numbers_and_gaps_out_of_parquet(office: Office) -> None:
    for title in HOSTILE_TITLES:
        evaluated_cycle(title)
    files = exported([office], formats=["parquet"])
    frames = {name.split("-kota")[0]: pd.read_parquet(BytesIO(f.content)) for name, f in files.items()}
    steps, cards = frames["waktu-per-langkah"], frames["nilai-per-siklus"]
    assert str(steps["started_at"].dtype) == "datetime64[us, UTC]"
    assert steps["finished_at"].iloc[0] == pd.Timestamp(NOW)
    assert steps.groupby("step_no")["working_minutes"].sum().loc[2] == 35.25 * len(HOSTILE_TITLES)
    assert steps["on_time"].isna().sum() == len(HOSTILE_TITLES)
    assert list(cards["title"]) == list(HOSTILE_TITLES)
    assert cards["on_behalf_of"].isna().all()


@pytest.mark.usefixtures("home")
def test_of_the_recap_the_months_come_that_the_period_touches(office: Office) -> None:
    for month in (9, 10, 11, 12):
        recap(date(2026, month, 1))
    period = Period(date(2026, 10, 31), date(2026, 11, 1))
    (name,) = [n for n in exported([office], period, ["parquet"]) if n.startswith("rekap")]
    frame = pd.read_parquet(BytesIO(exported([office], period, ["parquet"])[name].content))
    assert sorted(set(frame["month"])) == [date(2026, 10, 1), date(2026, 11, 1)]


@pytest.mark.usefixtures("home")
def test_making_them_again_gives_the_same_bytes(office: Office) -> None:
    evaluated_cycle()
    recap(date(2026, 11, 1))
    assert exported([office]) == exported([office])


@pytest.mark.usefixtures("home")
def test_what_is_more_than_a_sheet_holds_is_refused_before_anything_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_size({"Waktu per langkah": MOST_ROWS})
    with pytest.raises(ExportError, match=r"1\.048\.576 baris, .* paling banyak 1\.048\.575\..*CSV"):
        check_size({"Waktu per langkah": MOST_ROWS + 1})
    monkeypatch.setattr("medsos.evaluation.export.as_xlsx.MOST_ROWS", 5)
    evaluated_cycle()
    with reading() as session:
        files = files_of(session, offices=[office], period=NOVEMBER, made_at=NOW)
        with pytest.raises(ExportError, match="Waktu per langkah"):
            next(files)


def test_every_column_of_the_contract_is_declared_in_its_order() -> None:
    for table in TABLES.values():
        assert [column.name for column in table.columns] == [c.name for c in table.model.__table__.columns]
        assert len({column.view_name for column in table.columns}) == len(table.columns)


def test_every_column_has_a_sentence_and_every_minute_its_unit() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert column.meaning[0].isupper()
            assert column.meaning.endswith(".")
            if column.kind in (Kind.MINUTES, Kind.SECONDS):
                assert column.kind.value in column.meaning, column.name


def test_every_state_of_a_publication_is_explained() -> None:
    (column,) = [column for column in TABLES["channel_results"].columns if column.name == "state"]
    assert set(column.codes) == {*State, NOT_UPLOADED}
