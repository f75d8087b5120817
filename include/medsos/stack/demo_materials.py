"""Makes the requests and materials of the demo: a photo, a video and a document, drawn on the spot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from medsos.clock import utc_now
from medsos.offices.model import CHANNELS
from medsos.stack.demo_files import write_document, write_photo, write_video

_TEXTS: dict[str, tuple[str, str]] = {
    "foto_kegiatan": (
        "Rapat Pleno Terbuka Rekapitulasi Daftar Pemilih Berkelanjutan",
        "KPU Kota Bengkulu melaksanakan Rapat Pleno Terbuka Rekapitulasi Daftar Pemilih Berkelanjutan "
        "yang dihadiri Bawaslu, partai politik dan instansi terkait.\n\nHasil rapat dituangkan dalam "
        "berita acara dan diumumkan kepada masyarakat.",
    ),
    "video": (
        "Cek Nama Anda dalam Daftar Pemilih",
        "Pastikan Anda sudah terdaftar. Periksa nama Anda pada laman cekdptonline.kpu.go.id atau datang ke "
        "kantor KPU Kota Bengkulu pada jam kerja.",
    ),
    "ucapan_hari_besar": (
        "Selamat Hari Guru Nasional",
        "Keluarga besar KPU Kota Bengkulu mengucapkan Selamat Hari Guru Nasional. Terima kasih kepada semua "
        "guru yang menumbuhkan pemilih cerdas sejak di bangku sekolah.",
    ),
    "ucapan_duka": (
        "Turut Berduka Cita atas Wafatnya Bapak Ahmad Syafri",
        "Keluarga besar KPU Kota Bengkulu menyampaikan duka cita yang mendalam. Semoga almarhum mendapat "
        "tempat terbaik dan keluarga yang ditinggalkan diberi ketabahan.",
    ),
    "sosialisasi_tahapan": (
        "Pemutakhiran Daftar Pemilih Berkelanjutan Triwulan IV Tahun 2026 Telah Dimulai",
        "Warga Kota Bengkulu yang baru berusia 17 tahun, pindah domisili, atau berubah status menjadi "
        "warga sipil dapat melapor ke kantor KPU Kota Bengkulu. Bawa KTP elektronik dan kartu keluarga.",
    ),
    "produk_hukum": (
        "Keputusan tentang Penetapan Daftar Pemilih Berkelanjutan",
        "KPU Kota Bengkulu menetapkan Daftar Pemilih Berkelanjutan Triwulan III Tahun 2026. Salinan "
        "keputusan dapat diunduh masyarakat pada website.",
    ),
}


def make_materials(intake: Path) -> dict[str, dict[str, Any]]:
    """Write the files into `intake` and return the trigger form's values per content type."""
    write_photo(intake / "rapat-pleno.jpg")
    write_video(intake / "cek-pemilih.mp4")
    write_document(intake / "keputusan.pdf", _TEXTS["produk_hukum"][0])
    files = {
        "foto_kegiatan": ["rapat-pleno.jpg"],
        "video": ["cek-pemilih.mp4"],
        "produk_hukum": ["keputusan.pdf"],
    }
    today = utc_now().date()
    forms: dict[str, dict[str, Any]] = {}
    for content_type, (title, body) in _TEXTS.items():
        forms[content_type] = {
            "title": title,
            "content_type": content_type,
            "body": body,
            "activity_date": today.isoformat(),
            "place": "Aula KPU Kota Bengkulu" if content_type == "foto_kegiatan" else "",
            "materials": files.get(content_type, []),
            "channels": list(CHANNELS),
        }
    forms["produk_hukum"] |= {
        "document_number": "12 Tahun 2026",
        "document_date": (today - timedelta(days=3)).isoformat(),
    }
    return forms
