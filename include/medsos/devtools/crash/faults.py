"""The faults of the matrix, as data: what goes wrong, and on which channels it can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from medsos.offices.model import CHANNELS

SLOW_SECONDS = 1.0
"""How late a slow answer comes; the workers of the matrix lose patience before."""

_META = ("facebook", "instagram")


@dataclass(frozen=True)
class Fault:
    """One thing that a platform or the way to it does wrong.

    :param name: as people read it in the report.
    :param how: keys of the sandbox's control API (`/_inspect/faults`), without its aim.
    :param channels: where it occurs.
    :param wait: seconds for which the platform asks to be left alone.
    :param refuses: whether the platform says no for good; only then nothing has to go up.
    """

    name: str
    how: Mapping[str, Any]
    channels: tuple[str, ...] = field(default=CHANNELS)
    wait: int = 0
    refuses: bool = False


def _after(preset: str) -> dict[str, Any]:
    return {"kind": "process_then_status", "preset": preset}


def _instead(preset: str) -> dict[str, Any]:
    return {"kind": "status", "preset": preset}


FOR_TEN_MINUTES = "503 selama sepuluh menit, lalu sehat"

FAULTS: tuple[Fault, ...] = (
    Fault("permintaan hilang di jalan", {"kind": "drop_before"}),
    Fault("dikerjakan, sambungan putus", {"kind": "process_then_drop"}),
    Fault("dikerjakan, dijawab 500", _after("http_500")),
    Fault("dikerjakan, dijawab halaman 502", _after("html_502")),
    Fault("dikerjakan, jawaban terlambat", {"kind": "process_then_slow", "seconds": SLOW_SECONDS}),
    Fault("dikerjakan, jawaban terpotong", {"kind": "truncated"}),
    Fault("dikerjakan, jawaban bukan JSON", _after("html_200")),
    Fault("dikerjakan, jawaban kosong", _after("empty_200")),
    Fault("halaman 503", _instead("html_503")),
    Fault("429, Retry-After 120", _instead("retry_after_429"), wait=120),
    Fault("429 tanpa keterangan", _instead("bare_429")),
    Fault("dikerjakan, jenis isi salah", {"kind": "wrong_type"}),
    Fault(FOR_TEN_MINUTES, {**_instead("html_503"), "for_seconds": 600}),
    Fault("dikerjakan, Graph kode 1", _after("graph_1"), _META),
    Fault("dikerjakan, Graph kode 2", _after("graph_2"), _META),
    Fault("Graph kode 2", _instead("graph_2"), _META),
    Fault("Graph batas laju (kode 4)", _instead("graph_4"), _META),
    Fault("token Meta berakhir (190)", _instead("graph_190"), _META, refuses=True),
    Fault("Facebook: isi ganda (506)", _instead("graph_506"), ("facebook",), refuses=True),
    Fault("Facebook: dikerjakan, lalu 506", _after("graph_506"), ("facebook",), refuses=True),
    Fault("Instagram: belum siap (9007)", _instead("instagram_not_ready"), ("instagram",)),
    Fault("Instagram: kuota habis", _instead("instagram_limit"), ("instagram",)),
    Fault("X: token ditolak (401)", _instead("x_401"), ("x",), refuses=True),
    Fault("X: kredit habis (402)", _instead("x_402"), ("x",), refuses=True),
    Fault("X: isi ganda (403)", _instead("x_403_duplicate"), ("x",), refuses=True),
    Fault("X: dikerjakan, lalu isi ganda", _after("x_403_duplicate"), ("x",), refuses=True),
    Fault("X: batas laju (429)", _instead("x_429"), ("x",)),
    Fault("token akses berakhir di tengah jalan", {"kind": "expire_token"}, ("x", "tiktok")),
    Fault("TikTok: token ditolak (401)", _instead("tiktok_401"), ("tiktok",), refuses=True),
    Fault("TikTok: batas laju (429)", _instead("tiktok_429"), ("tiktok",)),
    Fault("TikTok: galat 500", _instead("tiktok_500"), ("tiktok",)),
    Fault("TikTok: dikerjakan, lalu galat 500", _after("tiktok_500"), ("tiktok",)),
    Fault("situs: sandi ditolak (401)", _instead("wordpress_401"), ("web",), refuses=True),
    Fault("situs: dikerjakan, lalu galat basis data", _after("wordpress_500"), ("web",)),
)
