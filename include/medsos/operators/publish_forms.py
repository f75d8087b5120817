"""The two forms of step 4: an upload by hand, and a post of which nobody knows whether it is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medsos.errors import FormError
from medsos.operators.cycle import CycleRun
from medsos.operators.forms import Answer
from medsos.operators.handed_in import (
    ADDRESS,
    PICTURE,
    accepted_screenshot,
    audit_answer,
    checked_address,
    upload_page,
)
from medsos.operators.parked_form import Form, text_field
from medsos.operators.people import title_of

if TYPE_CHECKING:
    from airflow.sdk import Param

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
            ADDRESS: text_field(
                "Alamat postingan",
                description=f"Bila menekan “{UP}”: salin dari kanalnya, lengkap dengan https://",
            ),
            PICTURE: picture_field(),
        },
        options=(UP, ABSENT, CANCEL),
    )


def question_about(run: CycleRun) -> str:
    """Which commit is asked about: an answer about an earlier one says nothing about the next."""
    from sqlalchemy import select

    from medsos.store.models import Publication
    from medsos.store.session import reading

    with reading() as session:
        row = session.scalars(
            select(Publication)
            .where(Publication.cycle_id == run.cycle_id, Publication.channel == run.channel)
            .order_by(Publication.id.desc())
        ).first()
    if row is None:
        return ""
    sent = row.commit_started_at.isoformat() if row.commit_started_at else "-"
    return f"{row.id} {'keraguan' if row.state == 'needs_person' else 'unggahan'} {sent}"


def picture_field() -> Param:
    """The field for a screenshot on Airflow's own page, which cannot take files."""
    return text_field(
        "Nama berkas tangkapan layar",
        description="Berkas gambar di folder masuk, misalnya ig.png. Lebih mudah: kirim gambarnya melalui "
        "halaman unggahan.",
    )


def _by_hand(run: CycleRun) -> str:
    return (
        f"[**Buka halaman unggahan**]({upload_page(run)}): desain siap unduh, teks siap salin, dan tempat "
        "mengirim tangkapan layar; juga dari ponsel.\n\n"
        f"Kanal ini diunggah dengan tangan ke akun **{run.setup.account}**. Yang mengisi di sini menaruh "
        f"tangkapan layarnya di folder masuk (masuk/{run.office_slug}), mengisi alamatnya, lalu menekan "
        f"**{UP}**."
    )


def _doubt(run: CycleRun, row: Publication) -> str:
    from medsos.indonesian import moment_text

    sent = moment_text(row.commit_started_at, run.office.zone) if row.commit_started_at else "tidak tercatat"
    return (
        f"[**Buka halaman unggahan**]({upload_page(run)}): yang dikirim dan postingan terbaru di akun, "
        "bersebelahan.\n\n"
        f"Unggahan dikirim pada {sent}, tetapi hasilnya tidak dapat dipastikan: {row.problem}\n\n"
        f"Buka akun **{run.setup.account}** dan cari postingan ini. Sistem tidak mengunggah lagi sebelum "
        "Anda memastikan, agar tidak tayang dua kali."
    )


def accept_as_up(run: CycleRun, row: Publication, answer: Answer) -> Publication:
    """A person says that the post is up: found on the account, or uploaded by hand with a screenshot.

    :raises FormError: the address or the screenshot cannot be accepted.
    """
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.settling import settle_as_published, settle_as_uploaded_by_hand

    address = checked_address(run, row, str(answer.values.get(ADDRESS) or ""))
    picture = str(answer.values.get(PICTURE) or "").strip()
    in_doubt = row.state == "needs_person"
    if picture or not in_doubt:
        accepted_screenshot(run, row, picture, address=address, by=answer.by, at=answer.at)
    if in_doubt:
        published = settle_as_published(ledger_of(run, row), permalink=address)
    else:
        published = settle_as_uploaded_by_hand(ledger_of(run, row), permalink=address, at=answer.at)
    action = "publication.found" if in_doubt else "publication.uploaded_by_hand"
    audit_answer(run, by=answer.by, at=answer.at, action=action, answer=address)
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
    audit_answer(run, by=answer.by, at=answer.at, action="publication.absent", answer=answer.option)


def cancel(run: CycleRun, row: Publication, answer: Answer) -> None:
    """Give this channel up for this cycle."""
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.settling import settle_as_cancelled

    settle_as_cancelled(ledger_of(run, row))
    audit_answer(run, by=answer.by, at=answer.at, action="publication.cancelled", answer=answer.option)
