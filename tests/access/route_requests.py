"""What is sent to each route of the table, for a server and a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api_server import DAG_ID, RECAP, REQUEST, REVIEW, ApiServer, own_run

from medsos.web.forgery import form_token

Sends = Callable[[ApiServer, str], dict[str, Any]]
"""For a server and a person: the address and what goes with it."""

SOMEBODY_ELSE = "orang-lain"
TASK = "evaluation.evaluate_cycle"
BACKFILL = {
    "from_date": "2026-02-01T00:00:00+07:00", "to_date": "2026-03-31T00:00:00+07:00", "run_backwards": False,
    "dag_run_conf": {}, "reprocess_behavior": "none", "max_active_runs": 1,
}  # fmt: skip


def run_of(name: str) -> str:
    return f"/api/v2/dags/{DAG_ID}/dagRuns/{own_run(name)}"


def task_of(name: str, task: str = TASK) -> str:
    return f"{run_of(name)}/taskInstances/{task}"


def at(path: str, **more: Any) -> Sends:
    return lambda server, name: {
        "path": path.format(**server.known, name=name, dag=DAG_ID, run=run_of(name), task=task_of(name)),
        **more,
    }


def answers(task: str) -> Sends:
    body = {"chosen_options": ["Setuju"], "params_input": {}}
    return lambda server, name: {"path": f"{task_of(name, task)}/-1/hitlDetails", "json": body}


def form(path: str, purpose: str, **fields: str) -> Sends:
    """A form of ours as its page sends it."""

    def made(server: ApiServer, name: str) -> dict[str, Any]:
        token = form_token(name, purpose.format(**server.known))
        data = {"token": token, **{key: value.format(**server.known) for key, value in fields.items()}}
        return {"path": path.format(**server.known), "data": data}

    return made


def decides(server: ApiServer, name: str) -> dict[str, Any]:
    """*Tolak* without a reason: who may decide is asked for the reason, and nothing is decided."""
    sent = form(
        "/medsos/persetujuan/{waits}/1", "persetujuan/{waits}/1", keputusan="Tolak", catatan="Uji", segel=""
    )(server, name)
    page = server.people["kasubbag"].send("GET", sent["path"]).text
    sent["data"]["segel"] = page.split('name="segel" value="')[1].split('"')[0]
    return sent


def of_draft(path: str = "", *, whose: str = "", **more: Any) -> Sends:
    """To a draft: one's own, or that of `whose`. Nobody is logged in: to somebody else's."""

    def made(server: ApiServer, name: str) -> dict[str, Any]:
        ids = server.known["drafts"][whose or name or SOMEBODY_ELSE]
        address = path or "/{draft}"
        token = form_token(name, f"ajukan/{ids['spare' if '{spare}' in address else 'draft']}")
        sent = dict(more)
        if isinstance(sent.get("data"), dict):
            sent["data"] = {"token": token, **sent["data"]}
        else:
            sent["headers"] = {"x-medsos-token": token, **sent.get("headers", {})}
        return {"path": "/medsos/ajukan" + address.format(**ids), **sent}

    return made


REQUESTS: dict[str, Sends] = {
    "Halaman pertama": at("/medsos/"),
    "Perlu tindakan": at("/medsos/perlu-tindakan"),
    "Dari tugas Airflow ke formulirnya": at(
        "/medsos/formulir?dag_id={dag}&run_id=uji-persetujuan&task_id=approval.round_1.await_decision"
    ),
    "Ajukan konten: draf sendiri": at("/medsos/ajukan"),
    "Memulai draf": form("/medsos/ajukan", "ajukan", kantor="kota-bengkulu", jenis="foto_kegiatan"),
    "Membuka draf sendiri": of_draft(),
    "Menyimpan atau mengirim draf sendiri": of_draft(data={"title": "Rapat koordinasi", "aksi": "simpan"}),
    "Gambar pratinjau draf sendiri": of_draft("/{draft}/gambar/web?lebar=400"),
    "Mengumumkan berkas draf": of_draft(
        "/{draft}/berkas", json={"nama": "lain.jpg", "ukuran": 1000, "cap": "1"}
    ),
    "Sampai mana berkas draf terunggah": of_draft("/{draft}/berkas/{file}"),
    "Gambar kecil berkas draf": of_draft("/{draft}/berkas/{file}/kecil"),
    "Mengunggah berkas draf": of_draft(
        "/{draft}/berkas/{part}", data=b"\xff\xd8\xff", headers={"upload-offset": "0"}
    ),
    "Melepas berkas draf": of_draft("/{draft}/berkas/{part}"),
    "Pertanyaan sebelum menghapus draf": of_draft("/{spare}/hapus"),
    "Menghapus draf sendiri": of_draft("/{spare}/hapus", data={"langkah": "hapus"}),
    "Membuka draf orang lain": of_draft(whose=SOMEBODY_ELSE),
    "Mengubah draf orang lain": of_draft(whose=SOMEBODY_ELSE, data={"title": "Diubah", "aksi": "simpan"}),
    "Gambar berkas draf orang lain": of_draft("/{draft}/berkas/{file}/kecil", whose=SOMEBODY_ELSE),
    "Melihat formulir notula": at("/medsos/notula/{waits}"),
    "Mengisi notula": form(
        "/medsos/notula/{waits}", "isian/meeting.record_minutes/{waits}", jawaban="Simpan"
    ),
    "Melihat formulir rencana konten": at("/medsos/rencana/{waits}"),
    "Mengisi rencana konten": form(
        "/medsos/rencana/{waits}", "isian/design.plan_content/{waits}", jawaban="Simpan"
    ),
    "Melihat formulir revisi": at("/medsos/revisi/{revised}/1"),
    "Mengisi revisi": form(
        "/medsos/revisi/{revised}/1", "isian/approval.round_1.revise_content/{revised}", jawaban="Simpan"
    ),
    "Paket satu siklus": at("/medsos/siklus/{waits}/paket.zip"),
    "Mencari di arsip": at("/medsos/arsip-siklus?cari=simulasi"),
    "Daftar siklus": at("/medsos/siklus"),
    "Satu siklus": at("/medsos/siklus/{waits}"),
    "Melihat formulir persetujuan": at("/medsos/persetujuan/{waits}/1"),
    "Memutuskan persetujuan": decides,
    "Melihat halaman unggahan": at("/medsos/unggahan/{by_hand}/facebook"),
    "Melaporkan unggahan": form(
        "/medsos/unggahan/{by_hand}/facebook", "unggahan/{by_hand}/facebook", jawaban="Sudah tayang"
    ),
    "Postingan terbaru akun": at("/medsos/unggahan/{by_hand}/facebook/terbaru"),
    "Tangkapan layar yang belum dikirim": at("/medsos/unggahan/{by_hand}/facebook/tangkapan/{shot}"),
    "Evaluasi SOP": at("/medsos/evaluasi"),
    "Grafik evaluasi": at("/medsos/evaluasi/grafik/langkah.svg?masa=semua"),
    "Laporan evaluasi suatu masa": at("/medsos/evaluasi/laporan/kota-bengkulu/2026-05.html"),
    "Laporan evaluasi sebagai PDF": at("/medsos/evaluasi/laporan/kota-bengkulu/2026-05.pdf"),
    "Tabel evaluasi sebagai CSV": at("/medsos/evaluasi/cycle_scorecards.csv"),
    "Tabel evaluasi sebagai Parquet": at("/medsos/evaluasi/cycle_scorecards.parquet"),
    "Semua tabel evaluasi sebagai XLSX": at("/medsos/evaluasi/tabel.xlsx"),
    "Daftar tinjauan SOP": at("/medsos/tinjauan-sop"),
    "Melihat tinjauan SOP": at("/medsos/tinjauan-sop/kota-bengkulu/2026-semester-1"),
    "Memutuskan tinjauan SOP": form(
        "/medsos/tinjauan-sop/kota-bengkulu/2026-semester-1", "tinjauan/kota-bengkulu/2026-semester-1",
        keputusan="Perlu perbaikan",
    ),
    "Melihat pejabat": at("/medsos/pejabat"),
    "Formulir delegasi dan pejabat": at("/medsos/pejabat/delegasi?kantor=kota-bengkulu"),
    "Mencatat delegasi atau pejabat": form(
        "/medsos/pejabat/delegasi", "pejabat/kota-bengkulu", kantor="kota-bengkulu", langkah="simpan"
    ),
    "Memeriksa lagi akun pejabat": form(
        "/medsos/pejabat/akun", "pejabat/kota-bengkulu", kantor="kota-bengkulu"
    ),
    "Formulir mengakhiri masa jabatan": at("/medsos/pejabat/akhiri/jabatan/{official}"),
    "Mengakhiri masa jabatan": form(
        "/medsos/pejabat/akhiri/jabatan/{official}", "pejabat/kota-bengkulu", langkah="simpan"
    ),
    "Berkas arsip": at("/medsos/arsip/{file}"),
    "Gaya, skrip, dan ikon": at("/medsos/statis/medsos.css"),
    "Melihat alur": at("/api/v2/dags/{dag}"),
    "Melihat jalannya siklus": at("{run}"),
    "Melihat tugas": at("{run}/taskInstances"),
    "Catatan tugas": at("{task}/logs/0"),
    "Formulir yang menunggu": at("{run}/hitlDetails"),
    "Memulai siklus": at("/api/v2/dags/{dag}/dagRuns", json={"logical_date": None, "conf": REQUEST}),
    "Menjawab formulir milik sendiri": answers("design.plan_content"),
    "Menjawab formulir milik orang lain": answers("meeting.record_minutes"),
    "Memulai tinjauan SOP": at(f"/api/v2/dags/{REVIEW}/dagRuns", json={"logical_date": None, "conf": {}}),
    "Menjawab formulir tinjauan SOP": lambda server, name: {
        "path": f"/api/v2/dags/{REVIEW}/dagRuns/{own_run(name)}/taskInstances/await_signature/-1/hitlDetails",
        "json": {"chosen_options": ["Ditetapkan"], "params_input": {}},
    },
    "Memulai rekap suatu bulan": at(
        f"/api/v2/dags/{RECAP}/dagRuns", json={"logical_date": None, "conf": {"bulan": "2026-10"}}
    ),
    "Merekap bulan-bulan yang lalu (backfill)": at(
        "/api/v2/backfills", json={"dag_id": RECAP, **BACKFILL}
    ),
    "Menjeda alur": at("/api/v2/dags/{dag}", json={"is_paused": False}),
    "Menandai tugas “success”": at("{task}", json={"new_state": "success"}),
    "Menjalankan ulang tugas": lambda server, name: {
        "path": f"/api/v2/dags/{DAG_ID}/clearTaskInstances",
        "json": {"dry_run": False, "dag_run_id": own_run(name), "task_ids": [TASK], "only_failed": False},
    },
    "Menandai siklus “success”": at("{run}", json={"state": "success"}),
    "Menjalankan ulang siklus": at("{run}/clear", json={"dry_run": False}),
    "Menghapus jalannya siklus": at("{run}"),
    "Membaca XCom": at("/api/v2/dags/{dag}/dagRuns/uji-persetujuan/taskInstances/accept_request/xcomEntries"),
    "Menulis XCom": lambda server, name: {
        "path": f"/api/v2/dags/{DAG_ID}/dagRuns/uji-persetujuan/taskInstances/accept_request/xcomEntries",
        "json": {"key": f"uji-{name}", "value": "1"},
    },
    "Kode alur": at("/api/v2/dagSources/{dag}"),
    "Catatan peristiwa Airflow": at("/api/v2/eventLogs"),
    "Melihat koneksi": at("/api/v2/connections"),
    "Membuat koneksi": lambda server, name: {
        "path": "/api/v2/connections",
        "json": {"connection_id": f"uji_{name}", "conn_type": "http"},
    },
    "Mengubah koneksi": at(
        "/api/v2/connections/medsos_web", json={"connection_id": "medsos_web", "conn_type": "medsos_web"}
    ),
    "Melihat variabel": at("/api/v2/variables"),
    "Membuat variabel": lambda server, name: {
        "path": "/api/v2/variables",
        "json": {"key": f"uji-{name}", "value": "1"},
    },
    "Membuat pool": lambda server, name: {
        "path": "/api/v2/pools",
        "json": {"name": f"uji-{name}", "slots": 1, "include_deferred": False},
    },
    "Pengaturan Airflow": at("/api/v2/config"),
    "Melihat pengguna": at("/auth/fab/v1/users"),
    "Membuat pengguna": lambda server, name: {
        "path": "/auth/fab/v1/users",
        "json": {
            "username": f"buatan-{name}", "email": f"{name}@contoh", "first_name": "a", "last_name": "b",
            "password": "sandi-yang-cukup-panjang", "roles": [{"name": "Admin"}],
        },
    },
    "Melihat peran": at("/auth/fab/v1/roles"),
    "Membuat peran": lambda server, name: {
        "path": "/auth/fab/v1/roles", "json": {"name": f"buatan-{name}", "actions": []},
    },
}  # fmt: skip
