"""A draft belongs to its author, keeps everything, becomes one run, and comes back when that is refused."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from builders import NOW, make_cycle
from medsos.content.handed_over import sealed_name
from medsos.content.materials import MB
from medsos.drafts import book, uploads
from medsos.drafts.handover import KEPT_FOR, clean_drafts, lay_out, request_values, settle
from medsos.errors import FormError, MaterialError
from medsos.offices.model import load_office
from medsos.settings import load_settings
from medsos.store.journal import record_event
from medsos.store.models import Draft, DraftFile
from medsos.store.session import transaction

LATER = NOW + timedelta(minutes=5)


def photo(colour: str = "#9b1c1f", size: tuple[int, int] = (640, 480)) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, "JPEG")
    return target.getvalue()


@pytest.fixture
def draft(home: Path) -> Draft:
    return new("sari")


def new(author: str, content_type: str = "foto_kegiatan") -> Draft:
    with transaction() as session:
        return book.new_draft(
            session,
            office="kota-bengkulu",
            author=author,
            content_type=content_type,
            channels=("web", "x"),
            now=NOW,
        )


def typed_into(draft: Draft, **values: object) -> Draft:
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        book.save(session, row, {**row.typed, **values}, LATER)
        return row


def uploaded(draft: Draft, data: bytes, name: str = "IMG_0001.jpg", stamp: str = "1") -> DraftFile:
    with transaction() as session:
        file = uploads.begin(
            session, session.get_one(Draft, draft.id), name=name, size=len(data), stamp=stamp, now=NOW
        )
    with uploads.writing(file, uploads.offset_of(file)) as part:
        part.write(data[uploads.offset_of(file) :])
    uploads.finish(file)
    with transaction() as session:
        return session.get_one(DraftFile, file.id)


def sent(draft: Draft) -> str:
    with transaction() as session:
        run_id = book.mark_sent(session, session.get_one(Draft, draft.id), NOW)
        assert run_id is not None
        return run_id


def office_values(draft: Draft) -> dict[str, object]:
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        return request_values(row, book.files_of(session, draft.id), office)


def test_only_the_author_finds_a_draft(draft: Draft) -> None:
    with transaction() as session:
        assert book.draft_of(session, draft.id, "sari") is not None
        assert book.draft_of(session, draft.id, "kasubbag") is None
        assert [item.id for item in book.drafts_of(session, "sari")] == [draft.id]
        assert book.drafts_of(session, "kasubbag") == []


def test_a_draft_that_nobody_touched_is_used_again_and_one_that_was_is_not(draft: Draft) -> None:
    assert new("sari", "video").id == draft.id
    typed_into(draft, title="Rapat")
    assert new("sari").id != draft.id


def test_a_draft_keeps_what_was_typed_however_wrong(draft: Draft) -> None:
    wrong = {
        "title": "x" * 500,
        "body": "a\x00b",
        "upload_at": "besok",
        "channels": ["web", "radio"],
        "kahar": "ya",
    }
    row = typed_into(draft, **wrong)
    assert row.typed["title"] == "x" * 500
    assert (row.typed["body"], row.typed["upload_at"], row.typed["channels"]) == (
        "ab",
        "besok",
        ["web", "radio"],
    )


def test_one_person_cannot_fill_the_store_with_drafts(home: Path) -> None:
    for number in range(book.MOST_DRAFTS):
        typed_into(new("sari"), title=f"Draf {number}")
    with pytest.raises(FormError, match="Hapus yang tidak diperlukan"):
        new("sari")


def test_the_request_has_the_keys_of_the_trigger_form_and_times_with_their_zone(draft: Draft) -> None:
    from medsos.operators.trigger_form import trigger_form

    file = uploaded(draft, photo())
    typed_into(
        draft, title="Rapat", upload_at="2026-11-24T10:00", document_number="12", kahar_reason="banjir"
    )
    values = office_values(draft)
    office = load_office(load_settings().offices_dir, "kota-bengkulu")
    assert list(values) == list(dict.fromkeys(values, 0))
    assert set(values) == set(trigger_form(office))
    assert values["upload_at"] == "2026-11-24T10:00:00+07:00"
    assert values["materials"] == [sealed_name("IMG_0001.jpg", str(file.sha256))]
    # What the form does not show for this type, and a reason without its mark, is not sent.
    assert (values["document_number"], values["kahar"], values["kahar_reason"]) == ("", False, "")


def test_a_second_press_gets_no_second_run(draft: Draft) -> None:
    assert sent(draft) == f"ajukan-{draft.id}-1"
    with transaction() as session:
        assert book.mark_sent(session, session.get_one(Draft, draft.id), NOW) is None
    with pytest.raises(FormError, match="sudah dikirim"):
        typed_into(draft, title="Lain")


def test_a_run_that_airflow_did_not_take_is_tried_again_under_the_same_id(draft: Draft) -> None:
    run_id = sent(draft)
    with transaction() as session:
        book.not_started(session, draft.id, run_id, ["Airflow sedang tidak menjawab."])
        assert session.get_one(Draft, draft.id).problems == ["Airflow sedang tidak menjawab."]
    assert sent(draft) == run_id


def test_a_refused_request_comes_back_and_its_next_run_has_another_id(draft: Draft) -> None:
    run_id = sent(draft)
    with transaction() as session:
        assert book.come_back(session, run_id, ["Permohonan yang persis sama sudah menjadi siklus 4."])
        assert not book.come_back(session, run_id, ["Sekali lagi."])
    assert typed_into(draft, title="Lain").problems == ["Permohonan yang persis sama sudah menjadi siklus 4."]
    assert sent(draft) == f"ajukan-{draft.id}-2"


def test_an_upload_goes_on_where_it_broke_off(draft: Draft) -> None:
    data = photo(size=(3000, 2000))
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        file = uploads.begin(session, row, name="a.jpg", size=len(data), stamp="7", now=NOW)
    with uploads.writing(file, 0) as part:
        part.write(data[:20_000])
    with transaction() as session:
        again = uploads.begin(
            session, session.get_one(Draft, draft.id), name="a.jpg", size=len(data), stamp="7", now=NOW
        )
    assert (again.id, uploads.offset_of(again)) == (file.id, 20_000)
    with pytest.raises(uploads.UploadElsewhere) as elsewhere, uploads.writing(file, 0):
        pass
    assert elsewhere.value.offset == 20_000
    whole = uploaded(draft, data, "a.jpg", "7")
    assert (whole.id, whole.kind, whole.width) == (file.id, "picture", 3000)
    assert uploads.file_path(whole).read_bytes() == data


def test_two_senders_at_once_do_not_mix_their_bytes(draft: Draft) -> None:
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        file = uploads.begin(session, row, name="a.jpg", size=100_000, stamp="", now=NOW)
    with uploads.writing(file, 0), pytest.raises(uploads.UploadElsewhere), uploads.writing(file, 0):
        pass


def test_a_foreign_file_is_refused_at_its_first_bytes_whatever_it_is_called(draft: Draft) -> None:
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        file = uploads.begin(session, row, name="foto.jpg", size=400 * MB, stamp="", now=NOW)
    with uploads.writing(file, 0) as part:
        with pytest.raises(MaterialError, match="ternyata program Windows, apa pun nama berkasnya"):
            part.write(b"MZ" + b"\0" * 10_000)
        assert uploads.offset_of(file) < 20_000


def test_a_picture_that_announces_too_many_bytes_is_refused_at_its_first(draft: Draft) -> None:
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        file = uploads.begin(session, row, name="foto.jpg", size=50 * MB, stamp="", now=NOW)
    with (
        uploads.writing(file, 0) as part,
        pytest.raises(MaterialError, match="berukuran 50 MB; gambar paling besar 40"),
    ):
        part.write(photo(size=(2000, 2000)))


def test_more_bytes_than_announced_are_refused(draft: Draft) -> None:
    with transaction() as session:
        row = session.get_one(Draft, draft.id)
        file = uploads.begin(session, row, name="foto.jpg", size=10, stamp="", now=NOW)
    with (
        uploads.writing(file, 0) as part,
        pytest.raises(MaterialError, match="lebih besar daripada yang diumumkan"),
    ):
        part.write(b"0" * 11)


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ([513 * MB], "paling besar 512 MB"),
        ([0], "kosong"),
        ([400 * MB, 301 * MB], "berkas satu draf paling besar 700 MB"),
        ([1000] * 9, "sudah ada 8 berkas"),
    ],
)
def test_a_draft_takes_no_more_than_a_request_may_bring(draft: Draft, sizes: list[int], says: str) -> None:
    def announce() -> None:
        with transaction() as session:
            row = session.get_one(Draft, draft.id)
            for number, size in enumerate(sizes):
                uploads.begin(session, row, name=f"{number}.mp4", size=size, stamp="", now=NOW)

    with pytest.raises(MaterialError, match=says):
        announce()


def test_the_same_picture_twice_is_kept_once(draft: Draft) -> None:
    uploaded(draft, photo(), "a.jpg")
    with pytest.raises(MaterialError, match=r"“b\.jpg” sama persis dengan “a\.jpg”"):
        uploaded(draft, photo(), "b.jpg")


def test_files_are_moved_and_taken_out(draft: Draft) -> None:
    files = [uploaded(draft, photo(colour), f"{colour}.jpg") for colour in ("red", "green", "blue")]
    with transaction() as session:
        uploads.shift(session, session.get_one(Draft, draft.id), files[2].id, -1)
        uploads.shift(session, session.get_one(Draft, draft.id), files[0].id, -1)
    with transaction() as session:
        assert [file.name for file in book.files_of(session, draft.id)] == [
            "red.jpg",
            "blue.jpg",
            "green.jpg",
        ]
        uploads.drop(session, files[2])
    with transaction() as session:
        assert [file.name for file in book.files_of(session, draft.id)] == ["red.jpg", "green.jpg"]
    assert not uploads.file_path(files[2]).exists()


def test_after_the_cycle_is_there_the_files_of_the_draft_are_gone(draft: Draft, home: Path) -> None:
    file = uploaded(draft, photo())
    lay_out([file], "kota-bengkulu")
    laid_out = home / "unggahan" / "kota-bengkulu" / str(file.sha256)
    run_id = sent(draft)
    long_ago = (NOW - timedelta(hours=2)).timestamp()
    os.utime(laid_out, (long_ago, long_ago))
    with transaction() as session:
        clean_drafts(session, NOW)
    assert laid_out.read_bytes() == photo(), "a request on its way keeps its files"
    cycle_id = make_cycle(run_id=run_id)
    with transaction() as session:
        settle(session, run_id, cycle_id)
        clean_drafts(session, NOW)
        assert session.get_one(Draft, draft.id).cycle_id == cycle_id
        assert book.drafts_of(session, "sari") == []
    assert not laid_out.exists()
    assert not load_settings().draft_dir(draft.id).exists()


def test_a_file_that_was_spoilt_where_the_run_looks_is_laid_out_anew(draft: Draft, home: Path) -> None:
    file = uploaded(draft, photo())
    laid_out = home / "unggahan" / "kota-bengkulu" / str(file.sha256)
    lay_out([file], "kota-bengkulu")
    laid_out.unlink()
    laid_out.write_bytes(b"rusak")
    lay_out([file], "kota-bengkulu")
    assert laid_out.read_bytes() == photo()
    assert uploads.file_path(file).read_bytes() == photo()


def test_what_a_killed_task_did_not_tidy_up_is_found_later(draft: Draft) -> None:
    uploaded(draft, photo())
    cycle_id = make_cycle(run_id=sent(draft))
    with transaction() as session:
        record_event(session, cycle_id=cycle_id, task_id="accept_request", event="finished", at=NOW)
    with transaction() as session:
        clean_drafts(session, NOW)
        assert session.get_one(Draft, draft.id).cycle_id == cycle_id
    assert not load_settings().draft_dir(draft.id).exists()


def test_forgotten_drafts_go_after_a_month_with_their_files(draft: Draft) -> None:
    file = uploaded(draft, photo())
    kept = new("budi")
    with transaction() as session:
        session.execute(update(Draft).where(Draft.id == draft.id).values(updated_at=NOW - KEPT_FOR))
        assert clean_drafts(session, NOW) == 1
    with transaction() as session:
        assert session.get(Draft, draft.id) is None
        assert session.get(DraftFile, file.id) is None
        assert session.get(Draft, kept.id) is not None
    assert not load_settings().draft_dir(draft.id).exists()
