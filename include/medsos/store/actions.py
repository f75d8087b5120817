"""What the audit trail tells of: every action with its Indonesian name, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

KINDS = {
    "permohonan": "Permohonan dan siklus",
    "rapat": "Rapat",
    "materi": "Materi dan desain",
    "persetujuan": "Persetujuan",
    "unggahan": "Unggahan",
    "bukti": "Bukti, tautan, dan arsip",
    "pemberitahuan": "Pemberitahuan",
    "tinjauan": "Evaluasi berkala dan tinjauan SOP",
    "pejabat": "Pejabat",
    "jejak": "Jejak audit",
    "lain": "Lainnya",
}
"""Kinds by which the trail can be filtered."""


@dataclass(frozen=True)
class Action:
    """One sort of change.

    :param stands_out: a deviation from the ordinary course, or a person's word over the system's; shown with
        a badge on the page and listed in the report.
    """

    name: str
    kind: str
    stands_out: bool = False


ACTIONS: dict[str, Action] = {
    "cycle.opened": Action("Siklus dibuka", "permohonan"),
    "cycle.kahar": Action("Keadaan kahar dinyatakan", "permohonan", stands_out=True),
    "cycle.evaluated": Action("Siklus dinilai", "permohonan"),
    "evaluation.corrected": Action("Hasil evaluasi diperbaiki", "permohonan"),
    "minutes.recorded": Action("Notula disimpan", "rapat"),
    "minutes.shared": Action("Notula siklus lain dipakai", "rapat"),
    "plan.stored": Action("Rencana materi disimpan", "materi"),
    "designs.rendered": Action("Desain dibuat", "materi"),
    "approval.decided": Action("Keputusan dicatat", "persetujuan"),
    "approval.bypassed": Action("Langkah persetujuan dilewati di Airflow", "persetujuan", stands_out=True),
    "publication.moved": Action("Status unggahan berubah", "unggahan"),
    "publication.address": Action("Alamat postingan dicatat", "unggahan"),
    "publication.uploaded_by_hand": Action("Diunggah dengan tangan", "unggahan"),
    "publication.refused": Action("Pengunggahan ditolak sistem", "unggahan", stands_out=True),
    "publication.found": Action("Admin menyatakan sudah tayang", "unggahan", stands_out=True),
    "publication.absent": Action("Admin menyatakan belum tayang", "unggahan", stands_out=True),
    "publication.cancelled": Action("Unggahan dibatalkan", "unggahan", stands_out=True),
    "post.gone": Action("Postingan tidak ditemukan lagi di platform", "unggahan"),
    "evidence.kept": Action("Bukti disimpan sistem", "bukti"),
    "evidence.handed_in": Action("Bukti diserahkan admin", "bukti"),
    "evidence.given_up": Action("Diputuskan tanpa tangkapan layar", "bukti", stands_out=True),
    "links.built": Action("Tautan dicatat", "bukti"),
    "manifest.written": Action("Manifes ditulis", "bukti"),
    "papers.written": Action("Berkas evaluasi periode diarsipkan", "tinjauan"),
    "review.laid": Action("Tinjauan SOP diajukan kepada Sekretaris", "tinjauan"),
    "review.decided": Action("Tinjauan SOP diputuskan", "tinjauan"),
    "review.bypassed": Action("Keputusan tinjauan SOP dilewati di Airflow", "tinjauan", stands_out=True),
    "sop.recorded": Action("Versi SOP dicatat", "tinjauan"),
    "official.changed": Action("Data pejabat berubah", "pejabat"),
    "delegation.recorded": Action("Plh. atau Plt. dicatat", "pejabat"),
    "delegation.ended": Action("Plh. atau Plt. diakhiri", "pejabat"),
    "finding.opened": Action("Masalah ditemukan oleh penjagaan", "bukti"),
    "finding.ended": Action("Masalah sudah berakhir", "bukti"),
    "notice.sent": Action("Pemberitahuan terkirim", "pemberitahuan"),
    "notice.failed": Action("Pemberitahuan gagal terkirim", "pemberitahuan"),
    "notice.no_way": Action("Pemberitahuan tanpa alamat", "pemberitahuan"),
    "trail.head": Action("Kepala jejak diarsipkan", "jejak"),
    "trail.broken": Action("Jejak tidak cocok dengan arsip", "jejak", stands_out=True),
}

_OTHER = "lain"

_SYSTEM = re.compile(
    r"sistem|watch|accept_request|(meeting|design|approval|upload|link|evaluation)\..+|.+/\d+/[0-9a-f]{8}"
)


def action_of(action: str) -> Action:
    """The sort of change; what is not known keeps its own name, so that nothing is left out."""
    return ACTIONS.get(action, Action(action, _OTHER))


def acted_by_itself(actor: str) -> bool:
    """Whether the system acted, not a person: a task, a worker holding a publication, or `sistem`."""
    return _SYSTEM.fullmatch(actor) is not None


def standing_out() -> list[str]:
    """Actions that stand out."""
    return [key for key, action in ACTIONS.items() if action.stands_out]
