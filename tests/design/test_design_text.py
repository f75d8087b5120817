"""Text on designs: whole, inside its box, readable, whatever title and photo come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from medsos.content.request import CONTENT_TYPES, TITLE_LENGTH
from medsos.design.contrast import REQUIRED, luminance, worst_contrast
from medsos.design.layout import load_canvases
from medsos.design.painter import Composition, PaintedText
from medsos.design.placed import Area
from medsos.design.typography import Typeface, balanced, shortened, tidy, wrap
from medsos.errors import DesignError
from medsos.offices.model import CHANNELS, Brand

LONGEST = (
    "Penyelenggaraan Sosialisasi Pertanggungjawaban Dana Kampanye dan Pemutakhiran Data Pemilih "
    "Berkelanjutan bagi Partai Politik se-Kota Bengkulu Tahap II"
)
LONG_SUMMARY = (
    "Kegiatan ini diikuti oleh seluruh perwakilan partai politik tingkat kota. Setiap peserta menerima "
    "salinan daftar pemilih sementara untuk dicermati bersama. Tanggapan masyarakat diterima sampai akhir "
    "bulan pada jam kerja. Hasilnya diumumkan kembali melalui situs web resmi. Terima kasih."
)
# The website takes the format of X, only smaller.
ALL = [(kind, channel) for kind in CONTENT_TYPES for channel in CHANNELS if channel != "web"]
WORDS = [
    *(
        "pertanggungjawabannya",
        "ketidakberpihakannya",
        "mempertanggungjawabkan",
        "rapat",
        "pleno",
        "di",
        "dan",
    ),
    *("KPU", "Bengkulu", "2026", "(Sabtu)", "DPT/DPTb", "pemutakhiran-berkelanjutan", "—", "Rp1.500.000,00"),
    "keanekaragamankeseimbanganperikemanusiaannya",
]


def headline_of(composition: Composition) -> PaintedText:
    return next(t for t in composition.texts if t.text.style.text == "{headline}")


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def assert_sound(composition: Composition, headline: str) -> None:
    """Headline whole, every text in its box and on the page, every contrast sufficient."""
    shown = "".join(line.text for line in headline_of(composition).text.lines)
    assert letters(shown) == letters(headline)
    page = composition.image.size
    for painted in composition.texts:
        name = painted.text.style.text
        assert painted.contrast >= REQUIRED, f"{name}: {painted.contrast:.2f}"
        for area in (painted.text.area, *(line.area for line in painted.text.lines)):
            assert area.left >= painted.box.left - 1, name
            assert area.right <= painted.box.right + 1, name
            assert area.top >= painted.box.top - 1, name
            assert area.bottom <= painted.box.bottom + 1, name
            assert area.left >= 0, name
            assert area.right <= page[0], name


@pytest.mark.parametrize(("kind", "channel"), ALL)
@pytest.mark.parametrize("photo", [None, "busy"])
def test_the_longest_title_fits_every_layout_with_everything_else_filled(
    design: Callable[..., Composition], photos: dict[str, Path], kind: str, channel: str, photo: str | None
) -> None:
    assert len(LONGEST) == TITLE_LENGTH
    composition = design(
        kind,
        channel,
        headline=LONGEST,
        summary=LONG_SUMMARY,
        office_name="Komisi Pemilihan Umum Kota Bengkulu",
        date_text="Selasa, 24 November 2026, pukul 09.00 WIB sampai selesai",
        place="Aula Kantor KPU Kota Bengkulu, Jl. WR. Supratman No. 08, Kelurahan Bentiring Permai",
        document_number="128/PL.02.1-Kpt/1771/KPU-Kot/XI/2026",
        photos=(photos[photo],) if photo else (),
    )
    assert_sound(composition, LONGEST)
    assert any("{place}" in t.text.style.text for t in composition.texts) == (
        kind in ("foto_kegiatan", "video", "sosialisasi_tahapan")
    )


@settings(
    max_examples=45,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    where=st.sampled_from(ALL),
    headline=st.lists(st.sampled_from(WORDS), min_size=1, max_size=9)
    .map(" ".join)
    .filter(lambda t: len(t) <= TITLE_LENGTH),
    pictures=st.lists(st.sampled_from(["dark", "white", "busy", "face"]), max_size=4),
)
def test_any_title_on_any_photo_is_whole_in_its_box_and_readable(
    design: Callable[..., Composition],
    photos: dict[str, Path],
    where: tuple[str, str],
    headline: str,
    pictures: list[str],
) -> None:
    composition = design(*where, headline=headline, photos=tuple(photos[name] for name in pictures))
    assert_sound(composition, headline)


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_on_tiktok_no_text_lies_under_the_buttons_of_the_app(
    design: Callable[..., Composition], photos: dict[str, Path], kind: str
) -> None:
    covered = load_canvases().formats["tall"].covered
    assert (covered["top"], covered["right"], covered["bottom"]) == (150, 140, 380)
    for chosen in ((), (photos["face"],)):
        for painted in design(kind, "tiktok", headline=LONGEST, photos=chosen).texts:
            area = painted.text.area
            assert area.top >= 150
            assert area.right <= 1080 - 140 + 1
            assert area.bottom <= 1920 - 380 + 1


@pytest.mark.parametrize("photo", ["dark", "white", "busy"])
@pytest.mark.parametrize("channel", ["instagram", "tiktok"])
def test_contrast_is_really_there_on_the_pixels(
    design: Callable[..., Composition], photos: dict[str, Path], photo: str, channel: str
) -> None:
    """Counted anew on the finished picture: just beside the letters, the ground must differ enough."""
    composition = design("video", channel, photos=(photos[photo],))
    for painted in composition.texts:
        if painted.text.style.badge:
            continue
        for line in painted.text.lines:
            area = line.area
            box = (int(area.left) - 5, int(area.top), int(area.left) - 2, int(area.bottom))
            ground = luminance(np.asarray(composition.image.crop(box)).reshape(-1, 3))
            own = float(luminance(np.array(painted.colour, dtype=np.uint8)))
            ratio = (np.maximum(ground, own) + 0.05) / (np.minimum(ground, own) + 0.05)
            assert ratio.mean() >= REQUIRED, painted.text.style.text


def test_contrast_is_measured_as_wcag_says() -> None:
    def ratio(ground: tuple[int, int, int], ink: tuple[int, int, int]) -> float:
        return worst_contrast(Image.new("RGB", (40, 20), ground), [Area(5, 5, 30, 10)], ink)

    assert ratio((255, 255, 255), (0, 0, 0)) == pytest.approx(21, abs=0.01)
    assert ratio((255, 255, 255), (118, 118, 118)) == pytest.approx(4.54, abs=0.01)
    assert ratio((90, 90, 90), (90, 90, 90)) == pytest.approx(1, abs=0.01)


def test_a_title_beyond_all_bounds_is_refused_with_how_much_too_long(
    design: Callable[..., Composition],
) -> None:
    with pytest.raises(
        DesignError, match=r"Judul pada desain Foto kegiatan untuk Facebook terlalu panjang"
    ) as raised:
        design("foto_kegiatan", "facebook", headline="Rapat pleno terbuka rekapitulasi " * 30)
    over = int(str(raised.value).split("terlalu panjang ")[1].split()[0])
    assert 300 < over < 989 - TITLE_LENGTH
    design("foto_kegiatan", "facebook", headline=("Rapat pleno terbuka rekapitulasi " * 30)[: 989 - over])


def test_an_empty_title_is_refused(design: Callable[..., Composition]) -> None:
    with pytest.raises(DesignError, match="Judul desain masih kosong"):
        design("produk_hukum", "web", headline="  ")


def test_a_document_number_is_never_shortened(design: Callable[..., Composition]) -> None:
    with pytest.raises(DesignError, match="Nomor dokumen pada desain Produk hukum"):
        design("produk_hukum", "facebook", document_number="128/PL.02.1-Kpt/1771/KPU-Kot/XI/2026 " * 12)


def test_a_long_summary_is_shortened_at_a_sentence_and_the_reviewer_is_told(
    design: Callable[..., Composition],
) -> None:
    composition = design("foto_kegiatan", "facebook", headline=LONGEST, summary=LONG_SUMMARY * 3)
    shown = " ".join(
        line.text for t in composition.texts if t.text.style.text == "{summary}" for line in t.text.lines
    )
    assert shown.endswith("…")
    assert LONG_SUMMARY.startswith(shown.rstrip("… "))
    assert "Ringkasan dipendekkan agar muat." in composition.notes


def test_characters_without_a_glyph_are_left_out_and_the_reviewer_is_told(
    design: Callable[..., Composition],
) -> None:
    composition = design("ucapan_hari_besar", "instagram", headline="Dirgahayu 🎉 Indonesia")
    assert " ".join(line.text for line in headline_of(composition).text.lines) == "Dirgahayu Indonesia"
    assert any("🎉" in note and "tidak ditampilkan" in note for note in composition.notes)


@pytest.fixture
def bold(brand: Brand) -> Typeface:
    return Typeface(brand.file(brand.fonts.bold), 40)


def test_a_word_wider_than_its_box_is_parted_where_indonesian_allows(bold: Typeface) -> None:
    assert wrap("mempertanggungjawabkan", bold, 300, hyphenate=False) is None
    lines = wrap("mempertanggungjawabkan", bold, 300, hyphenate=True)
    assert lines is not None
    assert [line.rstrip("-") for line in lines] == ["memper", "tanggung", "jawabkan"] or "".join(
        line.rstrip("-") for line in lines
    ) == "mempertanggungjawabkan"
    assert all(line.endswith("-") for line in lines[:-1])
    assert all(bold.width(line) <= 300 for line in lines)


def test_a_date_stays_on_one_line(bold: Typeface) -> None:
    lines = wrap(tidy("Selamat Hari Pahlawan 10 November 2026"), bold, 520, hyphenate=False)
    assert lines == ["Selamat Hari Pahlawan", "10\u00a0November\u00a02026"]


def test_lines_are_balanced_without_getting_more(bold: Typeface) -> None:
    text = "Pendaftaran pemantau pemilu telah dibuka di kantor"
    plain = wrap(text, bold, 640, hyphenate=False) or []
    even = balanced(plain, bold, 640)
    assert " ".join(even) == text
    assert len(even) == len(plain)
    assert min(map(bold.width, even)) > min(map(bold.width, plain))


def test_shortening_prefers_whole_sentences_and_never_skips_one(bold: Typeface) -> None:
    text = "Kalimat pertama yang agak panjang. Kedua pendek. Kalimat ketiga yang jauh lebih panjang lagi."
    assert shortened(text, bold, 600, 2) == "Kalimat pertama yang agak panjang. Kedua pendek. …"
    assert shortened("Satu kalimat panjang tanpa titik di tengahnya", bold, 470, 1) == "Satu kalimat panjang…"
    assert shortened("Mempertanggungjawabkan", bold, 20, 1) is None


@pytest.mark.parametrize("text", ["Ágata Çelik", "qjpgy", "RAPAT PLENO", "KPU Kota Bengkulu"])
@pytest.mark.parametrize("tracking", [0, 5])
def test_ink_stays_inside_the_extent_that_a_line_claims(brand: Brand, text: str, tracking: float) -> None:
    face = Typeface(brand.file(brand.fonts.extra_bold), 52.5, tracking)
    mask, (left, top) = face.mask(text, 100, 200)
    ink = mask.getbbox()
    assert ink is not None
    above, below = face.extent(text)
    assert left + ink[0] >= 100 - 2
    assert left + ink[2] <= 100 + face.width(text) + 2
    assert top + ink[1] >= 200 - above - 1.5
    assert top + ink[3] <= 200 + below + 1.5
