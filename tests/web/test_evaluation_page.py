"""The page Evaluasi SOP: what it shows, what it filters by, and what the analyst takes away from it."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from page_reading import Visit, text_of
from pypdf import PdfReader
from sqlalchemy import event
from web_samples import decide, design_round, new_cycle, office_with_people, publish_all

from medsos.evidence.archive import Archive
from medsos.settings import load_settings
from medsos.store.session import engine_for
from medsos.web.evaluation.overview import CHARTS


def more_cycles(archive: Archive, number: int) -> None:
    for place in range(number):
        cycle_id = new_cycle(f"Kegiatan {place}")
        design_round(archive, cycle_id)
        decide(cycle_id, 1, "setuju")
        publish_all(archive, cycle_id)


def images(html: str) -> dict[str, str]:
    """Address → alternative text of the charts."""
    return {
        src.replace("&amp;", "&"): alt
        for src, alt in re.findall(r'<img src="([^"]*grafik[^"]*)" alt="([^"]*)"', html)
    }


def test_every_chart_is_a_picture_with_words_and_its_numbers_in_a_table(visit: Visit, finished: int) -> None:
    browser = visit("analis")
    html = browser.get("/medsos/evaluasi").text
    found = images(html)
    assert len(found) == len(CHARTS) == 5
    for address, alt in found.items():
        answer = browser.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.text.startswith("<svg")
        assert len(alt) > 50
    text = text_of(html)
    assert "Facebook 1 1 0 0 0 0" in text
    assert "November 2026 1 100 %" in text


def test_without_a_choice_the_half_year_of_the_last_cycle_is_shown(visit: Visit, finished: int) -> None:
    html = visit("analis").get("/medsos/evaluasi").text
    assert "Waktu per langkah, Semester II 2026" in html
    assert 'href="/medsos/tinjauan-sop"' in html
    assert '<option value="2026-semester-2" selected>Semester II 2026</option>' in html


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("masa=semua", True),
        ("masa=2026-11", True),
        ("masa=2026-semester-1", False),
        ("masa=2026-10", False),
        ("jenis=foto_kegiatan&kanal=x", True),
        ("jenis=video", False),
        ("kantor=kota-bengkulu", True),
    ],
)
def test_the_filters_choose_the_cycles(visit: Visit, finished: int, query: str, shown: bool) -> None:
    html = visit("analis").get(f"/medsos/evaluasi?{query}").text
    assert ("Rapat Pleno Terbuka" in html) == shown
    assert ("Belum ada siklus yang selesai untuk pilihan ini" in html) == (not shown)


def test_the_charts_keep_the_filters(visit: Visit, finished: int) -> None:
    html = visit("analis").get("/medsos/evaluasi?masa=2026-11&kanal=x&jenis=foto_kegiatan").text
    assert all("masa=2026-11&jenis=foto_kegiatan&kanal=x" in address for address in images(html))


@pytest.mark.parametrize(
    "query",
    ["masa=0000-semester-1", "masa=9999-12", "masa='--", "jenis=%00", "kanal=<b>", "kantor=../..",
     "halaman=-1", "halaman=99999999999999", "masa=2026-semester-3"],
)  # fmt: skip
def test_a_strange_address_is_an_ordinary_page(visit: Visit, finished: int, query: str) -> None:
    answer = visit("analis").get(f"/medsos/evaluasi?{query}")
    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_every_table_can_be_taken_away_in_three_formats_of_the_chosen_period(
    visit: Visit, finished: int
) -> None:
    html = visit("analis").get("/medsos/evaluasi?masa=2026-semester-2").text
    for file in ("tabel.xlsx", "step_durations.csv", "cycle_scorecards.parquet", "monthly_recap.csv"):
        assert f'href="/medsos/evaluasi/{file}?bulan=2026-semester-2"' in html


def test_a_table_of_a_half_year_has_its_cycles_and_no_others(visit: Visit, finished: int) -> None:
    browser = visit("analis")
    rows = [
        len(browser.get(f"/medsos/evaluasi/step_durations.csv?bulan=2026-semester-{half}").text.splitlines())
        for half in (1, 2)
    ]
    assert rows == [1, 7]


def test_a_cycle_is_one_tap_away_and_many_fill_several_pages(
    visit: Visit, archive: Archive, finished: int
) -> None:
    browser = visit("analis")
    assert f'href="/medsos/siklus/{finished}"' in browser.get("/medsos/evaluasi").text
    more_cycles(archive, 26)
    first, second = (browser.get(f"/medsos/evaluasi?halaman={number}").text for number in (1, 2))
    assert "Siklus yang dinilai (27)" in first
    assert "Halaman 1 dari 2" in first
    assert f'href="/medsos/siklus/{finished}"' not in first
    assert f'href="/medsos/siklus/{finished}"' in second


def test_the_work_of_the_page_does_not_grow_with_the_cycles(
    visit: Visit, archive: Archive, finished: int
) -> None:
    """The database adds up: as many questions, and as many rows of the tables as there are sorts of them."""
    asked: list[str] = []
    engine = engine_for(load_settings().database_url)
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    browser = visit("analis")

    def statements() -> int:
        asked.clear()
        assert browser.get("/medsos/evaluasi?masa=semua").status_code == 200
        return len(asked)

    one = statements()
    more_cycles(archive, 5)
    assert statements() == one < 25
    assert "FROM channel_results" in " ".join(asked)
    assert statements() < one, "the same figures were computed twice"
    assert "FROM channel_results" not in " ".join(asked)


def test_a_new_cycle_is_seen_at_once(visit: Visit, archive: Archive, finished: int) -> None:
    browser = visit("analis")
    assert "Siklus yang dinilai (1)" in browser.get("/medsos/evaluasi").text
    more_cycles(archive, 1)
    assert "Siklus yang dinilai (2)" in browser.get("/medsos/evaluasi").text


def test_the_report_of_a_month_is_read_as_a_page_that_reaches_nothing(visit: Visit, finished: int) -> None:
    browser = visit("analis")
    page = browser.get("/medsos/evaluasi?masa=2026-11").text
    address = "/medsos/evaluasi/laporan/kota-bengkulu/2026-11"
    assert f'href="{address}.html"' in page
    assert f'href="{address}.pdf"' in page
    answer = browser.get(f"{address}.html")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    text = text_of(answer.text)
    assert "Bulan November 2026" in text
    assert "Rapat Pleno Terbuka" in text


def test_the_report_of_a_half_year_is_downloaded_as_pdf(visit: Visit, finished: int) -> None:
    answer = visit("analis").get("/medsos/evaluasi/laporan/kota-bengkulu/2026-semester-2.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    name = "laporan-evaluasi-2026-semester-2-kota-bengkulu.pdf"
    assert f'attachment; filename="{name}"' in answer.headers["content-disposition"]
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    assert "SEMESTER II 2026" in pages[0].upper()
    assert any("Usulan target" in page for page in pages)


@pytest.mark.parametrize(
    "path",
    [
        "grafik/rahasia.svg",
        "laporan/kota-bengkulu/2026-13.html",
        "laporan/kota-bengkulu/semua.html",
        "laporan/kota-lain/2026-11.html",
        "laporan/kota-lain/2026-11.pdf",
    ],
)
def test_what_does_not_exist_is_not_found(visit: Visit, finished: int, path: str) -> None:
    assert visit("analis").get(f"/medsos/evaluasi/{path}").status_code == 404


@pytest.mark.parametrize(
    "path", ["grafik/langkah.svg", "laporan/kota-bengkulu/2026-11.html", "laporan/kota-bengkulu/2026-11.pdf"]
)
def test_who_may_not_read_the_cycles_gets_neither_charts_nor_reports(
    visit: Visit, finished: int, path: str
) -> None:
    assert visit("tamu", may_read=lambda _: False).get(f"/medsos/evaluasi/{path}").status_code == 404


@pytest.mark.parametrize("path", ["grafik/langkah.svg", "laporan/kota-bengkulu/2026-11.pdf"])
def test_a_stranger_gets_nothing(stranger: TestClient, path: str) -> None:
    assert stranger.get(f"/medsos/evaluasi/{path}").status_code == 401


def test_before_the_first_cycle_the_page_says_so(visit: Visit) -> None:
    office_with_people()
    answer = visit("analis").get("/medsos/evaluasi")
    assert answer.status_code == 200
    assert "Belum ada siklus yang selesai" in answer.text
