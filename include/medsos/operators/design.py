"""SOP step 2: the forms for plan and revision, and the rendering of the designs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from medsos.errors import FormError
from medsos.operators.cycle import CycleOperator, CycleRun
from medsos.operators.forms import Answer, FormOperator
from medsos.operators.parked_form import Form, text_field
from medsos.operators.people import team, title_of
from medsos.operators.plans import (
    decision_of_round,
    drafted_plan,
    plan_of_round,
    plan_problems,
    store_plan,
    video_problems,
    was_decided,
)

if TYPE_CHECKING:
    from medsos.approval.officials import Holder
    from medsos.content.plan import ContentPlan


SAVE_PLAN = "Simpan rencana"
SEND_REVISION = "Kirim revisi"


class PlanForm(FormOperator):
    """Asks the Tim Medsos for the words on the design and per channel; prefilled from the request."""

    def people(self, run: CycleRun) -> list[Holder]:
        return team(run)

    def already(self, run: CycleRun) -> str | None:
        return "decided" if was_decided(run) else None

    def form(self, run: CycleRun) -> Form:
        target = run.sop.step("design").target_minutes
        return Form(
            subject=f"Langkah 2 · Rencana materi · {title_of(run)}",
            body=(
                f"{_open_page(run, 'rencana')}\n\n"
                f"Periksa dan perbaiki teks di bawah ini (target SOP langkah 2: {target} menit). "
                "Tanda `{tautan_web}` akan diganti alamat postingan di website." + _warning(run)
            ),
            fields=_plan_fields(drafted_plan(run)),
            options=(SAVE_PLAN,),
        )

    def accept(self, run: CycleRun, answer: Answer) -> None:
        _store_answer(run, answer, based_on=drafted_plan(run), round_no=1)


class ReviseForm(FormOperator):
    """After *Revisi*: asks the Tim Medsos to mend the plan of this round; the result is the next round."""

    def people(self, run: CycleRun) -> list[Holder]:
        return team(run)

    def skip_reason(self, run: CycleRun) -> str | None:
        return _unless_revision(run)

    def already(self, run: CycleRun) -> str | None:
        return "decided" if decision_of_round(run, run.round_no + 1) else None

    def form(self, run: CycleRun) -> Form:
        decision = decision_of_round(run, run.round_no)
        note = decision.note if decision else ""
        quoted = "\n".join(f"> {line}" for line in note.splitlines())
        return Form(
            subject=f"Langkah 2 · Revisi putaran {run.round_no} · {title_of(run)}",
            body=(
                f"{_open_page(run, 'revisi', run.round_no)}\n\nCatatan Kasubbag:\n\n{quoted}\n\n"
                f"Perbaiki teksnya, lalu kirim kembali.{_warning(run)}"
            ),
            fields=_plan_fields(plan_of_round(run, run.round_no)),
            options=(SEND_REVISION,),
        )

    def accept(self, run: CycleRun, answer: Answer) -> None:
        before = plan_of_round(run, run.round_no)
        _store_answer(run, answer, based_on=before, round_no=run.round_no + 1)


class RenderDesignsOperator(CycleOperator):
    """Renders the designs of a round for every chosen channel and archives them.

    :param target_round: the round whose plan is rendered; differs from `round_no` after a revision.
    """

    def __init__(self, *, target_round: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_round = target_round

    def skip_reason(self, run: CycleRun) -> str | None:
        return _unless_revision(run) if run.round_no else None

    def work(self, run: CycleRun, context: Any) -> None:
        from medsos.operators.rendering import render_round

        if decision_of_round(run, self.target_round) is not None:
            self.log.info("Putaran %s sudah diputuskan; desainnya tetap.", self.target_round)
            return
        render_round(run, self.target_round)


def _open_page(run: CycleRun, name: str, *parts: int) -> str:
    """The way to our own page of a form, in Markdown."""
    path = "/".join(str(part) for part in (name, run.cycle_id, *parts))
    link = f"{run.settings.public_url}/medsos/{path}"
    return f"[**Buka formulir**]({link}) dengan hitungan panjang teks, atau isi di sini."


def _warning(run: CycleRun) -> str:
    """What is known already to fail after the approval, said while something can be done about it."""
    problems = video_problems(run)
    if not problems:
        return ""
    listed = "\n".join(f"- {problem}" for problem in problems)
    return (
        f"\n\n**Perhatian**\n\n{listed}\n\nUnggahan ke kanal itu akan ditolak. Mulai siklus baru "
        "dengan video yang sesuai, atau lanjutkan tanpa kanal itu."
    )


def _unless_revision(run: CycleRun) -> str | None:
    decision = decision_of_round(run, run.round_no)
    if decision is None or decision.decision != "revisi":
        return f"Putaran {run.round_no} tidak diminta direvisi."
    return None


def _plan_fields(plan: ContentPlan) -> dict[str, Param]:
    from medsos.offices.model import CHANNEL_NAMES

    fields = {
        "judul_desain": text_field("Judul pada desain dan website", plan.headline, lines=2),
        "ringkasan": text_field("Ringkasan pada desain", plan.summary, lines=4),
    }
    for channel, text in plan.texts.items():
        what = "Artikel" if channel == "web" else "Keterangan"
        fields[f"teks_{channel}"] = text_field(f"{what} {CHANNEL_NAMES[channel]}", text.caption, lines=8)
        fields[f"alt_{channel}"] = text_field(
            f"Teks alternatif {CHANNEL_NAMES[channel]}",
            text.alt_text,
            description="Menggambarkan desain bagi yang tidak dapat melihatnya.",
            lines=3,
        )
    return fields


def _store_answer(run: CycleRun, answer: Answer, *, based_on: ContentPlan, round_no: int) -> None:
    plan = plan_of_answer(answer.values, based_on=based_on)
    if problems := plan_problems(plan):
        raise FormError(" ".join(problems.values()))
    store_plan(run, plan, round_no=round_no, author=answer.by, at=answer.at)


def plan_of_answer(values: Mapping[str, Any], *, based_on: ContentPlan) -> ContentPlan:
    """The plan that the fields of a form say, for the channels of the plan that was asked about."""
    from medsos.content.plan import ChannelText, ContentPlan

    def typed(name: str) -> str:
        return str(values.get(name) or "")

    return ContentPlan(
        headline=typed("judul_desain"),
        summary=typed("ringkasan"),
        texts={
            channel: ChannelText(caption=typed(f"teks_{channel}"), alt_text=typed(f"alt_{channel}"))
            for channel in based_on.texts
        },
    )


def answer_of_plan(plan: ContentPlan) -> dict[str, str]:
    """The fields of a form that say this plan."""
    values = {"judul_desain": plan.headline, "ringkasan": plan.summary}
    for channel, text in plan.texts.items():
        values[f"teks_{channel}"], values[f"alt_{channel}"] = text.caption, text.alt_text
    return values
