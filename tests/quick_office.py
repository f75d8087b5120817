"""An office that works day and night and reminds after seconds, so that a test need not wait for hours."""

from __future__ import annotations

import shutil
from pathlib import Path

SLUG = "kota-cepat"
DAG_ID = "content_cycle__kota_cepat"

_ALWAYS = ", ".join(
    f"{day}: [00:00-24:00]"
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)


def add_quick_office(data: Path) -> None:
    """Copy the training office into the data folder `data`, under another name and with other times."""
    folder = data / "offices" / SLUG
    shutil.copytree(data / "offices" / "kota-bengkulu", folder)
    file = folder / "office.yaml"
    text = file.read_text(encoding="utf-8").replace("slug: kota-bengkulu", f"slug: {SLUG}")
    text = text.replace("short_name: KPU Kota Bengkulu", "short_name: KPU Kota Cepat")
    # Of the 180 minutes for an approval: after about 5 and 11 seconds.
    old, new = "reminders: [50, 100], escalation: 200", "reminders: [0.05], escalation: 0.1"
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    (folder / "hours.yaml").write_text(
        f"weekly: {{ {_ALWAYS} }}\nramadan: {{ weekly: {{ {_ALWAYS} }} }}\nholidays: {{ categories: [] }}\n",
        encoding="utf-8",
    )
