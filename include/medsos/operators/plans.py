"""Reads and stores the plans of a cycle for the forms of step 2."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from medsos.errors import FormError
from medsos.operators.cycle import CycleRun

if TYPE_CHECKING:
    from medsos.content.plan import ContentPlan
    from medsos.content.request import ContentRequest
    from medsos.offices.model import Office
    from medsos.store.models import Approval


def request_of(run: CycleRun) -> ContentRequest:
    """The accepted request of the cycle."""
    from medsos.content.request import ContentRequest
    from medsos.store.models import Cycle
    from medsos.store.session import transaction

    with transaction() as session:
        return ContentRequest.model_validate(session.get_one(Cycle, run.cycle_id).request)


def drafted_plan(run: CycleRun) -> ContentPlan:
    """The first draft, made from the request within the channels' limits."""
    return plan_for(request_of(run), run.office)


def plan_for(request: ContentRequest, office: Office) -> ContentPlan:
    """The words that would be proposed for a request; also for one that nobody has sent yet."""
    from medsos.channels.limits import LIMITS, text_length
    from medsos.content.captions import draft_plan

    budgets = {
        channel: limits.text_length for channel, limits in LIMITS.items() if limits.text_length is not None
    }
    return draft_plan(
        request,
        office,
        budgets=budgets,
        measure=lambda channel, text: text_length(LIMITS[channel].text_unit, text),
    )


def video_problems(run: CycleRun) -> list[str]:
    """One sentence per chosen channel that cannot take the video, however it is rendered."""
    from sqlalchemy import select

    from medsos.design.rendition import unfit
    from medsos.store.models import Material
    from medsos.store.session import reading

    with reading() as session:
        videos = session.scalars(
            select(Material).where(
                Material.cycle_id == run.cycle_id, Material.clean_media_type.startswith("video/")
            )
        ).all()
    return [
        problem
        for channel in request_of(run).channels
        for video in videos
        for problem in unfit(channel, video.width, video.height, video.duration_seconds)
    ]


def plan_of_round(run: CycleRun, round_no: int) -> ContentPlan:
    """The stored plan of a round."""
    from sqlalchemy import select

    from medsos.content.plan import ContentPlan
    from medsos.store.models import PlanRow
    from medsos.store.session import transaction

    with transaction() as session:
        row = session.scalars(
            select(PlanRow).where(PlanRow.cycle_id == run.cycle_id, PlanRow.round == round_no)
        ).one()
        return ContentPlan.model_validate(row.plan)


def store_plan(run: CycleRun, plan: ContentPlan, *, round_no: int, author: str, at: datetime) -> None:
    """Store the plan of a round with its audit row; a second answer before the decision replaces it.

    :raises FormError: the round is decided: what the seal covers stays as it is.
    """
    from sqlalchemy import select

    from medsos.store.audit import append_audit
    from medsos.store.models import PlanRow
    from medsos.store.session import transaction

    if decision_of_round(run, round_no) is not None:
        raise FormError(f"Putaran {round_no} sudah diputuskan; rencananya tidak dapat diubah lagi.")
    values = plan.model_dump(mode="json")
    with transaction() as session:
        row = session.scalars(
            select(PlanRow).where(PlanRow.cycle_id == run.cycle_id, PlanRow.round == round_no)
        ).one_or_none()
        before = row.plan if row else {}
        if row is None:
            session.add(
                PlanRow(cycle_id=run.cycle_id, round=round_no, plan=values, author=author, made_at=at)
            )
        else:
            row.plan, row.author, row.made_at = values, author, at
        append_audit(
            session,
            at=at,
            actor=author,
            action="plan.stored",
            cycle_id=run.cycle_id,
            subject=f"putaran {round_no}",
            before=before,
            after=values,
        )


def decision_of_round(run: CycleRun, round_no: int) -> Approval | None:
    """The Kasubbag's decision in a round, or None."""
    from sqlalchemy import select

    from medsos.store.models import Approval
    from medsos.store.session import transaction

    with transaction() as session:
        return session.scalars(
            select(Approval).where(Approval.cycle_id == run.cycle_id, Approval.round == round_no)
        ).one_or_none()


def was_decided(run: CycleRun) -> bool:
    """Whether any round of the cycle has a decision: steps 1 and 2 are history then."""
    return decision_of_round(run, 1) is not None


def plan_problems(plan: ContentPlan) -> dict[str, str]:
    """What keeps a plan from being stored: one sentence per field of the form; empty when nothing does."""
    problems = {} if plan.headline else {"judul_desain": "Judul pada desain masih kosong."}
    for channel, text in plan.texts.items():
        if problem := _caption_problem(channel, text.caption):
            problems[f"teks_{channel}"] = problem
        if problem := _alt_problem(channel, text.alt_text):
            problems[f"alt_{channel}"] = problem
    return problems


def _caption_problem(channel: str, caption: str) -> str:
    from medsos.channels.limits import LIMITS, channel_text_length, hashtags, mentions
    from medsos.content.captions import with_longest_link
    from medsos.offices.model import CHANNEL_NAMES

    name, limits = CHANNEL_NAMES[channel], LIMITS[channel]
    if not caption:
        return f"Teks {name} masih kosong."
    for what, count, most in (
        ("panjangnya", channel_text_length(channel, with_longest_link(caption)), limits.text_length),
        ("tagarnya", len(hashtags(caption)), limits.hashtags),
        ("sebutan akunnya", len(mentions(caption)), limits.mentions),
    ):
        if most is not None and count > most:
            return f"Teks {name} {what} {count}; paling banyak {most}. Ringkas teksnya."
    return ""


def _alt_problem(channel: str, alt_text: str) -> str:
    from medsos.channels.limits import LIMITS
    from medsos.offices.model import CHANNEL_NAMES

    most = LIMITS[channel].alt_text_length
    if not alt_text:
        return f"Teks alternatif {CHANNEL_NAMES[channel]} masih kosong."
    if most is not None and len(alt_text) > most:
        return f"Teks alternatif {CHANNEL_NAMES[channel]} {len(alt_text)} karakter; paling banyak {most}."
    return ""
