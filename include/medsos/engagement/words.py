"""The Indonesian words for the numbers of posts and for why one is missing."""

from __future__ import annotations

METRIC_NAMES: dict[str, str] = {
    "views": "Tayangan",
    "reach": "Jangkauan",
    "likes": "Suka",
    "comments": "Komentar",
    "shares": "Dibagikan",
}
"""In the order of `channels.metrics.METRICS`."""

STATE_NAMES: dict[str, str] = {
    "given": "terbaca",
    "not_offered": "tidak diberikan platform",
    "withdrawn": "ditarik platform",
    "no_right": "izin membacanya belum ada",
    "not_yet": "belum dihitung platform",
    "gone": "postingan tidak ditemukan lagi",
    "manual": "tidak tersedia (unggahan manual)",
    "no_id": "tidak tersedia (nomor postingan tidak diketahui)",
    "unread": "belum dibaca",
}
"""The states of `engagement.newest.Number`."""
