"""What the evaluation tables and their columns are called in Indonesian, and what each column means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from medsos.content.request import CONTENT_TYPE_NAMES
from medsos.indonesian import slug_text
from medsos.offices.model import CHANNEL_NAMES
from medsos.store.models import ChannelResult, CycleScorecard, MonthlyRecap, StepDuration


class Kind(StrEnum):
    """What the values of a column are; decides on types and number formats. The value is the unit's name."""

    NUMBER = "bilangan bulat"
    MINUTES = "menit"
    SECONDS = "detik"
    RATE = "bagian, 0 sampai 1"
    MOMENT = "tanggal dan jam"
    MONTH = "bulan (tanggal pertamanya)"
    YES_NO = "ya atau tidak"
    TEXT = "teks"


@dataclass(frozen=True)
class Column:
    """One column.

    :param name: in the store; part of the public contract.
    :param meaning: one Indonesian sentence, with the unit.
    :param codes: what the keys mean that stand in it, where it holds keys.
    """

    name: str
    heading: str
    kind: Kind
    meaning: str
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def view_name(self) -> str:
        """Its name in the database view: the heading in snake case, for example `menit_kerja`."""
        return _snake(self.heading)

    @property
    def explanation(self) -> str:
        """The sentence, and what the keys mean."""
        told = "; ".join(f"{key} = {meaning}" for key, meaning in self.codes.items())
        return f"{self.meaning} Isinya: {told}." if told else self.meaning


@dataclass(frozen=True)
class Table:
    """One evaluation table.

    :param name: Indonesian; also the name of its sheet.
    :param one_row_per: completes “Satu baris untuk …”.
    """

    model: Any
    name: str
    one_row_per: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> str:
        """Its name in the store; part of the public contract."""
        return str(self.model.__tablename__)

    @property
    def view_name(self) -> str:
        """The database view with Indonesian columns, for example `v_waktu_per_langkah`."""
        return f"v_{_snake(self.name)}"

    @property
    def file_name(self) -> str:
        """How its files are called, for example `waktu-per-langkah`."""
        return slug_text(self.name)

    @property
    def headings(self) -> dict[str, str]:
        """Indonesian heading by column name."""
        return {column.name: column.heading for column in self.columns}


def _snake(words: str) -> str:
    return slug_text(words).replace("-", "_")


_CYCLE = Column("cycle_id", "Nomor siklus", Kind.NUMBER, "Nomor siklus, sama di semua tabel dan halaman.")
_OFFICE = Column("office", "Kantor", Kind.TEXT, "Nama pendek kantor, misalnya kota-bengkulu.")
_CONTENT_TYPE = Column("content_type", "Jenis konten", Kind.TEXT, "Jenis konten.", CONTENT_TYPE_NAMES)
_ROUNDS = Column("rounds", "Jumlah putaran", Kind.NUMBER, "Banyaknya putaran persetujuan yang diputuskan.")
_KAHAR = Column("kahar", "Kahar", Kind.YES_NO, "Ya bila siklus ditandai dalam keadaan kahar.")
_STEP = Column("step_no", "Langkah", Kind.NUMBER, "Nomor langkah SOP, 1 sampai 6.")
_TARGET = Column("target_minutes", "Target (menit)", Kind.MINUTES, "Target langkah menurut SOP, menit kerja.")

