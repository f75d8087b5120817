"""`medsos …`: the commands of an operator; each is carried out in its own room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="medsos",
    help="Pengelolaan media sosial dan situs web KPU menurut SOP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.command()
def up(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Berhenti bila proses yang memulai perintah ini berhenti.")
    ] = False,
) -> None:
    """Jalankan semuanya di satu komputer: Airflow, basis data, dan platform latihan."""
    from medsos.stack.up import up as run

    raise typer.Exit(run(with_parent))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False
)
def sandbox(context: typer.Context) -> None:
    """Jalankan hanya platform latihan."""
    from medsos.sandbox.server import main

    main(context.args)


@app.command()
def init(
    production: Annotated[
        bool, typer.Option("--production", help="PostgreSQL, Redis, dan pengguna FAB (docker compose).")
    ] = False,
) -> None:
    """Siapkan basis data, peran, dan pengguna; aman diulang."""
    from medsos.stack.init import initialise

    raise typer.Exit(initialise(production))


@app.command()
def demo() -> None:
    """Jalankan satu siklus per jenis konten tanpa orang, di folder sementara."""
    from medsos.stack.demo import demo as run

    raise typer.Exit(run())


@app.command()
def doctor() -> None:
    """Periksa tiap kanal: tersambung, izin, masa berlaku token, dan kuota."""
    _beside_airflow()
    from medsos.hooks.doctor import main

    raise typer.Exit(main())


@app.command()
def verify(
    cycle: Annotated[
        int | None, typer.Option("--cycle", help="Nomor siklus; tanpa ini semua siklus.")
    ] = None,
    office: Annotated[
        str | None, typer.Option("--office", help="Kantor, misalnya kota-bengkulu; tanpa ini semua kantor.")
    ] = None,
) -> None:
    """Hitung ulang semuanya: berkas arsip, manifes, basis data, segel persetujuan, dan jejak audit."""
    import sys

    _beside_airflow()
    from medsos.evidence.archive import Archive
    from medsos.hooks.archive import open_archive_root
    from medsos.trail.verify import verify as run

    raise typer.Exit(run(Archive(open_archive_root()), out=sys.stdout, cycle_id=cycle, office=office))


@app.command()
def evaluate(
    first: Annotated[
        str, typer.Option("--from", help="Hari pertama, misalnya 2026-11-01; tanpa ini bulan penuh terakhir.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Hari terakhir, misalnya 2026-11-30.")] = "",
    chosen: Annotated[
        str, typer.Option("--format", help="csv, parquet, xlsx, semua (tabel); ocel, xes (log kejadian).")
    ] = "semua",
    folder: Annotated[Path, typer.Option("--out", help="Folder tempat berkas disimpan.")] = Path("ekspor"),
    office: Annotated[
        str, typer.Option("--office", help="Kantor, misalnya kota-bengkulu; tanpa ini semua kantor.")
    ] = "",
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Nama samaran pada log kejadian, untuk pihak luar.")
    ] = False,
    cycle: Annotated[
        int | None, typer.Option("--explain", help="Jelaskan waktu satu siklus dari kejadian-kejadiannya.")
    ] = None,
) -> None:
    """Hitung ulang evaluasi suatu masa dan tulis tabelnya, atau jelaskan hitungan satu siklus."""
    from medsos.evaluation.command import Wish, explain_cycle
    from medsos.evaluation.command import evaluate as run

    if cycle is not None:
        raise typer.Exit(explain_cycle(cycle))
    raise typer.Exit(run(Wish(first, last, chosen, folder, office, pseudonyms)))


def _beside_airflow() -> None:
    """Point Airflow, before it is first imported, at the installation's own home."""
    import os

    from medsos.settings import load_settings
    from medsos.stack.airflow_env import airflow_environment
    from medsos.stack.config import load_config

    if "AIRFLOW_HOME" not in os.environ:
        os.environ.update(airflow_environment(load_config(load_settings().home)))
    # Connections are read straight from Airflow's database, as the API server does.
    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = "server"
    # Its own remarks would stand in the output.
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "ERROR")


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Hanya periksa; gagal bila usang.")] = False,
) -> None:
    """Buat ulang docs/alur.md dari berkas DAG, dan docs/hak-akses.md dari tabel hak akses."""
    from medsos.devtools import access_table, dag_docs

    stale = []
    for generated in (dag_docs, access_table):
        if not check:
            generated.write()
        elif not generated.is_current():
            stale.append(f"docs/{generated.TARGET.name}")
    if stale:
        typer.echo(f"{' dan '.join(stale)} usang. Jalankan: make docs", err=True)
        raise typer.Exit(1)


@app.command()
def bench(
    hanya: Annotated[str, typer.Argument(help="Satu ukuran saja: berkas, evaluasi, jawaban")] = "",
) -> None:
    """Ukur waktu baca berkas DAG, evaluasi (docs/benchmarks.md), dan jawaban sampai tugas berlanjut."""
    from medsos.devtools.bench import bench as run

    raise typer.Exit(run(hanya))


@app.command()
def faults() -> None:
    """Hentikan pengunggahan di setiap titik, dengan setiap gangguan: docs/reliability.md."""
    from medsos.devtools.crash.report import main as run

    raise typer.Exit(run())


@app.command()
def guide() -> None:
    """Jalani siklus di peramban dan perbarui gambar panduan: docs/images/panduan."""
    from medsos.devtools.guide.pictures import make_pictures

    make_pictures(Path("docs/images/panduan"))


@app.command()
def designs() -> None:
    """Gambar lembar ketiga puluh desain: docs/images/designs.png."""
    from medsos.design.sheet import main

    main(["docs/images/designs.png"])


@app.command()
def check() -> None:
    """Periksa bahwa tidak ada rahasia pengganti (GANTI_…) yang masih dipakai."""
    from medsos.stack.placeholders import check_environment

    raise typer.Exit(check_environment())


@app.command()
def env() -> None:
    """Cetak isi .env untuk docker compose, dengan rahasia yang baru."""
    from medsos.stack.placeholders import fresh_env

    typer.echo(fresh_env(), nl=False)


@app.command(name="sandbox-connections")
def sandbox_connections(
    url: Annotated[str, typer.Argument(help="Alamat platform latihan, misalnya http://sandbox:8091.")],
) -> None:
    """Arahkan kanal yang belum punya koneksi ke platform latihan."""
    from medsos.stack.init import enter_sandbox_connections

    raise typer.Exit(enter_sandbox_connections(url))


if __name__ == "__main__":
    app()
