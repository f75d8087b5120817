"""The papers of a month or a half-year: which documents and tables, and their way into the archive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medsos.operators.periods import PeriodRun

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from medsos.evaluation.period import Period
    from medsos.evaluation.targets import TargetProposal
    from medsos.evidence.archive import StoredFile
    from medsos.sop.model import Sop


def refresh_recap(run: PeriodRun, period: Period) -> None:
    """Compute the rows of every month of a period anew."""
    from medsos.evaluation.recap import monthly_recap
    from medsos.evaluation.rules import Rules
    from medsos.store.session import transaction

    rules = Rules(run.settings)
    with transaction() as session:
        monthly_recap(session, office=run.office.slug, period=period, rules=rules)


def archive_papers(run: PeriodRun, period: Period) -> Mapping[str, StoredFile]:
    """Put report and tables of a period into the archive; the newest file of each name.

    When the tables are what they were, nothing is made again: the archive stays as it is.
    """
    from medsos.evidence.editions import newest_edition, period_folder, store_files
    from medsos.store.session import reading

    folder = period_folder(run.office.slug, period.key)
    report = report_name(period)
    with reading() as session:
        basis = tables_of(session, run, period, formats=("csv",))
        before = newest_edition(session, run.archive, folder)
        if before is not None and before.holds(basis) and f"{report}.html" in before.current:
            return before.current
        contents = {
            **tables_of(session, run, period, formats=("csv", "parquet", "xlsx")),
            **report_of(session, run, period, run.sop(period.last)),
        }
    stored = store_files(run.archive, folder, contents)
    close_edition(run, folder, stored)
    return stored


def close_edition(run: PeriodRun, folder: str, stored: Mapping[str, StoredFile]) -> None:
    """Write the manifest of a folder, and the head of the audit trail after it."""
    from medsos.evidence.editions import write_edition
    from medsos.store.session import transaction
    from medsos.trail.heads import write_head

    with transaction() as session:
        write_edition(session, run.archive, folder, stored, now=run.clock())
    with transaction() as session:
        write_head(session, run.archive, now=run.clock())


def report_name(period: Period) -> str:
    """Plain name of the report's files, without suffix."""
    return f"laporan-evaluasi-{period.key}"


def tables_of(
    session: Session, run: PeriodRun, period: Period, *, formats: tuple[str, ...]
) -> dict[str, bytes]:
    """The evaluation tables of a period by file name; equal rows give equal CSV."""
    from medsos.evaluation.export import FORMATS, files_of

    made = files_of(
        session,
        offices=(run.office,),
        period=period,
        made_at=run.clock(),
        formats=[name for name in FORMATS if name in formats],
    )
    return {file.name: file.content for file in made}


def report_of(session: Session, run: PeriodRun, period: Period, sop: Sop) -> dict[str, bytes]:
    """The *Laporan Evaluasi* of a period as HTML and PDF."""
    from medsos.browser import print_pdf
    from medsos.evaluation.report.period import build_period_report
    from medsos.evaluation.report.period_data import period_data
    from medsos.evaluation.report.recommendations import load_rules

    data = period_data(
        session,
        run.office,
        period,
        sop=sop,
        rules=load_rules(run.settings.data_dir),
        now=run.clock(),
        training=run.training,
        read_file=run.archive.read,
    )
    html = build_period_report(data, run.brand)
    name = report_name(period)
    return {
        f"{name}.html": html.encode(),
        f"{name}.pdf": print_pdf(html, chromium=run.settings.chromium),
    }


def proposals_of(session: Session, run: PeriodRun, period: Period, sop: Sop) -> list[TargetProposal]:
    """What was really needed next to the targets, and the targets proposed."""
    from medsos.evaluation.targets import proposed_targets

    return proposed_targets(session, run.office, period, sop)
