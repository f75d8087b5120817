"""The two forms of step 4: an upload by hand, and a post of which nobody knows whether it is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medsos.errors import FormError, MaterialError
from medsos.operators.cycle import CycleRun
from medsos.operators.forms import Answer, Form, text_field
from medsos.operators.people import title_of

if TYPE_CHECKING:
    from medsos.store.models import Publication

UP = "Sudah tayang"
ABSENT = "Belum tayang, unggah ulang"
CANCEL = "Batalkan"


def upload_form(run: CycleRun, row: Publication) -> Form:
    """What only a person can do: upload by hand, or look at the account.

    One form for both, since Airflow keeps the first form of a task whatever becomes of it; which of the
    two is meant is decided when the answer comes.
    """
    from medsos.offices.model import CHANNEL_NAMES

    name = CHANNEL_NAMES[run.channel]
    in_doubt = row.state == "needs_person"
    return Form(
        subject=f"Langkah 4 · {'Periksa' if in_doubt else 'Unggah sendiri ke'} {name} · {title_of(run)}",
        body=_doubt(run, row) if in_doubt else _by_hand(run),
        fields={
            "tautan": text_field(
                "Alamat postingan",
                description=f"Bila menekan “{UP}”: salin dari kanalnya, lengkap dengan https://",
            ),
            "tangkapan_layar": text_field(
                "Nama berkas tangkapan layar",
                description="Berkas gambar di folder masuk, misalnya ig.png. Wajib bila diunggah sendiri.",
            ),
        },
        options=(UP, ABSENT, CANCEL),
    )


def _by_hand(run: CycleRun) -> str:
    page = f"{run.settings.public_url}/medsos/siklus/{run.cycle_id}"
    return (
        "Kanal ini diunggah dengan tangan. Ambil desain dan teks yang disetujui dari "
        f"[halaman siklus]({page}), unggah ke akun **{run.setup.account}**, taruh tangkapan layarnya di "
        f"folder masuk (masuk/{run.office_slug}), lalu isi alamatnya dan tekan **{UP}**."
    )


def _doubt(run: CycleRun, row: Publication) -> str:
    from medsos.indonesian import moment_text

    sent = moment_text(row.commit_started_at, run.office.zone) if row.commit_started_at else "tidak tercatat"
    return (
        f"Unggahan dikirim pada {sent}, tetapi hasilnya tidak dapat dipastikan: {row.problem}\n\n"
        f"Buka akun **{run.setup.account}** dan cari postingan ini. Sistem tidak mengunggah lagi sebelum "
        "Anda memastikan, agar tidak tayang dua kali."
    )


def accept_as_up(run: CycleRun, row: Publication, answer: Answer) -> Publication:
    """A person says that the post is up: found on the account, or uploaded by hand with a screenshot.

    :raises FormError: the address or the screenshot cannot be accepted.
    """
    from medsos.evidence.record import keep_evidence
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.settling import settle_as_published, settle_as_uploaded_by_hand
    from medsos.store.session import transaction

    address = checked_address(run, answer)
    picture_name = str(answer.values.get("tangkapan_layar") or "").strip()
    in_doubt = row.state == "needs_person"
    picture = _picture(run, picture_name) if picture_name or not in_doubt else None
    if in_doubt:
        published = settle_as_published(ledger_of(run, row), permalink=address)
    else:
        published = settle_as_uploaded_by_hand(ledger_of(run, row), permalink=address, at=answer.at)
    if picture is not None:
        with transaction() as session:
            keep_evidence(
                session,
                run.archive,
                row.id,
                kind="manual",
                data=picture,
                suffix="jpg",
                source_url=address,
                captured_at=answer.at,
            )
    _audit(run, answer, "publication.found" if in_doubt else "publication.uploaded_by_hand", address)
    return published


def accept_as_absent(run: CycleRun, row: Publication, answer: Answer) -> None:
    """A person looked and found nothing: the upload may be made again.

    :raises FormError: nothing was in doubt, so there is nothing to upload again.
    """
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.settling import settle_as_absent

    if run.setup.mode == "manual" and row.state != "needs_person":
        raise FormError(f"Kanal ini diunggah dengan tangan. Unggah dahulu, lalu tekan “{UP}”.")
    settle_as_absent(ledger_of(run, row))
    _audit(run, answer, "publication.absent", answer.option)


def cancel(run: CycleRun, row: Publication, answer: Answer) -> None:
    """Give this channel up for this cycle."""
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.settling import settle_as_cancelled

    settle_as_cancelled(ledger_of(run, row))
    _audit(run, answer, "publication.cancelled", answer.option)


def checked_address(run: CycleRun, answer: Answer) -> str:
    """The typed address, if it is one of this channel and answers.

    :raises FormError: with what is wrong.
    """
    from medsos.links.liveness import check_link
    from medsos.links.platforms import address_problem

    address = str(answer.values.get("tautan") or "").strip()
    if problem := address_problem(
        run.channel, address, account=run.setup.account, website=run.office.website, training=run.training
    ):
        raise FormError(problem)
    status = check_link(address, clock=run.clock)
    if not status.alive:
        raise FormError(f"Alamat itu tidak menjawab ({status.problem}). Periksa dan salin ulang.")
    return address


def _picture(run: CycleRun, name: str) -> bytes:
    import tempfile
    from pathlib import Path

    from medsos.content.intake import take_in
    from medsos.content.materials import resolve_materials

    if not name:
        raise FormError(
            "Nama berkas tangkapan layar masih kosong. Taruh berkasnya di folder masuk, lalu tulis namanya."
        )
    try:
        (source,) = resolve_materials(run.settings.intake_dir(run.office_slug), [name])
        with tempfile.TemporaryDirectory(prefix="medsos-") as folder:
            # The rules of photos of an activity are those of any picture.
            taken = take_in(source, content_type="foto_kegiatan", into=Path(folder))
            return taken.clean_path.read_bytes()
    except MaterialError as error:
        raise FormError(" ".join(error.problems)) from None


def _audit(run: CycleRun, answer: Answer, action: str, what: str) -> None:
    from medsos.store.audit import append_audit
    from medsos.store.session import transaction

    with transaction() as session:
        append_audit(
            session,
            at=answer.at,
            actor=answer.by,
            action=action,
            cycle_id=run.cycle_id,
            subject=f"kanal {run.channel}",
            after={"answer": what},
        )
