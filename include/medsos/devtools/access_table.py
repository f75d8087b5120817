"""Who may do what: every page of ours and the routes of Airflow's API that matter, for every role.

The table is what `tests/access` proves on a real API server with both auth managers, and what
`medsos docs` writes to `docs/hak-akses.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from medsos.settings import PACKAGE_ROOT

TARGET = PACKAGE_ROOT.parent.parent / "docs" / "hak-akses.md"

COLUMNS: dict[str, str] = {
    "": "tanpa masuk",
    "analis": "Analis",
    "sekretaris": "Sekretaris",
    "kasubbag": "Kasubbag",
    "tim": "Tim Medsos",
    "admin": "Admin Medsos",
    "pengelola": "Pengelola sistem",
}
"""Log-in name in the tests → what the column says."""

NOBODY: frozenset[str] = frozenset()
PEOPLE = frozenset(COLUMNS) - {""}
ANSWERS = PEOPLE - {"analis"}
"""Roles that fill in forms; with SimpleAuthManager these are `user` and `admin`."""
TEAM = frozenset({"tim", "admin"})
STARTS = TEAM | {"pengelola"}
KEEPS_OFFICIALS = frozenset({"sekretaris", "pengelola"})
DECIDES = frozenset({"kasubbag"})
REVIEWS = frozenset({"sekretaris"})
OPERATOR = frozenset({"pengelola"})


@dataclass(frozen=True)
class Route:
    """One way in. `simple` and `fab` say who is let in with each auth manager; None: there is no such route.

    :param path: as the application declares it, below Airflow's root.
    """

    what: str
    method: str
    path: str
    simple: frozenset[str] | None
    fab: frozenset[str] | None


def _both(what: str, method: str, path: str, allowed: frozenset[str]) -> Route:
    return Route(what, method, path, allowed, allowed)


def _requests(what: str, method: str, path: str) -> Route:
    """Whoever may start a cycle may request content; on a single machine every `user` of Airflow may."""
    return Route(what, method, path, ANSWERS, STARTS)


_DRAFT = "/medsos/ajukan/{draft_id}"

PAGES: tuple[Route, ...] = (
    _both("Halaman pertama", "GET", "/medsos/", PEOPLE),
    _both("Perlu tindakan", "GET", "/medsos/perlu-tindakan", PEOPLE),
    _both("Dari tugas Airflow ke formulirnya", "GET", "/medsos/formulir", PEOPLE),
    _both("Ajukan konten: draf sendiri", "GET", "/medsos/ajukan", PEOPLE),
    _requests("Memulai draf", "POST", "/medsos/ajukan"),
    _requests("Membuka draf sendiri", "GET", _DRAFT),
    _requests("Menyimpan atau mengirim draf sendiri", "POST", _DRAFT),
    _requests("Gambar pratinjau draf sendiri", "GET", f"{_DRAFT}/gambar/{{channel}}"),
    _requests("Mengumumkan berkas draf", "POST", f"{_DRAFT}/berkas"),
    _requests("Sampai mana berkas draf terunggah", "GET", f"{_DRAFT}/berkas/{{file_id}}"),
    _requests("Gambar kecil berkas draf", "GET", f"{_DRAFT}/berkas/{{file_id}}/kecil"),
    _requests("Mengunggah berkas draf", "PATCH", f"{_DRAFT}/berkas/{{file_id}}"),
    _requests("Melepas berkas draf", "DELETE", f"{_DRAFT}/berkas/{{file_id}}"),
    _requests("Pertanyaan sebelum menghapus draf", "GET", f"{_DRAFT}/hapus"),
    _requests("Menghapus draf sendiri", "POST", f"{_DRAFT}/hapus"),
    _both("Membuka draf orang lain", "GET", _DRAFT, NOBODY),
    _both("Mengubah draf orang lain", "POST", _DRAFT, NOBODY),
    _both("Gambar berkas draf orang lain", "GET", f"{_DRAFT}/berkas/{{file_id}}/kecil", NOBODY),
    _both("Melihat formulir notula", "GET", "/medsos/notula/{cycle_id}", PEOPLE),
    _both("Mengisi notula", "POST", "/medsos/notula/{cycle_id}", TEAM),
    _both("Melihat formulir rencana konten", "GET", "/medsos/rencana/{cycle_id}", PEOPLE),
    _both("Mengisi rencana konten", "POST", "/medsos/rencana/{cycle_id}", TEAM),
    _both("Melihat formulir revisi", "GET", "/medsos/revisi/{cycle_id}/{round_no}", PEOPLE),
    _both("Mengisi revisi", "POST", "/medsos/revisi/{cycle_id}/{round_no}", TEAM),
    _both("Daftar siklus", "GET", "/medsos/siklus", PEOPLE),
    _both("Satu siklus", "GET", "/medsos/siklus/{cycle_id}", PEOPLE),
    _both("Paket satu siklus", "GET", "/medsos/siklus/{cycle_id}/paket.zip", PEOPLE),
    _both("Mencari di arsip", "GET", "/medsos/arsip-siklus", PEOPLE),
    _both("Melihat formulir persetujuan", "GET", "/medsos/persetujuan/{cycle_id}/{round_no}", PEOPLE),
    _both("Memutuskan persetujuan", "POST", "/medsos/persetujuan/{cycle_id}/{round_no}", DECIDES),
    _both("Melihat halaman unggahan", "GET", "/medsos/unggahan/{cycle_id}/{channel}", PEOPLE),
    _both("Melaporkan unggahan", "POST", "/medsos/unggahan/{cycle_id}/{channel}", TEAM),
    _both("Postingan terbaru akun", "GET", "/medsos/unggahan/{cycle_id}/{channel}/terbaru", TEAM),
    _both(
        "Tangkapan layar yang belum dikirim",
        "GET",
        "/medsos/unggahan/{cycle_id}/{channel}/tangkapan/{sha256}",
        TEAM,
    ),
    _both("Evaluasi SOP", "GET", "/medsos/evaluasi", PEOPLE),
    _both("Grafik evaluasi", "GET", "/medsos/evaluasi/grafik/{name}.svg", PEOPLE),
    _both("Laporan evaluasi suatu masa", "GET", "/medsos/evaluasi/laporan/{office}/{masa}.html", PEOPLE),
    _both("Laporan evaluasi sebagai PDF", "GET", "/medsos/evaluasi/laporan/{office}/{masa}.pdf", PEOPLE),
    _both("Tabel evaluasi sebagai CSV", "GET", "/medsos/evaluasi/{table}.csv", PEOPLE),
    _both("Tabel evaluasi sebagai Parquet", "GET", "/medsos/evaluasi/{table}.parquet", PEOPLE),
    _both("Semua tabel evaluasi sebagai XLSX", "GET", "/medsos/evaluasi/tabel.xlsx", PEOPLE),
    _both("Daftar tinjauan SOP", "GET", "/medsos/tinjauan-sop", PEOPLE),
    _both("Melihat tinjauan SOP", "GET", "/medsos/tinjauan-sop/{kantor}/{periode}", PEOPLE),
    _both("Memutuskan tinjauan SOP", "POST", "/medsos/tinjauan-sop/{kantor}/{periode}", REVIEWS),
    _both("Melihat pejabat", "GET", "/medsos/pejabat", PEOPLE),
    _both("Formulir delegasi dan pejabat", "GET", "/medsos/pejabat/{name}", KEEPS_OFFICIALS),
    _both("Mencatat delegasi atau pejabat", "POST", "/medsos/pejabat/{name}", KEEPS_OFFICIALS),
    _both("Memeriksa lagi akun pejabat", "POST", "/medsos/pejabat/akun", KEEPS_OFFICIALS),
    _both(
        "Formulir mengakhiri masa jabatan", "GET", "/medsos/pejabat/akhiri/{name}/{row_id}", KEEPS_OFFICIALS
    ),
    _both("Mengakhiri masa jabatan", "POST", "/medsos/pejabat/akhiri/{name}/{row_id}", KEEPS_OFFICIALS),
    _both("Berkas arsip", "GET", "/medsos/arsip/{path:path}", PEOPLE),
    _both("Gaya, skrip, dan ikon", "GET", "/medsos/statis/{name}", PEOPLE),
)

_RUN = "/api/v2/dags/{dag_id}/dagRuns/{run_id}"
_TASK = f"{_RUN}/taskInstances/{{task_id}}"

API: tuple[Route, ...] = (
    _both("Melihat alur", "GET", "/api/v2/dags/{dag_id}", PEOPLE),
    _both("Melihat jalannya siklus", "GET", _RUN, PEOPLE),
    _both("Melihat tugas", "GET", f"{_RUN}/taskInstances", PEOPLE),
    _both("Catatan tugas", "GET", f"{_TASK}/logs/{{try_number}}", PEOPLE),
    _both("Formulir yang menunggu", "GET", f"{_RUN}/hitlDetails", PEOPLE),
    Route("Memulai siklus", "POST", "/api/v2/dags/{dag_id}/dagRuns", ANSWERS, STARTS),
    _both("Menjawab formulir milik sendiri", "PATCH", f"{_TASK}/-1/hitlDetails", ANSWERS),
    _both("Menjawab formulir milik orang lain", "PATCH", f"{_TASK}/-1/hitlDetails", NOBODY),
    Route("Memulai tinjauan SOP", "POST", "/api/v2/dags/{dag_id}/dagRuns", ANSWERS, STARTS),
    _both("Menjawab formulir tinjauan SOP", "PATCH", f"{_TASK}/-1/hitlDetails", REVIEWS),
    Route("Memulai rekap suatu bulan", "POST", "/api/v2/dags/{dag_id}/dagRuns", ANSWERS, STARTS),
    Route("Merekap bulan-bulan yang lalu (backfill)", "POST", "/api/v2/backfills", ANSWERS, STARTS),
    _both("Menjeda alur", "PATCH", "/api/v2/dags/{dag_id}", ANSWERS),
    Route("Menandai tugas “success”", "PATCH", _TASK, ANSWERS, OPERATOR),
    Route("Menjalankan ulang tugas", "POST", "/api/v2/dags/{dag_id}/clearTaskInstances", ANSWERS, OPERATOR),
    Route("Menandai siklus “success”", "PATCH", _RUN, ANSWERS, OPERATOR),
    Route("Menjalankan ulang siklus", "POST", f"{_RUN}/clear", ANSWERS, OPERATOR),
    Route("Menghapus jalannya siklus", "DELETE", _RUN, ANSWERS, OPERATOR),
    Route("Membaca XCom", "GET", f"{_TASK}/xcomEntries", PEOPLE, OPERATOR),
    Route("Menulis XCom", "POST", f"{_TASK}/xcomEntries", ANSWERS, OPERATOR),
    Route("Kode alur", "GET", "/api/v2/dagSources/{dag_id}", PEOPLE, OPERATOR),
    Route("Catatan peristiwa Airflow", "GET", "/api/v2/eventLogs", PEOPLE, OPERATOR),
    _both("Melihat koneksi", "GET", "/api/v2/connections", OPERATOR),
    _both("Membuat koneksi", "POST", "/api/v2/connections", OPERATOR),
    _both("Mengubah koneksi", "PATCH", "/api/v2/connections/{connection_id}", OPERATOR),
    _both("Melihat variabel", "GET", "/api/v2/variables", OPERATOR),
    _both("Membuat variabel", "POST", "/api/v2/variables", OPERATOR),
    _both("Membuat pool", "POST", "/api/v2/pools", OPERATOR),
    _both("Pengaturan Airflow", "GET", "/api/v2/config", NOBODY),
    Route("Melihat pengguna", "GET", "/auth/fab/v1/users", None, OPERATOR),
    Route("Membuat pengguna", "POST", "/auth/fab/v1/users", None, OPERATOR),
    Route("Melihat peran", "GET", "/auth/fab/v1/roles", None, OPERATOR),
    Route("Membuat peran", "POST", "/auth/fab/v1/roles", None, OPERATOR),
)


def write(target: Path = TARGET) -> None:
    """Generate the page."""
    target.write_text(render(), encoding="utf-8")


def is_current(target: Path = TARGET) -> bool:
    """Whether the page in the repository is what would be generated now."""
    return target.exists() and target.read_text(encoding="utf-8") == render()


def render() -> str:
    """The page as Markdown."""
    environment = Environment(  # noqa: S701  the output is Markdown, not HTML
        loader=PackageLoader("medsos.devtools"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("hak-akses.md.j2").render(
        columns=COLUMNS,
        parts=[
            ("Halaman medsos dengan FAB", [(route, route.fab) for route in PAGES]),
            (
                "Halaman medsos yang berbeda dengan SimpleAuthManager",
                [(route, route.simple) for route in PAGES if route.simple != route.fab],
            ),
            ("API Airflow dengan FAB", [(route, route.fab) for route in API if route.fab is not None]),
            (
                "API Airflow dengan SimpleAuthManager",
                [(route, route.simple) for route in API if route.simple is not None],
            ),
        ],
    )
