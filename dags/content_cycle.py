"""### Siklus konten menurut SOP {number}

Setiap kali dijalankan, DAG ini membawa **satu konten** melalui enam langkah SOP *{title}*:

{steps}

**Memulai:** buka *Ajukan* pada menu kiri. *Trigger* dapat dipakai juga: foto, video atau PDF disalin dahulu
ke folder masuk kantor; pada formulir cukup ditulis nama berkasnya.

**Mengisi formulir:** tugas yang menunggu orang tampak pada *Required Actions*. Tidak ada yang dianggap
setuju karena diam.

**Menjalankan ulang** (*Clear*) aman: yang sudah tayang tidak diunggah dua kali, dan yang tidak disetujui
Kasubbag tidak dapat diunggah, juga bila tugas persetujuan ditandai *success*.

*Ditolak* mengakhiri siklus dengan baik; langkah 4 dan 5 dilewati dan evaluasi tetap dibuat.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, TaskGroup

from medsos.clock import utc_now
from medsos.errors import ConfigError
from medsos.offices.model import CHANNEL_NAMES, CHANNELS, Office, load_office, office_slugs
from medsos.operators.approval import ConcludeApprovalOperator
from medsos.operators.broken_office import BrokenOffice, broken_doc, broken_sop_dag
from medsos.operators.cycle_finished import cycle_finished
from medsos.operators.design import PlanForm, RenderDesignsOperator, ReviseForm
from medsos.operators.evaluation import ConfirmCompleteOperator, EvaluateCycleOperator
from medsos.operators.evidence import CaptureOperator
from medsos.operators.links import BuildLinksOperator
from medsos.operators.meeting import MinutesForm
from medsos.operators.publish import PUBLISH_OPERATORS
from medsos.operators.request import AcceptRequestOperator
from medsos.operators.retries import SURVIVED_KILLS, StepRetryPolicy
from medsos.operators.trigger_form import trigger_form
from medsos.sensors.approval import ApprovalSensor
from medsos.sensors.schedule import UploadTimeSensor
from medsos.settings import load_settings
from medsos.sop.in_force import sop_in_force
from medsos.sop.model import Sop, load_sop

SETTINGS = load_settings()


def content_cycle(office: Office | BrokenOffice, sop: Sop, problem: str = "") -> DAG:
    """The six steps of the SOP for one office, from top to bottom.

    :param problem: what is wrong with the office's file; empty when all is well.
    """
    with DAG(
        dag_id=f"content_cycle__{office.dag_suffix}",
        dag_display_name=f"Siklus konten · {office.short_name}",
        description=f"SOP {sop.number}: dari permohonan sampai evaluasi",
        doc_md=broken_doc(problem) if problem else _doc(sop),
        tags=["medsos", office.slug, *(["perlu perbaikan"] if problem else [])],
        schedule=None,
        catchup=False,
        # A cycle that waits for a person is an active run: that many may wait, and new ones still begin.
        max_active_runs=2000,
        params=trigger_form(office),
        default_args={
            "office": office.slug,
            "retries": SURVIVED_KILLS,
            "retry_delay": timedelta(seconds=20),
            "retry_policy": StepRetryPolicy(),
        },
        render_template_as_native_obj=False,
    ) as dag:
        accept_request = AcceptRequestOperator(
            task_id="accept_request", task_display_name="Terima permohonan"
        )

        with _step(sop, "meeting") as meeting:
            MinutesForm(task_id="record_minutes", task_display_name="Catat notula rapat")

        with _step(sop, "design") as design:
            plan = PlanForm(task_id="plan_content", task_display_name="Rencanakan materi")
            render = RenderDesignsOperator(task_id="render_designs", task_display_name="Buat desain")
            plan >> render

        with _step(sop, "approval") as approval:
            conclude = ConcludeApprovalOperator(
                task_id="conclude", task_display_name="Putusan", trigger_rule="none_failed_min_one_success"
            )
            before = None
            for number in range(1, sop.approval_rounds + 1):
                before = _round(number, before, conclude, last=number == sop.approval_rounds)

        with _step(sop, "upload") as upload:
            wait = UploadTimeSensor(task_id="wait_until_scheduled", task_display_name="Tunggu waktu unggah")
            for channel in CHANNELS:
                publish = PUBLISH_OPERATORS[channel](
                    task_id=f"publish_{channel}", task_display_name=f"Unggah · {CHANNEL_NAMES[channel]}"
                )
                capture = CaptureOperator(
                    task_id=f"capture_{channel}",
                    task_display_name=f"Tangkapan layar · {CHANNEL_NAMES[channel]}",
                    channel=channel,
                )
                wait >> publish >> capture

        with _step(sop, "link") as link:
            BuildLinksOperator(
                task_id="build_links", task_display_name="Buat tautan", trigger_rule="all_done"
            )

        with _step(sop, "evaluation") as evaluation:
            evaluate = EvaluateCycleOperator(
                task_id="evaluate_cycle",
                task_display_name="Evaluasi dan laporan",
                trigger_rule="all_done",
                outlets=[cycle_finished(office.dag_suffix)],
            )
            confirm = ConfirmCompleteOperator(
                task_id="confirm_complete", task_display_name="Pastikan lengkap", trigger_rule="all_done"
            )
            evaluate >> confirm

        accept_request >> meeting >> design >> approval >> upload >> link >> evaluation
    return dag


def _doc(sop: Sop) -> str:
    """The module's docstring with the steps of this SOP version in it."""
    rows = ["| langkah | yang terjadi | oleh | target |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {step.number} · {step.name} | {step.description} | {', '.join(step.performed_by)} "
        f"| {step.target_minutes} menit |"
        for step in sop.steps
    ]
    return (__doc__ or "").format(number=sop.number, title=sop.title, steps="\n".join(rows))


def _step(sop: Sop, key: str) -> TaskGroup:
    step = sop.step(key)
    return TaskGroup(
        group_id=key, group_display_name=f"{step.number} · {step.name}", tooltip=step.description
    )


def _round(
    number: int, before: RenderDesignsOperator | None, conclude: ConcludeApprovalOperator, *, last: bool
) -> RenderDesignsOperator | None:
    """One round of approval; returns the task that draws the next round's designs."""
    with TaskGroup(group_id=f"round_{number}", group_display_name=f"Putaran {number}"):
        decide = ApprovalSensor(
            task_id="await_decision",
            task_display_name=f"Keputusan Kasubbag · putaran {number}",
            round_no=number,
            last_round=last,
        )
        if before is not None:
            before >> decide
        decide >> conclude
        if last:
            return None
        revise = ReviseForm(
            task_id="revise_content", task_display_name=f"Perbaiki materi · putaran {number}", round_no=number
        )
        render = RenderDesignsOperator(
            task_id="render_designs",
            task_display_name="Buat desain hasil revisi",
            round_no=number,
            target_round=number + 1,
        )
        decide >> revise >> render
        return render


def office_dag(slug: str) -> DAG:
    """The DAG of one office; a mistake in its files stops this office only."""
    try:
        office = load_office(SETTINGS.offices_dir, slug)
        sop = sop_in_force(
            SETTINGS.sop_dirs,
            office=office.slug,
            named=office.sop_version,
            on=utc_now().astimezone(office.zone).date(),
        )
        return content_cycle(office, sop)
    except ConfigError as error:
        problem = str(error)
    try:
        return content_cycle(BrokenOffice(slug), load_sop(SETTINGS.sop_dir), problem)
    except ConfigError:
        return broken_sop_dag(slug, problem)


DAGS = {slug: office_dag(slug) for slug in office_slugs(SETTINGS.offices_dir)}
