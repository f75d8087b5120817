"""Drafts, forms of steps 1 and 2, notices and trails in every state of their pages, with the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from airflow_stand_in import Airflow
from content_video import noisy_video
from playwright.sync_api import Page
from pypdf import PdfWriter
from request_page_kit import photo
from sqlalchemy import select
from web_samples import BODY, asked, decide, design_round, new_cycle

from builders import NOW
from medsos.channels.metrics import Missing, Numbers
from medsos.clock import utc_now
from medsos.drafts import book, uploads
from medsos.engagement.record import DueReading, record_reading
from medsos.evidence.archive import Archive
from medsos.store.audit import append_audit
from medsos.store.journal import record_event
from medsos.store.models import Draft, Finding, Notice, PlanRow, Publication
from medsos.store.session import transaction


@dataclass(frozen=True)
class Step:
    """A page to look at: whose, where, and what is done on it first."""

    name: str
    who: str
    path: str
    do: Callable[[Page], None] = lambda page: None


def request_steps(airflow: Airflow, folder: Path) -> list[Step]:
    """The pages of *Ajukan konten*."""
    empty = new_draft("foto_kegiatan")
    full = new_draft(
        "foto_kegiatan", title="Rapat Koordinasi Pemutakhiran Data Pemilih", body=BODY, kahar="ya",
        kahar_reason="Banjir di tiga kecamatan",
    )  # fmt: skip
    for name, colour in (("rapat.jpg", "#9b1c1f"), ("foto-dengan-nama-yang-sangat-panjang.jpg", "#17643a")):
        add_file(full, name, photo(colour))
    announced = add_file(full, "terputus.jpg", photo("#37474f"), whole=False)
    assert announced
    film = new_draft("video", title="Cara mencoblos", body=BODY)
    add_file(film, "cara-mencoblos.mp4", noisy_video(folder / "film.mp4", at_least=200_000).read_bytes())
    law = new_draft(
        "produk_hukum", title="Keputusan tentang jadwal", body=BODY, document_number="12 Tahun 2026",
        document_date="2026-11-20",
    )  # fmt: skip
    add_file(law, "keputusan.pdf", _pdf())
    sent = new_draft("foto_kegiatan", title="Simulasi", body=BODY)
    with transaction() as session:
        run_id = book.mark_sent(session, session.get_one(Draft, sent), utc_now())
    airflow.runs[str(run_id)] = {"dag_run_id": run_id, "state": "queued", "conf": {}}

    def send(page: Page) -> None:
        page.get_by_role("button", name="Kirim permohonan").click()
        page.get_by_text("Belum terkirim").wait_for()

    return [
        Step("ajukan", "admin", "ajukan"),
        Step("ajukan, tidak boleh", "analis", "ajukan"),
        Step("draf kosong", "admin", f"ajukan/{empty}"),
        Step("draf, salah", "admin", f"ajukan/{empty}", send),
        Step("draf terisi", "admin", f"ajukan/{full}", opened),
        Step("draf video", "admin", f"ajukan/{film}"),
        Step("draf produk hukum", "admin", f"ajukan/{law}"),
        Step("draf, hapus", "admin", f"ajukan/{full}/hapus"),
        Step("draf terkirim", "admin", f"ajukan/{sent}"),
    ]


def own_form_steps(archive: Archive, airflow: Airflow) -> list[Step]:
    """The forms of steps 1 and 2."""
    first = new_cycle("Layanan Pindah Memilih")
    waits_for_team(airflow, first, "meeting.record_minutes", "Notula rapat", "Simpan notula")
    waits_for_team(airflow, first, "design.plan_content", "Rencana materi", "Simpan rencana")
    revised = new_cycle("Sosialisasi Pemilih Pemula di SMA Negeri 2")
    design_round(archive, revised)
    decide(revised, 1, "revisi", "Judulnya terlalu panjang.\nFoto pertama terlalu gelap.")
    waits_for_team(airflow, revised, "approval.round_1.revise_content", "Revisi putaran 1", "Kirim revisi")

    def save_nothing(page: Page) -> None:
        page.get_by_label("Keputusan").first.fill("")
        page.get_by_role("button", name="Simpan notula").click()
        page.get_by_text("Belum tersimpan").wait_for()

    return [
        Step("notula", "admin", f"notula/{first}", opened),
        Step("notula, salah", "admin", f"notula/{first}", save_nothing),
        Step("notula, melihat", "kasubbag", f"notula/{first}"),
        Step("rencana", "admin", f"rencana/{first}", opened),
        Step("revisi", "admin", f"revisi/{revised}/1", opened),
        Step("perlu tindakan, tim", "admin", "perlu-tindakan"),
        Step("arsip", "analis", "arsip-siklus?cari=simulasi"),
        Step("arsip, tidak ada", "analis", "arsip-siklus?cari=tidakadayangbegini"),
    ]


def nobody_may_decide(archive: Archive) -> int:
    """A cycle that the Kasubbag has requested and his delegate planned, so nobody is left; its number."""
    cycle_id = new_cycle("Rapat Evaluasi Kinerja Subbagian", requester="kasubbag")
    design_round(archive, cycle_id)
    with transaction() as session:
        session.query(PlanRow).filter_by(cycle_id=cycle_id).one().author = "wakil"
        record_event(
            session, cycle_id=cycle_id, task_id="approval.round_1.await_decision", event="waiting",
            at=utc_now(), round_no=1, detail={"for_people": []},
        )  # fmt: skip
    return cycle_id


def reminded(cycle_id: int) -> None:
    """Notices about a cycle: one that arrived, one that could not be sent."""
    values: dict[str, Any] = {
        "office": "kota-bengkulu", "cycle_id": cycle_id, "task_id": "approval.round_1.await_decision",
        "round": 1, "waiting_since": NOW, "recipient": "kasubbag", "recipient_name": "Kasubbag (contoh)",
        "due_at": NOW,
    }  # fmt: skip
    problem = "Server surat tidak dapat dipakai (TimeoutError). Dicoba lagi sampai enam kali."
    with transaction() as session:
        session.add(Notice(**values, kind="reminder", threshold="50", way="mail", state="sent", sent_at=NOW))
        session.add(
            Notice(
                **values, kind="escalation", threshold="200", way="apprise", state="given_up", tries=6,
                problem=problem,
            )
        )  # fmt: skip


def watched(cycle_id: int) -> None:
    """Lines in the trail of a cycle, two of which stand out."""
    refused = {"reason": "Segel tidak sama dengan yang disetujui."}
    before = {"headline": "Simulasi Pemungutan dan Penghitungan Suara", "summary": "Sama"}
    after = {"headline": "Simulasi Pemungutan Suara", "summary": "Sama", "texts": {"x": {"caption": BODY}}}
    seal = {"decision": "revisi", "seal": "a" * 64, "note": "Perbaiki judul", "on_behalf_of": "kasubbag"}
    with transaction() as session:
        for actor, action, subject, values in (
            ("admin", "cycle.kahar", "Simulasi", {"after": {"reason": "Banjir di tiga kecamatan"}}),
            ("admin", "plan.stored", "putaran 1", {"before": before, "after": after}),
            ("wakil", "approval.decided", "putaran 1", {"after": seal}),
            ("upload.publish_x", "publication.refused", "kanal x", {"after": refused}),
        ):
            append_audit(
                session, at=NOW, cycle_id=cycle_id, actor=actor, action=action, subject=subject, **values
            )


def waits_for_team(airflow: Airflow, cycle_id: int, task_id: str, what: str, button: str) -> None:
    subject = f"Langkah 2 · {what} · Siklus {cycle_id}: Contoh"
    airflow.forms.append(asked(cycle_id, task_id, subject=subject, people=("admin",), options=(button,)))


def new_draft(content_type: str, **typed: str) -> str:
    """A draft of the admin; returns its id."""
    with transaction() as session:
        draft = book.new_draft(
            session, office="kota-bengkulu", author="admin", content_type=content_type,
            channels=["web", "facebook", "instagram", "x", "tiktok"], now=utc_now(),
        )  # fmt: skip
        # An untouched draft would be used again for the next one.
        book.save(session, draft, {"place": "Aula KPU Kota Bengkulu", **typed}, utc_now())
        return draft.id


def add_file(draft_id: str, name: str, data: bytes, *, whole: bool = True) -> str:
    """A file of a draft, or with `whole` False a third of it; returns its id."""
    with transaction() as session:
        draft = session.get_one(Draft, draft_id)
        file = uploads.begin(session, draft, name=name, size=len(data), stamp="1", now=utc_now())
    with uploads.writing(file, 0) as part:
        part.write(data if whole else data[: len(data) // 3])
    if whole:
        uploads.finish(file)
    return file.id


def opened(page: Page) -> None:
    """Open whatever is folded in."""
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


def _pdf() -> bytes:
    writer, target = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(target)
    return target.getvalue()


def observed(cycle_id: int) -> None:
    """Numbers of every sort, and a link that has died."""
    full = Numbers({"views": 1412, "reach": 300, "likes": 57, "comments": 6, "shares": 0})
    with transaction() as session:
        rows = session.scalars(select(Publication).where(Publication.cycle_id == cycle_id)).all()
        for row, second in zip(rows, (Numbers({**full, "reach": Missing.WITHDRAWN}), None), strict=False):
            for age, numbers in ((1, full), (3, second)):
                due = DueReading(row.id, cycle_id, "1", age)
                record_reading(session, due, numbers, NOW + timedelta(days=age))
        session.add(
            Finding(
                office="kota-bengkulu", kind="link_dead", subject="x:1", cycle_id=cycle_id, since=NOW,
                problem="Tautan X (Twitter): https://x.example/1. Tautan menjawab dengan status 404.",
            )
        )  # fmt: skip
