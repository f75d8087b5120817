"""A second office, which uploads to Facebook and TikTok by hand; for the guides and the tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from medsos.settings import DEFAULT_DATA_DIR

SLUG = "kota-manual"
SHORT_NAME = "KPU Kota Latihan"
DAG_ID = "content_cycle__kota_manual"
BY_HAND = ("facebook", "tiktok")


def two_offices(target: Path) -> Path:
    """Copy the project's data to `target`, with the second office in it."""
    shutil.copytree(DEFAULT_DATA_DIR / "sop", target / "sop")
    shutil.copytree(DEFAULT_DATA_DIR / "offices", target / "offices")
    other = target / "offices" / SLUG
    shutil.copytree(target / "offices" / "kota-bengkulu", other)
    text = (other / "office.yaml").read_text(encoding="utf-8").replace("slug: kota-bengkulu", f"slug: {SLUG}")
    text = text.replace("short_name: KPU Kota Bengkulu", f"short_name: {SHORT_NAME}")
    for channel in BY_HAND:
        text = text.replace(f"  {channel}: {{ mode: api", f"  {channel}: {{ mode: manual")
    # Nobody waits six minutes to see that somebody has to be sure.
    text = text.replace("link_in_post: false }", "link_in_post: false, read_back_seconds: [0, 2, 2, 2] }")
    (other / "office.yaml").write_text(text, encoding="utf-8")
    return target
