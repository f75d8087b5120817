"""The PDF of a month and of a half-year with sixty cycles: whole pages, numbered, fit to be signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from evaluated_history import evaluated_history, keep_pictures, read_numbers
from pypdf import PdfReader

from medsos.browser import print_pdf
from medsos.evaluation.period import Period
from medsos.evaluation.report.period import build_period_report
from medsos.evaluation.report.period_data import period_data
from medsos.evaluation.report.recommendations import load_rules
from medsos.evidence.archive import Archive
from medsos.offices.model import load_brand, load_office
from medsos.settings import load_settings
from medsos.sop.model import load_sop
from medsos.store.session import engine_for, reading

PERIODS = {"month": Period.month(date(2026, 11, 1)), "half-year": Period.half_year(2026, 2)}
MARGIN_MM = 15
A4 = (595, 842)


@dataclass
class Printed:
    """A PDF, and the text of each of its pages with single spaces."""

    pdf: bytes
    pages: list[str]

    def page_with(self, text: str) -> int:
        found = [number for number, page in enumerate(self.pages) if text in page]
        assert len(found) == 1, (text, found)
        return found[0]


@pytest.fixture(scope="module")
def printed(
    tmp_path_factory: pytest.TempPathFactory, migrated_database: bytes
) -> Iterator[dict[str, Printed]]:
    """Both reports, of the same sixty cycles."""
    folder = tmp_path_factory.mktemp("printed")
    (folder / "medsos.db").write_bytes(migrated_database)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEDSOS_HOME", str(folder))
        settings = load_settings()
        office = load_office(settings.offices_dir, "kota-bengkulu")
        history = evaluated_history(
            office, load_sop(settings.sop_dir), cycles=60, first=date(2026, 7, 1), last=date(2026, 12, 31)
        )
        history.enter()
        archive = Archive(folder / "archive")
        keep_pictures(history, archive)
        read_numbers(history)
        yield {name: _print(history.office.slug, period, archive) for name, period in PERIODS.items()}
        engine_for(settings.database_url).dispose()


def _print(slug: str, period: Period, archive: Archive) -> Printed:
    settings = load_settings()
    office = load_office(settings.offices_dir, slug)
    with reading() as session:
        data = period_data(
            session,
            office,
            period,
            sop=load_sop(settings.sop_dir, office.sop_version),
            rules=load_rules(settings.data_dir),
            now=datetime(2027, 1, 4, 9, tzinfo=office.zone),
            training=False,
            read_file=archive.read,
        )
    pdf = print_pdf(build_period_report(data, load_brand(settings.offices_dir, slug)))
    return Printed(pdf, [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages])


@pytest.fixture(params=PERIODS)
def report(request: pytest.FixtureRequest, printed: dict[str, Printed]) -> Printed:
    return printed[request.param]


def test_pages_are_a4_few_and_numbered(report: Printed) -> None:
    reader = PdfReader(BytesIO(report.pdf))
    total = len(reader.pages)
    assert 8 <= total <= 16
    for number, page in enumerate(reader.pages, 1):
        assert tuple(round(float(side)) for side in page.mediabox[2:]) == A4
        assert f"Halaman {number} dari {total}" in report.pages[number - 1]


def test_nothing_reaches_into_the_margins(report: Printed) -> None:
    document = pypdfium2.PdfDocument(report.pdf)
    scale = 2.0
    margin = round(MARGIN_MM / 25.4 * 72 * scale)
    for number, page in enumerate(document, 1):
        grey = np.asarray(page.render(scale=scale).to_pil().convert("L"))
        for name, strip in (
            ("left", grey[:, :margin]),
            ("right", grey[:, -margin:]),
            ("top", grey[: margin - 3]),
        ):
            assert strip.min() > 250, f"page {number}: ink in the {name} margin"
        assert grey[margin:-margin].min() < 120, f"page {number} is empty"
    document.close()


def test_the_signature_stands_together_on_one_page(report: Printed) -> None:
    place = report.page_with("NIP. ....")
    page = report.pages[place]
    for part in ("Penutup", "Bengkulu, 4 Januari 2027", "Sekretaris,", "Sekretaris (contoh)"):
        assert part in page
    assert all("Lampiran I " not in page for page in report.pages[: place + 1])


def test_every_font_is_inside(report: Printed) -> None:
    fonts = {}
    for page in PdfReader(BytesIO(report.pdf)).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            base = font.get_object()
            descendants = base.get("/DescendantFonts")
            whole = descendants[0].get_object() if descendants else base
            descriptor = whole.get("/FontDescriptor")
            inside = descriptor is not None and any(
                key in descriptor.get_object() for key in ("/FontFile", "/FontFile2", "/FontFile3")
            )
            fonts[str(base["/BaseFont"])] = inside or base["/Subtype"] == "/Type3"
    assert any("PlusJakartaSans" in name for name in fonts)
    assert all(fonts.values()), fonts


def test_small_tables_are_not_cut(report: Printed) -> None:
    first = report.pages[report.page_with("Tabel 1. Waktu per langkah")]
    assert "1. Rapat Pengelolaan Medsos" in first
    assert "Semua langkah" in first
    channels = report.pages[report.page_with("Tabel 3. Hasil per kanal")]
    assert "Website" in channels
    assert "TikTok" in channels


def test_each_chart_has_its_caption_once(report: Printed) -> None:
    for number in range(1, 6):
        report.page_with(f"Gambar {number}. ")


def test_a_long_table_repeats_its_heads(printed: dict[str, Printed]) -> None:
    pages = printed["half-year"].pages
    begin = next(number for number, page in enumerate(pages) if "Lampiran I " in page)
    end = next(number for number, page in enumerate(pages) if "Lampiran II " in page)
    assert end - begin > 1
    assert all("Putaran" in page and "Bukti" in page for page in pages[begin:end])
    assert all(any(f" {number} · " in page for page in pages[begin:end]) for number in range(2, 61))


def test_the_half_year_proposes_targets_and_the_month_does_not(printed: dict[str, Printed]) -> None:
    assert "Usulan target" in " ".join(printed["half-year"].pages)
    assert "Usulan target" not in " ".join(printed["month"].pages)


def test_the_document_can_be_read_aloud_and_has_a_title(report: Printed) -> None:
    reader = PdfReader(BytesIO(report.pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("Laporan Evaluasi Pengelolaan Medsos – ")
    title, *chapters = reader.outline
    assert "Laporan Evaluasi" in title["/Title"].title()  # type: ignore[index]
    assert len(chapters[0]) >= 5  # type: ignore[arg-type]
