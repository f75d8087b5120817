"""The reports of a month and of a half-year say what the tables say, in words that can be signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from evaluated_history import History, evaluated_history, keep_pictures, read_numbers

from medsos.evaluation.charts.steps import steps_chart
from medsos.evaluation.period import Period
from medsos.evaluation.report.period import build_period_report
from medsos.evaluation.report.period_data import PeriodData, period_data
from medsos.evaluation.report.recommendations import load_rules
from medsos.evidence.archive import Archive
from medsos.indonesian import short_date
from medsos.offices.model import Brand, Office
from medsos.settings import load_settings
from medsos.sop.model import Sop
from medsos.store.audit import append_audit
from medsos.store.session import reading, transaction

HALF_YEAR = Period.half_year(2026, 2)
NOVEMBER = Period.month(date(2026, 11, 1))

Data = Callable[..., PeriodData]


@pytest.fixture
def history(office: Office, sop: Sop, home: object) -> History:
    return evaluated_history(office, sop, cycles=24, first=date(2026, 7, 1), last=date(2026, 12, 31))


@pytest.fixture
def data_of(history: History, archive: Archive) -> Data:
    def gather(period: Period = NOVEMBER, *, training: bool = False) -> PeriodData:
        with reading() as session:
            return period_data(
                session,
                history.office,
                period,
                sop=history.sop,
                rules=load_rules(load_settings().data_dir),
                now=datetime(2027, 1, 4, 9, tzinfo=history.office.zone),
                training=training,
                read_file=archive.read,
            )

    return gather


def words(html: str) -> str:
    body = re.sub(r"<(style|title).*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_a_month_is_an_official_document(history: History, data_of: Data, brand: Brand) -> None:
    history.enter()
    text = words(build_period_report(data_of(), brand))
    for part in (
        "Komisi Pemilihan Umum Kota Bengkulu Jl. WR. Supratman",
        "Laporan Evaluasi Pengelolaan Medsos Bulan November 2026 Nomor: ....",
        "A. Pendahuluan",
        "SOP Nomor 4/ORT.06/1771/2/2023",
        "B. Ringkasan",
        "C. Hasil evaluasi",
        "D. Simpulan dan rekomendasi",
        "E. Penutup",
        "Bengkulu, 4 Januari 2027 Sekretaris, Sekretaris (contoh) NIP. ....",
        "Lampiran I Laporan Evaluasi Pengelolaan Medsos Nomor: ........................................ "
        "Tanggal: 4 Januari 2027 Daftar siklus",
        "Dasar rekomendasi",
    ):
        assert part in text
    assert "Usulan target" not in text
    assert "MODE LATIHAN" not in text


def test_a_half_year_proposes_targets(history: History, data_of: Data, brand: Brand) -> None:
    history.enter()
    data = data_of(HALF_YEAR)
    text = words(build_period_report(data, brand))
    assert "Laporan Evaluasi Pengelolaan Medsos Semester II 2026" in text
    assert "Usulan target" in text
    assert [item.step_no for item in data.proposals] == [1, 2, 3, 4, 5, 6]
    assert all(item.reason in text for item in data.proposals)


def test_the_summary_counts_what_happened(history: History, data_of: Data, brand: Brand) -> None:
    history.enter()
    text = words(build_period_report(data_of(HALF_YEAR), brand))
    finished = sum(card["status"] == "selesai" for card in history.cards)
    assert f"Pada Semester II 2026 diselesaikan 24 siklus: {finished} selesai lengkap" in text
    on_time = sum(row["on_time"] is True for row in history.steps)
    judged = sum(row["on_time"] is not None for row in history.steps)
    assert f"Dari {judged} penilaian langkah, {on_time} (" in text
    assert all(f"{card['cycle_id']} · {card['title']}" in text for card in history.cards)


def test_a_month_is_compared_with_the_month_before(history: History, data_of: Data, brand: Brand) -> None:
    for row, card in zip(history.steps[::6], history.cards, strict=True):
        late = card["completed_at"].month == 10
        for step in history.steps[history.steps.index(row) :][:6]:
            step["on_time"] = None if step["on_time"] is None else not late
        card["steps_on_time"] = 0 if late else card["steps_total"]
    history.enter()
    assert "(100 %) dalam target SOP, naik 100 poin persen dari Oktober 2026." in words(
        build_period_report(data_of(), brand)
    )


def test_a_period_without_cycles_has_its_report_all_the_same(
    history: History, data_of: Data, brand: Brand
) -> None:
    history.enter()
    text = words(build_period_report(data_of(Period.month(date(2026, 2, 1))), brand))
    assert "Tidak ada siklus yang selesai pada Februari 2026." in text
    assert text.count("belum cukup untuk dinilai") == len(load_rules(load_settings().data_dir))
    assert "NIP. ...." in text


def test_force_majeure_and_overrides_are_listed(history: History, data_of: Data, brand: Brand) -> None:
    card = history.cards[-1]
    for row in (card, history.cycles[-1]):
        row["kahar"] = True
    history.cycles[-1]["kahar_reason"] = "Gempa merusak gedung kantor."
    history.enter()
    with transaction() as session:
        append_audit(
            session, at=card["completed_at"], actor="admin", action="publication.cancelled",
            cycle_id=card["cycle_id"], subject="kanal tiktok", after={"answer": "Batalkan"},
        )  # fmt: skip
    december = words(build_period_report(data_of(Period.month(date(2026, 12, 1))), brand))
    day = short_date(card["completed_at"].date())
    assert f"{card['cycle_id']} {card['title']} {day} Gempa merusak gedung kantor." in december
    assert f"Unggahan dibatalkan: 1 kali, pada siklus {card['cycle_id']}." in december
    november = words(build_period_report(data_of(), brand))
    assert "Gempa" not in november
    assert "Tidak ada penyimpangan lain yang tercatat." in november


def test_what_people_typed_stays_text(history: History, data_of: Data, brand: Brand) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    for row in (*history.cycles, *history.cards):
        row["title"] = evil
        row["kahar"] = True
    for row in history.cycles:
        row["kahar_reason"] = evil
    history.enter()
    html = build_period_report(data_of(), brand)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in html


def test_pictures_are_few_small_and_referenced(
    history: History, data_of: Data, brand: Brand, archive: Archive
) -> None:
    history.enter()
    keep_pictures(history, archive)
    data = data_of(HALF_YEAR)
    assert 6 < len(data.proofs) <= 12
    assert len({proof.cycle_id for proof in data.proofs}) == len(data.proofs)
    assert len({proof.channel for proof in data.proofs}) > 2
    html = build_period_report(data, brand)
    assert html.count('src="data:image/jpeg;base64,') == len(data.proofs)
    assert all(proof.sha256[:12] in html for proof in data.proofs)


def test_a_picture_that_is_gone_from_the_archive_is_told(
    history: History, data_of: Data, brand: Brand, archive: Archive
) -> None:
    history.enter()
    keep_pictures(history, archive)
    lost = data_of().proofs[0]
    (archive.root / lost.path).unlink()
    html = build_period_report(data_of(), brand)
    assert html.count("Berkas tidak dapat dibaca dari arsip") == 1
    assert lost.sha256[:12] in html


def test_numbers_of_the_platforms_appear_per_month_and_post_and_missing_ones_as_such(
    history: History, data_of: Data, brand: Brand
) -> None:
    history.enter()
    assert "Angka unggahan menurut platform" not in words(build_period_report(data_of(), brand))
    read_numbers(history)
    data = data_of()
    text = words(build_period_report(data, brand))
    read = [post for post in data.posts if post.read_at]
    assert {post.channel for post in read} == {"Facebook", "Instagram", "X (Twitter)", "TikTok"}
    assert f"untuk {len(read)} dari {len(data.posts)} unggahan" in text
    views = sum(post.numbers["views"].value or 0 for post in read)
    assert f"tayangan {views:,.0f}".replace(",", ".") in text
    assert "dibagikan tidak tersedia." in text
    tiktok = next(post for post in read if post.channel == "TikTok")
    _, _, row = text.partition(f"{tiktok.cycle_id} · {tiktok.title} TikTok")
    assert "ditarik platform" in row[:80]


def test_training_is_said_aloud(history: History, data_of: Data, brand: Brand) -> None:
    history.enter()
    assert words(build_period_report(data_of(training=True), brand)).count("MODE LATIHAN") == 2


def test_charts_are_the_same_for_the_same_numbers_have_words_and_no_coarse_patterns(
    history: History, data_of: Data, brand: Brand
) -> None:
    history.enter()
    found = data_of(HALF_YEAR).found
    chart = steps_chart(found.steps, brand)
    assert chart == steps_chart(found.steps, brand)
    assert "<text" not in chart.svg
    assert "<pattern" not in chart.svg
    assert "url(#h" not in chart.svg
    assert "Persetujuan Kasubbag: target 3 jam, median" in chart.alt
    html = build_period_report(data_of(HALF_YEAR), brand)
    pictures = re.findall(r'<img src="data:image/svg[^"]*" alt="([^"]*)"', html)
    assert len(pictures) == 5
    assert all(len(alt) > 60 for alt in pictures)
