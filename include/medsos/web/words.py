"""The Indonesian words for what the record stores as keys."""

from __future__ import annotations

from medsos.offices.model import CHANNEL_NAMES

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
NOTICE_WAY = {"mail": "surel", "apprise": "pesan", "": "–"}

FIELD = {
    "catatan": "Catatan",
    "judul_desain": "Judul pada desain dan website",
    "keputusan": "Keputusan rapat",
    "mulai": "Rapat mulai",
    "nomor_siklus": "Siklus yang notulanya dipakai",
    "peserta": "Peserta",
    "ringkasan": "Ringkasan pada desain",
    "selesai": "Rapat selesai",
    "tangkapan_layar": "Tangkapan layar",
    "tautan": "Alamat postingan",
}
_TEXTS = {"teks": "Keterangan", "alt": "Teks alternatif"}


def field_name(key: str) -> str:
    """What a field of a form is called on its page: the label of `teks_x` is “Keterangan X (Twitter)”."""
    what, _, channel = key.partition("_")
    if what in _TEXTS and channel in CHANNEL_NAMES:
        return f"{_TEXTS[what]} {CHANNEL_NAMES[channel]}"
    return FIELD.get(key, key)
