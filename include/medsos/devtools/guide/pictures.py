"""`make guide`: a scratch installation, the walks through it, and the pictures of the guides."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from medsos.devtools.guide.by_hand import walk_by_hand
from medsos.devtools.guide.cycle import walk
from medsos.devtools.guide.decisions import walk_decisions
from medsos.devtools.guide.evaluation import invent_half_year, walk_evaluation
from medsos.devtools.guide.second_office import SLUG, two_offices
from medsos.stack.config import StackConfig
from medsos.stack.demo_files import write_photo
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack

PHOTO = "rapat.jpg"


def make_pictures(target: Path) -> None:
    """Start a scratch installation, walk, and put the pictures into `target`."""
    with tempfile.TemporaryDirectory(prefix="medsos-guide-") as scratch:
        home, data = Path(scratch) / "state", two_offices(Path(scratch) / "include")
        stack = Stack(
            StackConfig(home=home, port=free_port(), sandbox_port=free_port()),
            {**os.environ, "MEDSOS_DATA_DIR": str(data)},
        )
        for office in ("kota-bengkulu", SLUG):
            intake = home / "masuk" / office
            intake.mkdir(parents=True)
            write_photo(intake / PHOTO)
        try:
            stack.start()
            stack.wait_healthy()
            walk(stack, target, PHOTO)
            walk_decisions(stack, target, PHOTO)
            walk_by_hand(stack, target, PHOTO)
            invent_half_year(stack)
            walk_evaluation(stack, target)
        finally:
            stack.stop()