_STEP_KEYS = {
    "meeting": "rapat",
    "design": "materi dan desain",
    "approval": "persetujuan",
    "upload": "pengunggahan",
    "link": "tautan",
    "evaluation": "rekap dan evaluasi",
}
_STATES = {
    "published": "tayang",
    "new": "belum diunggah",
    "prepared": "disiapkan, belum tayang",
    "committing": "permintaan terbit sedang dikirim",
    "unknown": "belum dipastikan tayang atau tidak",
    "absent": "terbukti belum tayang",
    "rejected": "ditolak platform",
    "needs_person": "perlu diperiksa orang",
    "cancelled": "dibatalkan orang",
    "tidak_diunggah": "tidak pernah diunggah",
}
_EVIDENCE = {
    "screenshot": "tangkapan layar oleh sistem",
    "manual": "tangkapan layar dari admin",
    "read_back": "data dari platform, belum memenuhi SOP",
}
_STATUSES = {
    "selesai": "semua kanal tayang dengan bukti",
    "tidak_lengkap": "ada kanal atau bukti yang kurang",
    "ditolak": "ditolak Kasubbag",
    "berjalan": "belum selesai",
}

_STEP_DURATIONS = Table(
    StepDuration,
    "Waktu per langkah",
    "satu siklus dan satu langkah SOP",
    (
        _CYCLE,
        _OFFICE,
        _CONTENT_TYPE,
        Column("sop_version", "Versi SOP", Kind.TEXT, "Versi SOP yang berlaku bagi siklus itu."),
        _STEP,
        Column("step_key", "Kunci langkah", Kind.TEXT, "Nama tetap langkah.", _STEP_KEYS),
        Column("started_at", "Mulai", Kind.MOMENT, "Saat langkah dimulai; kosong bila belum dimulai."),
        Column("finished_at", "Selesai", Kind.MOMENT, "Saat langkah selesai; kosong bila tidak sampai."),
        _TARGET,
        Column(
            "elapsed_minutes",
            "Menit jam dinding",
            Kind.MINUTES,
            "Lamanya langkah menurut jam dinding, dalam menit, termasuk malam dan hari libur.",
        ),
        Column(
            "working_minutes",
            "Menit kerja",
            Kind.MINUTES,
            "Lamanya langkah dalam menit kerja; angka inilah yang dibandingkan dengan target.",
        ),
        Column(
            "waiting_minutes",
            "Menit menunggu",
            Kind.MINUTES,
            "Bagian dari menit kerja saat langkah menunggu jawaban orang.",
        ),
        Column(
            "rework_minutes",
            "Menit perbaikan",
            Kind.MINUTES,
            "Bagian dari menit kerja untuk perbaikan pada putaran kedua dan seterusnya.",
        ),
        Column("rounds", "Jumlah putaran", Kind.NUMBER, "Banyaknya putaran pada langkah itu."),
        Column(
            "on_time",
            "Tepat waktu",
            Kind.YES_NO,
            "Ya bila menit kerja tidak melebihi target; kosong bila langkah tidak dinilai.",
        ),
        Column(
            "deviation_minutes",
            "Selisih dari target (menit)",
            Kind.MINUTES,
            "Menit kerja dikurangi target, dalam menit; negatif berarti lebih cepat daripada target.",
        ),
        _KAHAR,
    ),
)
_CHANNEL_RESULTS = Table(
    ChannelResult,
    "Hasil per kanal",
    "satu siklus dan satu kanal",
    (
        _CYCLE,
        Column("channel", "Kanal", Kind.TEXT, "Kanal yang diminta.", CHANNEL_NAMES),
        Column(
            "mode",
            "Cara",
            Kind.TEXT,
            "Cara mengunggah.",
            {"api": "otomatis", "manual": "dengan tangan oleh admin", "off": "kanal tidak dipakai"},
        ),
        Column("state", "Keadaan", Kind.TEXT, "Keadaan unggahan saat dievaluasi.", _STATES),
        Column("published_at", "Tayang", Kind.MOMENT, "Saat konten tayang; kosong bila tidak tayang."),
        Column("permalink", "Tautan", Kind.TEXT, "Alamat tetap unggahan."),
        Column("attempts", "Jumlah percobaan", Kind.NUMBER, "Banyaknya percobaan mengunggah."),
        Column("evidence_kind", "Jenis bukti", Kind.TEXT, "Bukti terkuat yang tersimpan.", _EVIDENCE),
        Column("evidence_sha256", "SHA-256 bukti", Kind.TEXT, "Sidik jari berkas bukti itu di arsip."),
        Column(
            "upload_seconds",
            "Lama unggah (detik)",
            Kind.SECONDS,
            "Dari percobaan pertama sampai tayang, dalam detik menurut jam dinding.",
        ),
    ),
)
_CYCLE_SCORECARDS = Table(
    CycleScorecard,
    "Nilai per siklus",
    "satu siklus",
    (
        _CYCLE,
        _OFFICE,
        Column("title", "Judul", Kind.TEXT, "Judul pada permohonan."),
        _CONTENT_TYPE,
        Column("status", "Status", Kind.TEXT, "Hasil akhir siklus.", _STATUSES),
        Column("requested_at", "Dimohon", Kind.MOMENT, "Saat permohonan diterima."),
        Column(
            "completed_at",
            "Selesai",
            Kind.MOMENT,
            "Saat siklus selesai; menentukan siklus itu termasuk bulan mana.",
        ),
        _ROUNDS,
        Column("approved_by", "Disetujui oleh", Kind.TEXT, "Nama pengguna pemberi persetujuan."),
        Column(
            "on_behalf_of",
            "Atas nama",
            Kind.TEXT,
            "Pejabat yang diwakili bila disetujui Plh. atau Plt.; selain itu kosong.",
        ),
        Column("working_minutes", "Menit kerja", Kind.MINUTES, "Jumlah menit kerja semua langkah."),
        Column("target_minutes", "Target (menit)", Kind.MINUTES, "Jumlah target semua langkah, menit kerja."),
        Column("steps_on_time", "Langkah tepat waktu", Kind.NUMBER, "Banyaknya langkah dalam target."),
        Column("steps_total", "Langkah dinilai", Kind.NUMBER, "Banyaknya langkah yang dapat dinilai."),
        Column("channels_published", "Kanal tayang", Kind.NUMBER, "Banyaknya kanal yang tayang."),
        Column("channels_total", "Kanal diminta", Kind.NUMBER, "Banyaknya kanal yang diminta."),
        Column(
            "evidence_complete",
            "Bukti lengkap",
            Kind.YES_NO,
            "Ya bila setiap unggahan yang tayang punya tangkapan layar.",
        ),
        _KAHAR,
    ),
)
_MONTHLY_RECAP = Table(
    MonthlyRecap,
    "Rekap bulanan",
    "satu kantor, satu bulan, dan satu langkah SOP",
    (
        _OFFICE,
        Column("month", "Bulan", Kind.MONTH, "Bulan selesainya siklus menurut kalender kantor; selalu utuh."),
        _STEP,
        Column("cycles", "Jumlah siklus", Kind.NUMBER, "Banyaknya siklus yang langkah itu dapat dinilai."),
        Column(
            "on_time_rate",
            "Bagian tepat waktu",
            Kind.RATE,
            "Bagian siklus yang memenuhi target, dari 0 (tidak ada) sampai 1 (semua).",
        ),
        Column(
            "median_minutes",
            "Median (menit)",
            Kind.MINUTES,
            "Separuh dari siklus selesai dalam sekian menit kerja atau lebih cepat.",
        ),
        Column(
            "p90_minutes",
            "P90 (menit)",
            Kind.MINUTES,
            "Sembilan dari sepuluh siklus selesai dalam sekian menit kerja atau lebih cepat.",
        ),
        Column("max_minutes", "Terlama (menit)", Kind.MINUTES, "Siklus yang terlama, dalam menit kerja."),
        _TARGET,
    ),
)

TABLES: dict[str, Table] = {
    table.key: table for table in (_STEP_DURATIONS, _CHANNEL_RESULTS, _CYCLE_SCORECARDS, _MONTHLY_RECAP)
}
"""The four tables by their names in the store, in the order in which people get them."""
