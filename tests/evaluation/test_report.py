"""The Laporan Evaluasi can be read, checked against the tables, and signed."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy
from cycle_story import CHANNELS, MORNING, Story, at
from pypdf import PdfReader

from medsos.evaluation.charts.cycle import Bar, cycle_chart
from medsos.evaluation.report.cycle import build_report, conclusions
from medsos.evaluation.report.cycle_data import ReportData, report_data
from medsos.evidence.screenshot import open_page
from medsos.store.audit import append_audit
from medsos.store.models import Delegation, Evidence, Publication
from medsos.store.session import transaction


def data_of(story: Story, *, training: bool = False, now: str = "13:14") -> ReportData:
    story.evaluate(now)
    with transaction() as session:
        return report_data(
            session,
            story.cycle_id,
            office=story.office,
            sop=story.sop,
            now=at(now),
            training=training,
            read_file=story.archive.read,
        )


def report_of(story: Story, **options: Any) -> str:
    return build_report(data_of(story, **options), story.brand)


def words(html: str) -> str:
    """What a reader sees, without markup and with single spaces."""
    body = re.sub(r"<(style|script|svg).*?</\1>", " ", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_report_names_procedure_office_steps_and_signatory(finished_story: Story) -> None:
    text = words(report_of(finished_story))
    assert "Komisi Pemilihan Umum Kota Bengkulu" in text
    assert "Laporan Evaluasi Pengelolaan Medsos" in text
    assert "SOP Nomor 4/ORT.06/1771/2/2023" in text
    assert "4. Pengunggahan Admin Medsos 23 Nov 2026 13.00 WIB 23 Nov 2026 13.07 WIB 15 menit 7 menit" in text
    assert "Jumlah 8 jam 40 menit 2 jam 55 menit 6 dari 6 dalam target" in text
    assert "Bengkulu, 23 November 2026 Sekretaris, Sekretaris (contoh) NIP." in text


def test_every_channel_shows_permalink_checksum_and_both_pictures(finished_story: Story) -> None:
    html = report_of(finished_story)
    with transaction() as session:
        checksums = [row.sha256 for row in session.query(Evidence)]
    assert len(checksums) == 5
    for channel, checksum in zip(CHANNELS, checksums, strict=True):
        assert f'href="https://{channel}.example/kpukotabengkulu/posts/1"' in html
        assert checksum in html
    assert html.count("<figcaption>Tangkapan layar</figcaption>") == 5
    assert html.count('src="data:image/jpeg;base64,') == 10


def test_a_hostile_title_stays_text(new_story: Any) -> None:
    story = new_story(
        title='<script>alert(1)</script>" onload="x', kahar_reason="<img src=x onerror=alert(2)>"
    )
    story.tell(MORNING)
    story.decided("revisi", note="<b>tebal</b> & {{ 7*7 }}")
    html = report_of(story)
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;tebal&lt;/b&gt; &amp; {{ 7*7 }}" in html


def test_a_permalink_that_is_not_a_web_address_is_no_link(finished_story: Story) -> None:
    with transaction() as session:
        # Not even who can lift the database's own lock gets a script into the report.
        session.execute(sqlalchemy.text("DROP TRIGGER publications_final_update"))
        session.query(Publication).filter_by(channel="x").one().permalink = "javascript:alert(1)"
    html = report_of(finished_story)
    assert 'href="javascript' not in html
    assert "javascript:alert(1)" in html


def test_training_is_said_aloud_and_only_then(finished_story: Story) -> None:
    assert words(report_of(finished_story, training=True)).count("MODE LATIHAN") == 2
    assert "MODE LATIHAN" not in report_of(finished_story)


def test_kahar_and_its_reason_are_shown(new_story: Any) -> None:
    story = new_story(kahar_reason="Banjir memutus jaringan kantor.")
    text = words(report_of(story))
    assert "Keadaan kahar" in text
    assert "dalam keadaan kahar (SOP, Pengesahan angka 4): Banjir memutus jaringan kantor." in text


def test_every_override_stands_in_the_conclusions(finished_story: Story) -> None:
    with transaction() as session:
        append_audit(
            session, at=at("13:00"), actor="upload.publish_x", action="publication.refused",
            cycle_id=finished_story.cycle_id, subject="kanal x", after={"reason": "Segel tidak sama."},
        )  # fmt: skip
        append_audit(
            session, at=at("13:05"), actor="admin", action="publication.cancelled",
            cycle_id=finished_story.cycle_id, subject="kanal tiktok", after={"answer": "Batalkan"},
        )  # fmt: skip
    text = words(report_of(finished_story))
    assert "Penyimpangan tercatat: Pengunggahan ditolak sistem (kanal x; sistem, 23 November 2026" in text
    assert "Penyimpangan tercatat: Unggahan dibatalkan (kanal tiktok; Admin Medsos (contoh), 23" in text


def test_rounds_with_their_notes_are_listed(finished_story: Story, new_story: Any) -> None:
    story = new_story()
    story.tell(MORNING)
    story.decided("revisi", "setuju", note="Ganti foto ketiga.")
    text = words(report_of(story))
    assert "1 Revisi Kasubbag (contoh) 23 Nov 2026, 11.16 WIB Ganti foto ketiga." in text
    assert "2 Setuju Kasubbag (contoh) 23 Nov 2026, 12.16 WIB" in text


def test_a_delegate_from_outside_the_office_file_is_called_by_name(new_story: Any) -> None:
    story, day = new_story(), at("08:00").date()
    with transaction() as session:
        session.add(
            Delegation(
                office="kota-bengkulu", role="kasubbag", kind="plh", principal="kasubbag", username="rahma",
                airflow_user_id="rahma", name="Rahmawati, S.H.", letter_number="1", letter_date=day,
                valid_from=day, valid_until=day, recorded_at=at("08:00"), recorded_by="sekretaris",
            )
        )  # fmt: skip
    story.tell(MORNING)
    story.decided("setuju", delegate="rahma")
    assert "Rahmawati, S.H. atas nama Kasubbag (contoh)" in words(report_of(story))


def test_a_late_step_is_marked_by_words_and_explained(new_story: Any) -> None:
    story = new_story()
    story.tell(MORNING + "15:46 approval.round_1.await_decision resumed")
    story.decided("setuju")
    data = data_of(story, now="16:00")
    assert (
        "Langkah 3 (Persetujuan Kasubbag) melampaui target 1 jam; 4 jam di antaranya menunggu isian atau "
        "keputusan." in conclusions(data)
    )
    assert "▲ lewat 1 jam" in words(build_report(data, story.brand))


def test_missing_channels_and_missing_proof_are_named(new_story: Any) -> None:
    story = new_story(channels=["web", "facebook", "x"])
    story.decided("setuju")
    story.published("web", "13:01", proof=None)
    story.published("facebook", "13:02", state="rejected")
    data = data_of(story)
    assert conclusions(data)[0] == (
        "Konten tayang di 1 dari 3 kanal yang diminta; belum tayang di Facebook dan X (Twitter) dan perlu "
        "ditindaklanjuti."
    )
    assert "Tangkapan layar belum ada untuk Website; perlu dilengkapi." in conclusions(data)
    text = words(build_report(data, story.brand))
    assert "Facebook – Ditolak platform" in text
    assert "Kendala Token akun sudah dicabut." in text
    assert "X (Twitter) – Tidak diunggah" in text


def test_a_rejected_cycle_has_its_report(new_story: Any) -> None:
    story = new_story()
    story.tell(MORNING + "11:00 approval.round_1.await_decision resumed")
    story.decided("tolak", note="Tidak sesuai keputusan rapat.")
    story.designed(*CHANNELS)
    html = report_of(story)
    text = words(html)
    assert "Status Ditolak" in text
    assert "Materi ditolak pada tahap persetujuan, sehingga tidak ada yang diunggah." in text
    assert html.count("<figcaption>Desain yang diajukan</figcaption>") == 5
    assert "4. Pengunggahan Admin Medsos – – 15 menit – – – tidak dilaksanakan" in text


def test_the_designs_shown_are_those_of_the_last_round(new_story: Any) -> None:
    story = new_story(channels=["web"])
    story.designed("web")
    story.designed("web", round_no=2)
    first, second = (
        story.archive.read(f"kota-bengkulu/2026/11/000001-cerita/desain/putaran-{n}/web.jpg") for n in (1, 2)
    )
    shown = data_of(story).channels[0].design
    assert shown == second != first


def test_the_report_loads_nothing_else_fits_a_phone_and_prints_on_few_pages(
    finished_story: Story, tmp_path: Any
) -> None:
    path = tmp_path / "laporan.html"
    path.write_text(report_of(finished_story), encoding="utf-8")
    with open_page(None, (390, 844)) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.pdf(path=str(tmp_path / "laporan.pdf"), prefer_css_page_size=True)
        pages = PdfReader(tmp_path / "laporan.pdf").pages
    assert len(pages) <= 4
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


def test_the_same_numbers_draw_the_same_chart(finished_story: Story) -> None:
    bars = [
        Bar("1 · Rapat", 120, 90, True),
        Bar("2 · Desain", 180, 5000, False),
        Bar("3", 15, None, None, "tidak"),
    ]
    first = cycle_chart(bars, finished_story.brand)
    assert first == cycle_chart(bars, finished_story.brand)
    assert first.svg.startswith("<svg")
    assert "<text" not in first.svg  # outlines: the chart looks the same where the font is missing
