"""### Pengingat

Setiap beberapa menit DAG ini melihat formulir yang **menunggu orang** dan mengirim:

- **pengingat** kepada yang berhak mengisi, pada 50 % dan 100 % target langkahnya;
- **eskalasi** kepada Sekretaris, pada 200 %.

Tinjauan SOP yang menunggu diberitahukan kepada Sekretaris begitu diajukan, lalu setiap pekan kerja sampai
diputuskan.

Waktu dihitung dalam *menit kerja*; di luar jam kerja tidak ada yang dikirim, kecuali untuk siklus *kahar*.
Ambang, alamat, dan cara kirim (surel, Apprise) diatur per kantor di `office.yaml`.

**Menjalankan ulang** aman: setiap pemberitahuan dicatat dan dikirim satu kali. Yang gagal karena server surat
atau layanan pesan tidak dapat dihubungi dicoba lagi, lalu dihentikan dengan catatan di halaman siklus.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import DAG

from medsos.offices.model import CHANNEL_NAMES, CHANNELS, office_slugs
from medsos.operators.engagement import ReadMetricsOperator
from medsos.operators.health import CheckLinksOperator, CheckTokensOperator
from medsos.operators.watch import GuardRecordOperator, RemindOperator
from medsos.settings import load_settings

GUARD_DOC = """### Penjagaan harian

Setiap hari sesudah jam kerja, hash terakhir **jejak audit** disimpan ke arsip (`jejak/<tahun>/<bulan>/`),
sehingga jejak yang dipotong atau ditulis ulang diketahui. Tugas ini gagal bila jejak tidak sesuai dengan yang
pernah diarsipkan; `medsos verify` menunjukkan barisnya. Draf permohonan yang 30 hari tidak disentuh dihapus.
"""

METRICS_DOC = """### Angka postingan

Setiap malam DAG ini membaca **tayangan, jangkauan, suka, komentar, dan dibagikan** dari setiap postingan yang
sudah waktunya: genap 1, 3, 7, dan 30 hari sesudah tayang, lalu setiap bulan sampai enam bulan. Harinya diatur
per kantor dan per kanal di `office.yaml` (`watch`). Yang tidak diberikan atau ditarik platform, dan postingan
yang tidak ditemukan lagi, dicatat apa adanya. Kanal yang diunggah dengan tangan dilewati: angkanya
tidak tersedia.

Satu kanal yang gagal tidak menghentikan kanal lain. **Menjalankan ulang** aman: setiap pembacaan dicatat satu
kali, dan yang diulang hanya membaca yang belum ada. Bila batas permintaan hampir habis, sisanya dibaca
kemudian.
"""

EVERY = timedelta(minutes=3)
AFTER_WORK = "0 17 * * *"
AT_NIGHT = "0 4 * * *"
"""Before work begins in every one of Indonesia's time zones."""
AFTER_METRICS = "30 4 * * *"

HEALTH_DOC = """### Tautan dan token

Setiap malam DAG ini memeriksa:

- **tautan** setiap unggahan dan halaman tautannya, setiap tujuh hari selama setahun; yang tidak menjawab
  dilihat lagi malam berikutnya, dan baru dinyatakan mati bila dua kali berturut-turut tidak menjawab;
- **token** setiap kanal: yang ditolak platform, dan yang berakhir dalam empat belas hari.

Harinya diatur per kantor di `office.yaml` (`watch`). Yang ditemukan tampak pada halaman siklus dan
diberitahukan kepada Admin Medsos **satu kali**, pada jam kerja, oleh DAG *Pengingat*. Yang pulih ditutup
dengan sendirinya.

**Menjalankan ulang** aman: yang sudah dilihat malam itu tidak dilihat lagi. Bila tidak satu pun tautan dapat
dihubungi, yang dicurigai adalah jaringan kantor, dan tidak ada yang dicatat.
"""

COMMON = {
    "start_date": datetime(2023, 1, 2, tzinfo=ZoneInfo("Asia/Jakarta")),
    "catchup": False,
    "max_active_runs": 1,
    "is_paused_upon_creation": False,
    "tags": ["medsos"],
    "default_args": {
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "execution_timeout": timedelta(minutes=10),
    },
}

with DAG(
    dag_id="watch",
    dag_display_name="Pengingat formulir yang menunggu",
    description="Pengingat dan eskalasi menurut menit kerja",
    doc_md=__doc__,
    schedule=EVERY,
    **COMMON,
) as dag:
    for slug in office_slugs(load_settings().offices_dir):
        RemindOperator(
            task_id=f"remind_{slug.replace('-', '_')}", task_display_name=f"Ingatkan · {slug}", office=slug
        )

with DAG(
    dag_id="guard",
    dag_display_name="Penjagaan harian jejak audit",
    description="Kepala jejak audit masuk arsip; draf yang terlupakan dihapus",
    doc_md=GUARD_DOC,
    schedule=AFTER_WORK,
    **COMMON,
) as guard:
    GuardRecordOperator(task_id="guard_record", task_display_name="Jaga catatan")

with DAG(
    dag_id="metrics",
    dag_display_name="Angka postingan",
    description="Tayangan, jangkauan, suka, komentar, dan dibagikan, pada hari yang ditetapkan",
    doc_md=METRICS_DOC,
    schedule=AT_NIGHT,
    **{**COMMON, "default_args": {"execution_timeout": timedelta(hours=1)}},
) as metrics:
    for slug in office_slugs(load_settings().offices_dir):
        for channel in CHANNELS:
            ReadMetricsOperator(
                task_id=f"read_{slug.replace('-', '_')}_{channel}",
                task_display_name=f"Baca angka · {slug} · {CHANNEL_NAMES[channel]}",
                office=slug,
                channel=channel,
            )

with DAG(
    dag_id="health",
    dag_display_name="Tautan dan token",
    description="Tautan yang mati dan token yang ditolak atau segera berakhir",
    doc_md=HEALTH_DOC,
    schedule=AFTER_METRICS,
    **{**COMMON, "default_args": {"execution_timeout": timedelta(minutes=30)}},
) as health:
    for slug in office_slugs(load_settings().offices_dir):
        name = slug.replace("-", "_")
        CheckLinksOperator(
            task_id=f"check_links_{name}", task_display_name=f"Periksa tautan · {slug}", office=slug
        )
        CheckTokensOperator(
            task_id=f"check_tokens_{name}", task_display_name=f"Periksa token · {slug}", office=slug
        )
