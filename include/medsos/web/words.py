"""The Indonesian words for what the record stores as keys."""

from __future__ import annotations

STATUS = {
    "berjalan": "Berjalan",
    "ditolak": "Ditolak",
    "selesai": "Selesai",
    "tidak_lengkap": "Tidak lengkap",
}
DECISION = {"setuju": "Setuju", "revisi": "Revisi", "tolak": "Tolak"}
DECIDED = {"setuju": "Disetujui", "revisi": "Diminta revisi", "tolak": "Ditolak"}
PUBLICATION = {
    "new": "Disiapkan",
    "prepared": "Disiapkan",
    "committing": "Sedang diunggah",
    "unknown": "Belum dipastikan",
    "absent": "Belum tayang",
    "published": "Tayang",
    "rejected": "Ditolak platform",
    "needs_person": "Perlu diperiksa",
    "cancelled": "Dibatalkan",
    "tidak_diunggah": "Tidak diunggah",
}
MODE = {"api": "otomatis", "manual": "manual oleh admin", "off": "tidak dipakai"}
STEP = {
    "selesai": "Selesai",
    "berjalan": "Sedang dikerjakan",
    "menunggu": "Menunggu orang",
    "gagal": "Gagal; dicoba lagi atau perlu diperiksa",
    "dilewati": "Dilewati",
    "belum": "Belum dimulai",
}
EVIDENCE = {
    "screenshot": "tangkapan layar",
    "manual": "tangkapan layar dari admin",
    "read_back": "data dari platform",
}
KIND = {"image": "Gambar", "cover": "Sampul", "video": "Video", "document": "Dokumen"}
NOTICE = {
    "due": "Segera dikirim",
    "sending": "Sedang dikirim",
    "sent": "Terkirim",
    "failed": "Gagal, dicoba lagi",
    "given_up": "Tidak terkirim",
    "unknown": "Mungkin terkirim",
    "no_way": "Tidak dapat dikirim",
    "dropped": "Tidak diperlukan",
}
NOTICE_KIND = {"reminder": "Pengingat", "escalation": "Eskalasi"}
NOTICE_WAY = {"mail": "surel", "apprise": "pesan Apprise", "": "–"}
