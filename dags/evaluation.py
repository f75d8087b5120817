"""### Rekap evaluasi

Tabel rekap bulanan diperbarui **setiap kali sebuah siklus selesai**, dan **pada akhir bulan**. Bila bulannya
sudah berakhir, laporannya (HTML dan PDF) dan tabelnya (CSV, Parquet, XLSX) disimpan di arsip:
`<kantor>/evaluasi/<bulan>/`, beserta manifesnya.

**Bulan yang lalu** dapat dibuat kapan saja: *Trigger* dengan bulannya, atau *Backfill* untuk banyak bulan
sekaligus. Yang menentukan bulan adalah jalannya (*data interval*), menurut kalender kantor.

**Menjalankan ulang** aman: bila tabelnya sama, arsip tetap seperti semula. Bila ada yang terkoreksi, berkas
baru mendapat nomor dan yang lama tetap ada.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, AssetOrTimeSchedule, CronDataIntervalTimetable, Param

from medsos.errors import ConfigError
from medsos.offices.model import Office, load_office, office_slugs
from medsos.operators.broken_office import BrokenOffice, broken_doc
from medsos.operators.cycle_finished import cycle_finished
from medsos.operators.periods import HALF_YEAR, HALF_YEAR_PATTERN, MONTH, MONTH_PATTERN
from medsos.operators.recap import ArchiveMonthOperator, RefreshRecapOperator
from medsos.operators.sop_review import ConcludeReviewOperator, LayBeforeOperator
from medsos.sensors.sop_review import SopReviewSensor, WorkingDaySensor
from medsos.settings import load_settings

REVIEW_DOC = """### Tinjauan SOP setengah tahun

Setiap awal Januari dan Juli, pada hari kerja pertama, semester yang baru berakhir dirangkum (SOP, Pengesahan
angka 3): laporannya masuk arsip, dan untuk setiap langkah diusulkan target dari waktu yang sungguh diperlukan
(median dan p90). Lalu **Sekretaris** memutuskan pada formulirnya:

- **Ditetapkan**: hasil tinjauan sah. Bila ada target yang diubah, versi SOP baru dicatat dan berlaku mulai
  tanggal yang dipilih; siklus yang sudah dimulai tetap memakai versinya.
- **Perlu perbaikan**: catatannya wajib; SOP tetap. Sesudah diperbaiki, jalankan lagi untuk semester yang
  sama.

Tidak ada yang dianggap ditetapkan karena diam, juga tidak bila tugasnya ditandai *success*.

**Semester yang lalu** dapat ditinjau dengan *Trigger* atau *Backfill*. **Menjalankan ulang** (*Clear*) aman:
keputusan yang sudah tercatat tetap berlaku.
"""

MONTHLY = "0 0 1 * *"
HALF_YEARLY = "0 0 1 1,7 *"
"""The first moment after the period, by the office's own clock; a run is about the stretch before it."""

SOME_ZONE = "Asia/Jakarta"
"""While an office's file cannot be read."""

BEGIN = datetime(2023, 1, 1, tzinfo=ZoneInfo(SOME_ZONE))
"""The SOP is in force from 2 January 2023."""

COMMON: dict[str, Any] = {
    "start_date": BEGIN,
    "catchup": False,
    "is_paused_upon_creation": False,
    "render_template_as_native_obj": False,
}


def recap(office: Office | BrokenOffice, zone: str, problem: str = "") -> DAG:
    """The recap of one office: after every cycle, and when a month is over."""
    finished = cycle_finished(office.dag_suffix)
    with DAG(
        dag_id=f"evaluation__{office.dag_suffix}",
        dag_display_name=f"Rekap evaluasi · {office.short_name}",
        description="Rekap bulanan; pada akhir bulan juga laporan dan tabelnya",
        doc_md=broken_doc(problem) if problem else __doc__,
        tags=["medsos", office.slug, *(["perlu perbaikan"] if problem else [])],
        schedule=AssetOrTimeSchedule(
            timetable=CronDataIntervalTimetable(MONTHLY, timezone=zone), assets=[finished]
        ),
        max_active_runs=1,
        params={MONTH: _period_field("Bulan", "Misalnya 2026-11; kosong: bulan lalu.", MONTH_PATTERN)},
        default_args={
            "office": office.slug,
            "retries": 3,
            "retry_delay": timedelta(seconds=30),
            "execution_timeout": timedelta(minutes=30),
        },
        **COMMON,
    ) as dag:
        refresh = RefreshRecapOperator(task_id="refresh_recap", task_display_name="Perbarui rekap")
        archive = ArchiveMonthOperator(
            task_id="archive_month", task_display_name="Arsipkan laporan dan tabel bulan"
        )
        refresh >> archive
    return dag


def sop_review(office: Office | BrokenOffice, zone: str, problem: str = "") -> DAG:
    """The review of the SOP after each half-year, up to the signature of the Sekretaris."""
    with DAG(
        dag_id=f"sop_review__{office.dag_suffix}",
        dag_display_name=f"Tinjauan SOP setengah tahun · {office.short_name}",
        description="Laporan semester, usulan target, keputusan Sekretaris",
        doc_md=broken_doc(problem) if problem else REVIEW_DOC,
        tags=["medsos", office.slug, *(["perlu perbaikan"] if problem else [])],
        schedule=CronDataIntervalTimetable(HALF_YEARLY, timezone=zone),
        # Each waits for a person; several past half-years may wait at the same time.
        max_active_runs=20,
        params={
            HALF_YEAR: _period_field(
                "Semester", "Misalnya 2026-semester-2; kosong: semester lalu.", HALF_YEAR_PATTERN
            )
        },
        default_args={"office": office.slug},
        **COMMON,
    ) as dag:
        machine = {"retries": 3, "retry_delay": timedelta(seconds=30)}
        day = WorkingDaySensor(
            task_id="wait_for_working_day", task_display_name="Tunggu hari kerja pertama", **machine
        )
        lay = LayBeforeOperator(
            task_id="lay_before", task_display_name="Susun laporan dan usulan target", **machine
        )
        decide = SopReviewSensor(task_id="await_signature", task_display_name="Keputusan Sekretaris")
        conclude = ConcludeReviewOperator(
            task_id="conclude", task_display_name="Catat hasil tinjauan", **machine
        )
        day >> lay >> decide >> conclude
    return dag


def _period_field(title: str, description: str, pattern: str) -> Param:
    return Param(None, type=["null", "string"], pattern=pattern, title=title, description=description)


def office_dags(slug: str) -> list[DAG]:
    """Both DAGs of one office; a mistake in its file leaves their shape, so that what waits stays."""
    try:
        office = load_office(SETTINGS.offices_dir, slug)
    except ConfigError as error:
        broken, problem = BrokenOffice(slug), str(error)
        return [recap(broken, SOME_ZONE, problem), sop_review(broken, SOME_ZONE, problem)]
    return [recap(office, office.time_zone), sop_review(office, office.time_zone)]


SETTINGS = load_settings()
DAGS = [dag for slug in office_slugs(SETTINGS.offices_dir) for dag in office_dags(slug)]
