"""Sample words and pictures per content type, for the sheet of designs and the golden pictures."""

from __future__ import annotations

from pathlib import Path

from medsos.design.model import DesignFields

SAMPLES_DIR = Path(__file__).resolve().parent / "samples"

_PHOTOS: dict[str, tuple[str, ...]] = {
    "foto_kegiatan": ("aula.jpg", "kotak-suara.jpg", "pantai.jpg"),
    "video": ("kotak-suara.jpg",),
    "sosialisasi_tahapan": ("aula.jpg",),
}

_WORDS: dict[str, dict[str, str]] = {
    "foto_kegiatan": {
        "headline": "KPU Kota Bengkulu Gelar Rapat Koordinasi Pemutakhiran Data Pemilih",
        "summary": "Rapat diikuti perwakilan partai politik, Bawaslu, dan dinas terkait. "
        "Hasilnya menjadi dasar perbaikan daftar pemilih triwulan keempat.",
        "date_text": "Selasa, 24 November 2026",
        "place": "Aula KPU Kota Bengkulu",
    },
    "video": {
        "headline": "Cara Cek Nama Anda di Daftar Pemilih",
        "summary": "Cukup tiga langkah lewat ponsel, selesai dalam satu menit.",
    },
    "ucapan_hari_besar": {
        "headline": "Selamat Hari Pahlawan 10 November 2026",
        "summary": "Semangat para pahlawan adalah bekal kita menjaga demokrasi yang jujur dan adil.",
    },
    "ucapan_duka": {
        "headline": "Turut Berduka Cita atas Wafatnya Bapak H. Ahmad Contoh",
        "summary": "Semoga almarhum mendapat tempat terbaik di sisi-Nya dan keluarga yang ditinggalkan "
        "diberi ketabahan.",
        "date_text": "Selasa, 24 November 2026",
    },
    "sosialisasi_tahapan": {
        "headline": "Pendaftaran Pemantau Pemilu Telah Dibuka",
        "summary": "Lembaga pemantau dapat mendaftar dengan membawa akta, susunan pengurus, "
        "dan rencana pemantauan.",
        "date_text": "24 November sampai 8 Desember 2026",
        "place": "Kantor KPU Kota Bengkulu",
    },
    "produk_hukum": {
        "headline": "Rekapitulasi Daftar Pemilih Berkelanjutan Triwulan IV Tahun 2026",
        "summary": "Keputusan KPU Kota Bengkulu tentang penetapan hasil pemutakhiran data pemilih.",
        "date_text": "24 November 2026",
        "document_number": "128 Tahun 2026",
    },
}


def sample_fields(content_type: str) -> DesignFields:
    """Fields of a plausible, invented post of that type."""
    return DesignFields(
        office_name="KPU Kota Bengkulu",
        website="https://kota-bengkulu.kpu.go.id",
        handle="@kpukotabengkulu",
        photos=tuple(SAMPLES_DIR / name for name in _PHOTOS.get(content_type, ())),
        **_WORDS[content_type],
    )
