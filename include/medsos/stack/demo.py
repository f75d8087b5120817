"""`medsos demo`: one cycle per content type through the real Airflow, without a person at the keyboard."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from sqlalchemy import func, select

from medsos.clock import utc_now
from medsos.errors import MedsosError, StackError
from medsos.stack.api import AirflowApi
from medsos.stack.config import StackConfig
from medsos.stack.demo_materials import make_materials
from medsos.stack.ports import free_port
from medsos.stack.supervisor import Stack
from medsos.store.models import ChannelResult, Cycle, Design, Evidence, Link, StepDuration
from medsos.store.session import engine_for, transaction

OFFICE = "kota-bengkulu"
DAG_ID = "content_cycle__kota_bengkulu"
ZONE = ZoneInfo("Asia/Jakarta")
LONGEST_SECONDS = 1800
REVISED_TYPE = "sosialisasi_tahapan"
"""The cycle in which the Kasubbag asks for one revision, so that the demo shows a second round."""


@dataclass
class Outcome:
    """What is left when all cycles have ended. Counts are over all cycles."""

    cycles: int = 0
    published: int = 0
    evidence: int = 0
    duplicates: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)


def demo(home: Path | None = None) -> int:
    """Run the demo in `home`, or in a new scratch folder; returns the exit code."""
    started = time.monotonic()
    home = (home or Path(tempfile.mkdtemp(prefix="medsos-demo-"))).resolve()
    stack = Stack(StackConfig(home=home, port=free_port(), sandbox_port=free_port()), say=_say)
    try:
        stack.start()
        stack.wait_healthy()
        _say(f"Semua layanan siap ({time.monotonic() - started:.0f} detik). Memulai siklus …")
        runs = _start_cycles(stack, home / "masuk" / OFFICE)
        _carry_through(stack, runs)
        outcome = _judge(stack, runs)
        _show_paths(home, outcome)
    except MedsosError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        stack.stop()
    seconds = round(time.monotonic() - started)
    summary = {
        "cycles": outcome.cycles,
        "published": outcome.published,
        "evidence": outcome.evidence,
        "duplicates": outcome.duplicates,
        "failed": outcome.failed,
        "seconds": seconds,
        "archive": str(home / "archive"),
    }
    for problem in outcome.problems:
        sys.stderr.write(f"{problem}\n")
    sys.stdout.write(json.dumps(summary) + "\n")
    return 0 if not outcome.problems else 1


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _start_cycles(stack: Stack, intake: Path) -> dict[str, str]:
    """Put materials into the intake folder and start one run per content type; run id → content type."""
    intake.mkdir(parents=True, exist_ok=True)
    requests_by_type = make_materials(intake)
    api = stack.api("admin")
    deadline = time.monotonic() + 120
    while DAG_ID not in api.dag_ids():
        if time.monotonic() > deadline:
            raise StackError(f"DAG {DAG_ID} tidak muncul. Kesalahan impor: {api.import_errors()}")
        time.sleep(1)
    api.unpause(DAG_ID)
    return {api.trigger(DAG_ID, conf): content_type for content_type, conf in requests_by_type.items()}


def _carry_through(stack: Stack, runs: dict[str, str]) -> None:
    """Answer every form as the person it is for, until all runs have ended."""
    watcher = stack.api("admin")
    people: dict[str, AirflowApi] = {}
    reported: set[tuple[str, str]] = set()
    deadline = time.monotonic() + LONGEST_SECONDS
    open_runs = set(runs)
    while open_runs:
        if time.monotonic() > deadline:
            raise StackError(f"Belum selesai dalam {LONGEST_SECONDS // 60} menit: {sorted(open_runs)}.")
        stack.check()
        for form in watcher.waiting_forms(DAG_ID):
            run_id = form["task_instance"]["dag_run_id"]
            if run_id in open_runs:
                person = form["assigned_users"][0]["name"]
                people.setdefault(person, stack.api(person))
                option, values = answer_for(form, runs[run_id])
                people[person].answer(form, option, values)
                name = form["task_instance"]["task_display_name"]
                _say(f"  {runs[run_id]:<20} {name}: “{option}” oleh {person}")
        for run_id in sorted(open_runs):
            _report_progress(watcher, run_id, runs[run_id], reported)
            if watcher.run(DAG_ID, run_id)["state"] in ("success", "failed"):
                open_runs.discard(run_id)
        time.sleep(1)


def _report_progress(api: AirflowApi, run_id: str, content_type: str, reported: set[tuple[str, str]]) -> None:
    for task in api.task_instances(DAG_ID, run_id):
        key = (run_id, task["task_id"])
        if task["state"] in ("success", "failed", "upstream_failed") and key not in reported:
            reported.add(key)
            mark = "✓" if task["state"] == "success" else "✗"
            _say(f"  {content_type:<20} {mark} {task['task_display_name']}")


def answer_for(form: dict[str, Any], content_type: str) -> tuple[str, dict[str, Any]]:
    """What a person would answer: the minutes of a meeting just held, the plan as drafted, *Setuju*."""
    values = {name: param.get("value") for name, param in form["params"].items()}
    task_id = form["task_instance"]["task_id"]
    if task_id.endswith("record_minutes"):
        ended = utc_now().astimezone(ZONE) - timedelta(minutes=5)
        values |= {
            "mulai": (ended - timedelta(minutes=90)).isoformat(),
            "selesai": ended.isoformat(),
            "peserta": "Ketua Divisi Sosdiklih\nKasubbag Teknis PP, Parhubmas\nAdmin Medsos",
            "keputusan": "Konten disetujui untuk dirancang dan ditayangkan di semua kanal.",
        }
    elif task_id.endswith("round_1.await_decision") and content_type == REVISED_TYPE:
        return "Revisi", {**values, "catatan": "Singkatkan judul pada desain."}
    elif task_id.endswith("revise_content"):
        values["judul_desain"] = "Daftar Pemilih Berkelanjutan Triwulan IV"
    return form["options"][0], values


def _judge(stack: Stack, runs: dict[str, str]) -> Outcome:
    """Compare the record with what the public sees on the platforms."""
    database = f"sqlite:///{stack.config.home / 'medsos.db'}"
    outcome = Outcome()
    with transaction(database) as session:
        for cycle in session.scalars(select(Cycle).where(Cycle.run_id.in_(runs)).order_by(Cycle.id)):
            outcome.cycles += 1
            results = session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id)).all()
            up = [result for result in results if result.state == "published"]
            proven = [result for result in up if result.evidence_sha256]
            outcome.published += len(up)
            outcome.evidence += len(proven)
            steps = _count(session, StepDuration, cycle.id)
            links = _count(session, Link, cycle.id)
            expected = len(cycle.request["channels"])
            wrong = [
                text
                for text, count, wanted in (
                    ("kanal tayang", len(up), expected),
                    ("tangkapan layar", len(proven), expected),
                    ("tautan", links, expected + 1),
                    ("baris step_durations", steps, 6),
                )
                if count != wanted
            ]
            if cycle.status != "selesai" or wrong:
                outcome.failed += 1
                outcome.problems.append(
                    f"Siklus {cycle.id} ({cycle.content_type}) berstatus {cycle.status}; tidak sesuai: "
                    f"{', '.join(wrong) or '-'}."
                )
    if outcome.cycles != len(runs):
        outcome.failed += len(runs) - outcome.cycles
        outcome.problems.append(f"{len(runs) - outcome.cycles} permohonan tidak menjadi siklus.")
    visible = requests.get(f"{stack.sandbox_url}/_inspect/posts", timeout=30).json()
    copies = Counter((post["platform"], post["text"]) for post in visible)
    outcome.duplicates = sum(count - 1 for count in copies.values())
    if outcome.duplicates:
        outcome.problems.append(f"{outcome.duplicates} postingan tayang lebih dari satu kali.")
    if len(visible) != outcome.published:
        outcome.problems.append(f"Tampak {len(visible)} postingan di platform, tercatat {outcome.published}.")
    return outcome


def _count(session: Any, table: type, cycle_id: int) -> int:
    return session.scalar(select(func.count()).select_from(table).where(table.cycle_id == cycle_id)) or 0  # type: ignore[attr-defined]


def _show_paths(home: Path, outcome: Outcome) -> None:
    """Where the pictures, the link pages and the reports lie."""
    archive = home / "archive"
    database = f"sqlite:///{home / 'medsos.db'}"
    with transaction(database) as session:
        sections = {
            "Desain": session.scalars(select(Design.path).order_by(Design.id)).all(),
            "Tangkapan layar": session.scalars(select(Evidence.path).order_by(Evidence.id)).all(),
            "Halaman tautan": session.scalars(select(Link.address).where(Link.kind == "page")).all(),
        }
    engine_for(database).dispose()
    sections["Laporan"] = sorted(
        str(path.relative_to(archive)) for path in archive.rglob("laporan-evaluasi*.html")
    )
    for heading, paths in sections.items():
        _say(f"{heading}:")
        for path in dict.fromkeys(paths):
            _say(f"  {archive / path}")
