"""The two forms of step 4: an upload by hand, and a post of which nobody knows whether it is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medsos.errors import FormError, MaterialError
from medsos.operators.cycle import CycleRun
from medsos.operators.forms import Answer, Form, text_field
from medsos.operators.people import title_of

if TYPE_CHECKING:
    from medsos.store.models import Publication

DONE = "Sudah saya unggah"
FOUND = "Sudah tayang"
ABSENT = "Belum tayang, unggah ulang"
CANCEL = "Batalkan"


def manual_form(run: CycleRun) -> Form:
    """Manual mode: the admin uploads by hand, then gives the address and the screenshot."""
    from medsos.offices.model import CHANNEL_NAMES

    name = CHANNEL_NAMES[run.channel]
    page = f"{run.settings.public_url}/medsos/siklus/{run.cycle_id}"
    return Form(
        subject=f"Langkah 4 · Unggah sendiri ke {name} · {title_of(run)}",
        body=(
            f"Kanal {name} diunggah dengan tangan. Ambil desain dan teks yang disetujui dari "
            f"[halaman siklus]({page}), unggah ke akun **{run.setup.account}**, lalu isi alamatnya dan taruh "
            f"tangkapan layarnya di folder masuk (masuk/{run.office_slug})."
        ),
        fields={
            "tautan": text_field(
                "Alamat postingan", description="Salin dari kanalnya, lengkap dengan https://"
            ),
            "tangkapan_layar": text_field(
                "Nama berkas tangkapan layar", description="Berkas gambar di folder masuk, misalnya ig.png"
            ),
        },
        options=(DONE, CANCEL),
    )


def doubt_form(run: CycleRun, row: Publication) -> Form:
    """Nobody knows whether the post is public: a person looks at the account."""
    from medsos.indonesian import moment_text
    from medsos.offices.model import CHANNEL_NAMES

    name = CHANNEL_NAMES[run.channel]
    sent = moment_text(row.commit_started_at, run.office.zone) if row.commit_started_at else "tidak tercatat"
    return Form(
        subject=f"Langkah 4 · Periksa {name} · {title_of(run)}",
        body=(
            f"Unggahan ke {name} dikirim pada {sent}, tetapi hasilnya tidak dapat dipastikan: "
            f"{row.problem}\n\nBuka akun **{run.setup.account}** dan cari postingan ini. Sistem tidak "
            "mengunggah lagi sebelum Anda memastikan, agar tidak tayang dua kali."
        ),
        fields={
            "tautan": text_field("Alamat postingan", description=f"Hanya bila menekan “{FOUND}”."),
        },
        options=(FOUND, ABSENT, CANCEL),
    )


def accept_by_hand(run: CycleRun, row: Publication, answer: Answer) -> Publication:
    """Enter an upload by hand with its screenshot.

    :raises FormError: the address or the screenshot cannot be accepted.
    """
    from medsos.evidence.record import keep_evidence
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.protocol import settle_as_uploaded_by_hand
    from medsos.store.session import transaction

    address = checked_address(run, answer)
    picture = _picture(run, str(answer.values.get("tangkapan_layar") or "").strip())
    published = settle_as_uploaded_by_hand(ledger_of(run, row), permalink=address, at=answer.at)
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
    _audit(run, answer, "publication.uploaded_by_hand", address)
    return published


def accept_finding(run: CycleRun, row: Publication, answer: Answer) -> None:
    """Enter what a person found on the account.

    :raises FormError: the address cannot be accepted.
    """
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.protocol import settle_as_absent, settle_as_published

    if answer.option == FOUND:
        settle_as_published(ledger_of(run, row), permalink=checked_address(run, answer))
    elif answer.option == ABSENT:
        settle_as_absent(ledger_of(run, row))
    _audit(run, answer, "publication.settled", answer.option)


def cancel(run: CycleRun, row: Publication, answer: Answer) -> None:
    """Give this channel up for this cycle."""
    from medsos.operators.publishing import ledger_of
    from medsos.publishing.protocol import settle_as_cancelled

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
