"""`make faults`: carries the matrix out, writes docs/reliability.md, says whether every promise was kept."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from medsos.devtools.crash.faults import FAULTS
from medsos.devtools.crash.flows import FLOWS
from medsos.devtools.crash.matrix import ALWAYS, DOWN, EACH, ONCE, Tally, campaigns, carry_out
from medsos.devtools.crash.unfinished import Unfinished
from medsos.indonesian import number_text
from medsos.publishing.states import State
from medsos.settings import load_settings

TARGET = Path("docs/reliability.md")

PROGRESS_EVERY = 50
"""Campaigns between two signs of life on the terminal."""

STATE_NAMES = {
    State.PUBLISHED: "tayang",
    State.REJECTED: "ditolak",
    State.CANCELLED: "dibatalkan",
}
"""How a publication may end, as people read it."""

_HEAD = """<!-- Dibuat dari kode dengan `make faults`; jangan diubah langsung. -->
# Tepat sekali tayang, apa pun gangguannya

Setiap cara mengunggah dijalankan pada platform latihan dengan setiap gangguan di bawah ini. Pekerjanya
dihentikan paksa (SIGKILL) pada **setiap** saat yang berarti: sebelum tiap penyimpanan ke catatan, sebelum
tiap permintaan dikirim, setelah platform mengerjakannya, dan setelah jawabannya tiba. Sesudah itu pekerjaan
diteruskan seperti oleh Airflow. Setiap cara dicoba dengan setiap penghentian, dan dengan setiap gangguan;
keduanya sekaligus pada satu cara dari setiap panggilan terbit, karena yang berbeda pada cara lainnya terjadi
sebelum panggilan itu. Yang dinilai hanya dua: postingan yang benar-benar terlihat umum di platform, dan
keadaan akhir pada catatan publikasi.

- **tayang**: catatan dan platform sepakat, tepat satu postingan.
- **ditolak**: platform menolak (token, izin, kredit) atau tidak pulih sampai batas waktu; tidak ada yang
  tayang.
- **dibatalkan**: platform tidak pernah menerima, dan orang yang diminta memeriksa menyerah; tidak ada yang
  tayang.
- **orang**: hasilnya tidak dapat dibuktikan dari luar, sehingga admin diminta melihat akunnya. Sistem tidak
  pernah mengunggah ulang atas kemauannya sendiri.

"""


def main(*, workers: int | None = None, target: Path = TARGET, scratch: Path | None = None) -> int:
    """Write the report; 0 when every promise was kept and every boundary was tried.

    An interrupted run is taken up again, as long as the code is the same; so is one that missed a boundary.

    :param scratch: folder for what an interrupted run leaves behind.
    """
    begun = time.monotonic()
    unfinished = Unfinished(scratch or load_settings().home / "gangguan")
    wanted = campaigns()
    tallies = unfinished.known(wanted)
    if tallies:
        sys.stderr.write(f"Melanjutkan: {len(tallies)} dari {len(wanted)} sudah dijalankan sebelumnya.\n")
    done = {tally.campaign.name for tally in tallies}
    for tally in carry_out([one for one in wanted if one.name not in done], workers=workers):
        unfinished.keep(tally)
        tallies.append(tally)
        if len(tallies) % PROGRESS_EVERY == 0:
            sys.stderr.write(f"{len(tallies)} dari {len(wanted)}\n")
        for line in (*tally.bad, *tally.untried):
            sys.stderr.write(f"{line}\n")
    target.write_text(report(tallies), encoding="utf-8")
    if not any(tally.missed for tally in tallies):
        unfinished.forget()
    minutes = (time.monotonic() - begun) / 60
    sys.stdout.write(f"{totals(tallies)} · {minutes:.0f} menit\n{zeros(tallies)}\n")
    return 0 if kept(tallies) else 1


def kept(tallies: Sequence[Tally]) -> bool:
    """Whether nothing was doubled, lost, wrongly called a failure, stuck, hasty or left untried."""
    return not any(tally.missed or tally.bad for tally in tallies)


def zeros(tallies: Sequence[Tally]) -> str:
    return (
        f"duplicates {sum(t.duplicates for t in tallies)} · lost {sum(t.lost for t in tallies)} · "
        f"false failures {sum(t.false_failures for t in tallies)} · stuck {sum(t.stuck for t in tallies)}"
    )


def totals(tallies: Sequence[Tally]) -> str:
    cells = sum(1 for t in tallies if t.campaign.fault)
    return (
        f"{_count(cells)} sel gangguan × cara mengunggah · "
        f"{_count(sum(t.runs for t in tallies))} kali dijalankan · "
        f"{_count(sum(t.boundaries for t in tallies))} titik henti ditemui, "
        f"{_count(sum(t.killed for t in tallies))} dicoba, {sum(t.missed for t in tallies)} terlewat"
    )


def report(tallies: Sequence[Tally]) -> str:
    """The report as Markdown."""
    order = {flow.name: number for number, flow in enumerate(FLOWS)}
    by_flow = sorted(tallies, key=lambda t: order[t.campaign.flow.name])
    parts = [_HEAD, f"{totals(tallies)}.\n\n", _quiet_table(by_flow)]
    for where, title in (
        (ONCE, "Gangguan pada permintaan terbit yang pertama"),
        (ALWAYS, "Gangguan pada setiap permintaan terbit"),
        (EACH, "Gangguan sekali, bergantian pada tiap permintaan"),
        (DOWN, "Gangguan pada semua permintaan, terus-menerus"),
    ):
        parts.append(_fault_table(by_flow, where, title))
    parts.append(f"## Putusan\n\n```\n{zeros(tallies)}\n```\n")
    return "".join(parts)


def _quiet_table(tallies: Sequence[Tally]) -> str:
    rows = [
        f"| {t.campaign.flow.name} | {t.boundaries} | {t.killed} | {_ends(t)} | {t.asked} |"
        for t in tallies
        if t.campaign.fault is None
    ]
    return (
        "## Tanpa gangguan, pekerja dihentikan di setiap titik\n\n"
        "| cara | titik henti | dicoba | akhirnya | perlu orang (kali) |\n| --- | --- | --- | --- | --- |\n"
        + "\n".join(rows)
        + "\n\n"
    )


def _fault_table(tallies: Sequence[Tally], where: str, title: str) -> str:
    """One row per fault and flow: how it ends without a kill, and how many kills were tried on top."""
    names = [fault.name for fault in FAULTS]
    chosen = sorted(
        (t for t in tallies if t.campaign.fault and t.campaign.where == where),
        key=lambda t: names.index(t.campaign.fault.name) if t.campaign.fault else 0,
    )
    rows = [
        f"| {t.campaign.fault.name if t.campaign.fault else ''} | {t.campaign.flow.name} "
        f"| {t.first.visible} | {_ends(t)} | {'ya' if t.first.asked else 'tidak'} "
        f"| {_count(round(t.first.seconds))} | {t.runs} |"
        for t in chosen
    ]
    return (
        f"## {title}\n\n"
        "| gangguan | cara | terlihat | akhirnya | orang | detik menunggu | kali dijalankan |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n" + "\n".join(rows) + "\n\n"
    )


def _ends(tally: Tally) -> str:
    return STATE_NAMES.get(tally.first.state, f"**{tally.first.state}**")


def _count(number: int) -> str:
    return number_text(number, decimals=0)
