"""Views of the evaluation tables with Indonesian names, for people who read them with SQL or a BI tool

A later change of one of these tables drops its view first and makes it anew: PostgreSQL refuses otherwise,
and SQLite rebuilds a table under another name, which a view does not survive.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_VIEWS = {
    "v_waktu_per_langkah": (
        "step_durations",
        {
            "cycle_id": "nomor_siklus",
            "office": "kantor",
            "content_type": "jenis_konten",
            "sop_version": "versi_sop",
            "step_no": "langkah",
            "step_key": "kunci_langkah",
            "started_at": "mulai",
            "finished_at": "selesai",
            "target_minutes": "target_menit",
            "elapsed_minutes": "menit_jam_dinding",
            "working_minutes": "menit_kerja",
            "waiting_minutes": "menit_menunggu",
            "rework_minutes": "menit_perbaikan",
            "rounds": "jumlah_putaran",
            "on_time": "tepat_waktu",
            "deviation_minutes": "selisih_dari_target_menit",
            "kahar": "kahar",
        },
    ),
    "v_hasil_per_kanal": (
        "channel_results",
        {
            "cycle_id": "nomor_siklus",
            "channel": "kanal",
            "mode": "cara",
            "state": "keadaan",
            "published_at": "tayang",
            "permalink": "tautan",
            "attempts": "jumlah_percobaan",
            "evidence_kind": "jenis_bukti",
            "evidence_sha256": "sha_256_bukti",
            "upload_seconds": "lama_unggah_detik",
        },
    ),
    "v_nilai_per_siklus": (
        "cycle_scorecards",
        {
            "cycle_id": "nomor_siklus",
            "office": "kantor",
            "title": "judul",
            "content_type": "jenis_konten",
            "status": "status",
            "requested_at": "dimohon",
            "completed_at": "selesai",
            "rounds": "jumlah_putaran",
            "approved_by": "disetujui_oleh",
            "on_behalf_of": "atas_nama",
            "working_minutes": "menit_kerja",
            "target_minutes": "target_menit",
            "steps_on_time": "langkah_tepat_waktu",
            "steps_total": "langkah_dinilai",
            "channels_published": "kanal_tayang",
            "channels_total": "kanal_diminta",
            "evidence_complete": "bukti_lengkap",
            "kahar": "kahar",
        },
    ),
    "v_rekap_bulanan": (
        "monthly_recap",
        {
            "office": "kantor",
            "month": "bulan",
            "step_no": "langkah",
            "cycles": "jumlah_siklus",
            "on_time_rate": "bagian_tepat_waktu",
            "median_minutes": "median_menit",
            "p90_minutes": "p90_menit",
            "max_minutes": "terlama_menit",
            "target_minutes": "target_menit",
        },
    ),
}
"""By view: its table, and the table's columns with their names in the view."""


def upgrade() -> None:
    for view, (table, columns) in _VIEWS.items():
        listed = ", ".join(f"{column} AS {name}" for column, name in columns.items())
        op.execute(f"CREATE VIEW {view} AS SELECT {listed} FROM {table}")  # noqa: S608  our own names


def downgrade() -> None:
    for view in reversed(_VIEWS):
        op.execute(f"DROP VIEW {view}")
