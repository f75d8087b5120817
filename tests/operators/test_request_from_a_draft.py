"""A request from the page: the run takes the very bytes of the preview, and gives back what it refuses."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from PIL import Image
from sqlalchemy import select

from builders import NOW
from medsos.approval.officials import sync_officials
from medsos.design.samples import SAMPLES_DIR
from medsos.drafts import book, uploads
from medsos.drafts.handover import lay_out, request_values
from medsos.evidence.archive import Archive
from medsos.offices.model import Office, load_brand, load_office
from medsos.operators.cycle import CycleRun
from medsos.operators.plans import drafted_plan, store_plan
from medsos.operators.preview import preview_picture, preview_texts
from medsos.operators.rendering import render_round
from medsos.operators.request import AcceptRequestOperator
from medsos.settings import load_settings
from medsos.store.models import Cycle, Design, Draft, DraftFile, Material
from medsos.store.session import transaction

DAG = "content_cycle__kota_bengkulu"


@pytest.fixture
def office(home: Path) -> Office:
    found = load_office(load_settings().offices_dir, "kota-bengkulu")
    with transaction() as session:
        sync_officials(session, found, now=NOW)
    return found


def draft_with(data: bytes, name: str, **typed: Any) -> str:
    """A draft of the admin with one file; returns its id."""
    values = {"title": "Rapat pleno", "body": "Isi konten.", **typed}
    with transaction() as session:
        draft = book.new_draft(
            session,
            office="kota-bengkulu",
            author="admin",
            content_type="foto_kegiatan",
            channels=("web", "instagram", "x"),
            now=NOW,
        )
        book.save(session, draft, {**draft.typed, **values}, NOW.replace(hour=4))
        file = uploads.begin(session, draft, name=name, size=len(data), stamp="", now=NOW)
    with uploads.writing(file, 0) as part:
        part.write(data)
    uploads.finish(file)
    return draft.id


def send(office: Office, draft_id: str) -> tuple[str, dict[str, Any]]:
    """What the page does: lay the files out and take the right to one run."""
    with transaction() as session:
        draft = session.get_one(Draft, draft_id)
        files = book.files_of(session, draft_id)
        values = request_values(draft, files, office)
        lay_out(files, office.slug)
        run_id = book.mark_sent(session, draft, NOW)
    assert run_id is not None
    return run_id, values


def accept(run_id: str, values: dict[str, Any], requester: str = "admin") -> int:
    task = AcceptRequestOperator(task_id="accept_request", office="kota-bengkulu", clock=lambda: NOW)
    run = SimpleNamespace(dag_id=DAG, run_id=run_id, triggering_user_name=requester)
    return task.execute({"dag_run": run, "params": values})


def photo(name: str = "aula.jpg") -> bytes:
    return (SAMPLES_DIR / name).read_bytes()


def test_two_requests_with_a_file_of_the_same_name_each_get_their_own(office: Office, home: Path) -> None:
    first = send(office, draft_with(photo("aula.jpg"), "IMG_0001.jpg"))
    second = send(office, draft_with(photo("pantai.jpg"), "IMG_0001.jpg", title="Rapat lain"))
    cycles = [accept(*second), accept(*first)]
    with transaction() as session:
        taken = {
            material.cycle_id: (material.original_name, material.original_sha256)
            for material in session.scalars(select(Material))
        }
    assert taken == {
        cycles[0]: ("IMG_0001.jpg", hashlib.sha256(photo("pantai.jpg")).hexdigest()),
        cycles[1]: ("IMG_0001.jpg", hashlib.sha256(photo("aula.jpg")).hexdigest()),
    }


def test_once_the_cycle_is_there_the_draft_leads_to_it_and_its_files_are_gone(office: Office) -> None:
    draft_id = draft_with(photo(), "rapat.jpg")
    cycle_id = accept(*send(office, draft_id))
    with transaction() as session:
        assert session.get_one(Draft, draft_id).cycle_id == cycle_id
        assert book.drafts_of(session, "admin") == []
    assert not load_settings().draft_dir(draft_id).exists()


def test_bytes_exchanged_after_sending_are_refused_and_the_draft_comes_back_whole(
    office: Office, home: Path
) -> None:
    draft_id = draft_with(photo(), "rapat.jpg")
    run_id, values = send(office, draft_id)
    (laid_out,) = (home / "unggahan" / "kota-bengkulu").iterdir()
    laid_out.unlink()
    laid_out.write_bytes(photo("pantai.jpg"))
    with pytest.raises(AirflowFailException, match="bukan lagi berkas yang diajukan"):
        accept(run_id, values)
    with transaction() as session:
        draft = session.get_one(Draft, draft_id)
        (file,) = book.files_of(session, draft_id)
        assert session.scalars(select(Cycle)).all() == []
    assert draft.sent_at is None
    assert "“rapat.jpg” bukan lagi berkas yang diajukan" in draft.problems[0]
    assert uploads.file_path(file).read_bytes() == photo()


def test_the_same_request_from_two_drafts_is_a_repetition(office: Office) -> None:
    first = accept(*send(office, draft_with(photo(), "rapat.jpg")))
    again = draft_with(photo(), "rapat.jpg")
    with pytest.raises(AirflowFailException, match=f"sudah menjadi siklus {first}"):
        accept(*send(office, again))
    with transaction() as session:
        assert f"sudah menjadi siklus {first}" in session.get_one(Draft, again).problems[0]
        assert len(session.scalars(select(DraftFile).where(DraftFile.draft_id == again)).all()) == 1


def test_the_preview_shows_the_words_and_pictures_that_the_round_gets(office: Office, home: Path) -> None:
    from medsos.content.sketch import sketch_request

    draft_id = draft_with(photo(), "rapat.jpg", place="Aula", activity_date="2026-11-21")
    run_id, values = send(office, draft_id)
    with transaction() as session:
        photos = [uploads.picture_path(file) for file in book.files_of(session, draft_id)]
    sketch = sketch_request(values, offered_channels=office.offered_channels)
    plan, shown = preview_texts(sketch, office)
    brand = load_brand(load_settings().offices_dir, office.slug)
    previews = {
        item.channel: preview_picture(sketch, office, brand, item.channel, photos).jpeg for item in shown
    }
    run = CycleRun(accept(run_id, values), office.slug, "design.render_designs")
    store_plan(run, drafted_plan(run), round_no=1, author="admin", at=NOW)
    render_round(run, 1)
    assert plan == drafted_plan(run)
    with transaction() as session:
        designs = {design.channel: design for design in session.scalars(select(Design))}
    archive = Archive(home / "archive")
    assert set(previews) == set(designs) == {"web", "instagram", "x"}
    for channel, jpeg in previews.items():
        assert archive.read(designs[channel].path) == jpeg
        with Image.open(io.BytesIO(jpeg)) as picture:
            assert (picture.width, picture.height) == (designs[channel].width, designs[channel].height)
