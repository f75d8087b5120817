"""SOP step 3: waits for the decision of the Kasubbag over exactly what the round shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medsos.errors import FormError
from medsos.operators.cycle import CycleRun, cycle_run
from medsos.operators.form_link import ApprovalFormLink
from medsos.operators.forms import FormOperator
from medsos.operators.given_answers import Answer, answer_of_event, keep_answer, last_event
from medsos.operators.parked_form import SECOND, Form, text_field
from medsos.operators.people import title_of
from medsos.operators.plans import decision_of_round
from medsos.operators.sealing import seal_now

if TYPE_CHECKING:
    from medsos.approval.officials import Holder
    from medsos.store.models import Approval


class ApprovalSensor(FormOperator):
    """Parks until the Kasubbag, or a delegate, decides: *Setuju*, *Revisi* or *Tolak*.

    The last round offers no *Revisi*. Whoever made the content is not asked and cannot answer. There is
    no default and no timeout: silence never approves.

    :param last_round: whether this is the last round that the SOP version allows.
    """

    ui_color = "#f6d9b0"
    operator_extra_links = (ApprovalFormLink(),)

    def __init__(self, *, last_round: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.last_round = last_round

    def people(self, run: CycleRun) -> list[Holder]:
        from medsos.approval.officials import entitled_approvers
        from medsos.store.session import transaction

        today = run.clock().astimezone(run.office.zone).date()
        with transaction() as session:
            return entitled_approvers(session, run.cycle_id, today)

    def form(self, run: CycleRun) -> Form:
        link = f"{run.settings.public_url}/medsos/persetujuan/{run.cycle_id}/{run.round_no}"
        return Form(
            subject=f"Langkah 3 · Persetujuan putaran {run.round_no} · {title_of(run)}",
            body=f"[**Buka formulir persetujuan dengan semua desain**]({link})\n\n{_summary(run)}",
            fields={
                "segel": text_field(
                    "Segel materi",
                    seal_now(run, run.round_no),
                    description="Diisi sistem; menandai tepat materi yang Anda lihat. Jangan diubah.",
                ),
                "catatan": text_field(
                    "Catatan",
                    lines=4,
                    description="Wajib diisi bila meminta revisi atau menolak.",
                ),
            },
            options=("Setuju", "Tolak") if self.last_round else ("Setuju", "Revisi", "Tolak"),
        )

    def already(self, run: CycleRun) -> str | None:
        decision = decision_of_round(run, run.round_no)
        return _as_decided(run, decision) if decision else None

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """On our own page the decision is recorded before Airflow is told: it counts, whoever told."""
        from medsos.approval.decisions import OPTIONS

        run = cycle_run(self)
        decision = decision_of_round(run, run.round_no)
        if decision is None:
            return super().execute_complete(context, event)
        told = answer_of_event(event)
        if OPTIONS[told.option] != decision.decision:
            keep_answer(run, told, problem=SECOND.format(first=decision.decided_by))
        return _as_decided(run, decision)

    def accept(self, run: CycleRun, answer: Answer) -> str:
        from medsos.approval.decisions import OPTIONS, record_decision
        from medsos.store.session import transaction

        seal = seal_now(run, run.round_no)
        if answer.values.get("segel") != seal:
            raise FormError(
                "Materi berubah setelah formulir ini dibuat, jadi keputusan tidak dicatat. Buka formulir "
                "persetujuan dengan semua desain, periksa lagi, lalu putuskan di sana."
            )
        with transaction() as session:
            approval = record_decision(
                session,
                cycle_id=run.cycle_id,
                round_no=run.round_no,
                seal=seal,
                decision=OPTIONS[answer.option],
                by=answer.by,
                at=answer.at,
                note=str(answer.values.get("catatan") or ""),
                zone=run.office.zone,
            )
            return approval.decision


def _as_decided(run: CycleRun, decision: Approval) -> str:
    """The decision as the record has it; the first time that the task sees it, its events are written."""
    from medsos.approval.decisions import OPTIONS

    last = last_event(run)
    if last is None or last.event == "finished":
        return decision.decision
    option = next(word for word, stored in OPTIONS.items() if stored == decision.decision)
    values = {"segel": decision.seal, "catatan": decision.note or None}
    keep_answer(run, Answer(option, values, decision.decided_by, decision.decided_at), problem="")
    run.note("resumed", actor=decision.decided_by, at=decision.decided_at, option=option)
    run.note("finished", at=decision.decided_at)
    return decision.decision


def _summary(run: CycleRun) -> str:
    """Captions per channel, for those who decide on Airflow's own page."""
    from medsos.approval.seal import designs_of_round
    from medsos.offices.model import CHANNEL_NAMES
    from medsos.store.session import transaction

    with transaction() as session:
        designs = designs_of_round(session, run.cycle_id, run.round_no)
    parts = []
    for design in designs:
        if design.position == 0:
            quoted = "\n".join(f"> {line}" for line in design.caption.splitlines())
            notes = "".join(f"\n- {note}" for note in design.notes)
            parts.append(f"### {CHANNEL_NAMES[design.channel]}\n\n{quoted}\n{notes}")
    return "\n\n".join(parts)
