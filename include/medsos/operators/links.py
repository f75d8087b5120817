"""SOP step 5: one page with every link of the cycle, checked to answer."""

from __future__ import annotations

from typing import Any

from airflow.sdk.exceptions import AirflowException, AirflowSkipException

from medsos.operators.cycle import CycleOperator, CycleRun
from medsos.operators.publish import reason_not_to_upload


class BuildLinksOperator(CycleOperator):
    """Writes the link page for whatever is up; channels that failed are left out of it."""

    ui_color = "#dcefe0"

    def skip_reason(self, run: CycleRun) -> str | None:
        return reason_not_to_upload(run)

    def work(self, run: CycleRun, context: Any) -> None:
        from medsos.evidence.archive import LINKS
        from medsos.links.liveness import check_link
        from medsos.links.page import build_link_page
        from medsos.links.record import published_links, record_checks, record_links
        from medsos.store.session import transaction

        with transaction() as session:
            links = published_links(session, run.cycle_id, run.office)
        if not links:
            raise AirflowException(
                f"Siklus {run.cycle_id}: belum ada satu pun unggahan yang tayang, jadi belum ada tautan. "
                "Perbaiki tugas langkah 4 yang gagal, lalu jalankan ulang dari sana."
            )
        page = build_link_page(_content(run, links), run.brand)
        stored = run.archive.put_version(f"{run.folder}/{LINKS}/tautan.html", page.encode())
        checks = [check_link(link.address, clock=run.clock) for link in links]
        with transaction() as session:
            ids = record_links(session, run.cycle_id, links=links, page_path=stored.path, now=run.clock())
            record_checks(session, ids, checks)
        if dead := [check for check in checks if not check.alive]:
            listed = "; ".join(f"{check.address}: {check.problem}" for check in dead)
            raise AirflowException(f"Siklus {run.cycle_id}: ada tautan yang tidak menjawab. {listed}")


def _content(run: CycleRun, links: Any) -> Any:
    from medsos.approval.decisions import require_approval
    from medsos.approval.seal import designs_of_round
    from medsos.hooks.training import is_training
    from medsos.indonesian import long_date
    from medsos.links.page import LinkPageContent
    from medsos.operators.plans import plan_of_round, request_of
    from medsos.store.session import transaction

    with transaction() as session:
        approval = require_approval(session, run.cycle_id)
        pictures = [
            design
            for design in designs_of_round(session, run.cycle_id, approval.round)
            if design.kind in ("image", "cover")
        ]
    if not pictures:
        raise AirflowSkipException(f"Siklus {run.cycle_id} tidak memiliki desain.")
    picture = next((design for design in pictures if design.channel == "web"), pictures[0])
    request, plan = request_of(run), plan_of_round(run, approval.round)
    day = request.activity_date or run.clock().astimezone(run.office.zone).date()
    return LinkPageContent(
        title=plan.headline,
        summary=plan.summary,
        office_name=run.office.name,
        website=run.office.website,
        date_text=long_date(day),
        links=links,
        picture=run.archive.read(picture.path),
        picture_alt=picture.alt_text,
        hashtags=tuple(run.office.hashtags),
        training=any(is_training(run.office.channels[link.channel].connection) for link in links),
    )
