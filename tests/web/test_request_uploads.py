"""Uploads for a request: resumed after a break, limited before and while they are read, known by content."""

from __future__ import annotations

import os
import resource
import threading
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from request_page_kit import OWN_PAGE, begun, photo, stored_files, token_of, upload
from web_samples import office_with_people

from medsos.content.materials import MB
from medsos.drafts.uploads import file_path, part_path
from medsos.settings import load_settings

Visit = Callable[..., TestClient]


@pytest.fixture
def admin(visit: Visit) -> TestClient:
    office_with_people()
    return visit("admin")


@pytest.fixture
def draft_id(admin: TestClient) -> str:
    return begun(admin, "foto_kegiatan")


@pytest.fixture
def headers(admin: TestClient, draft_id: str) -> dict[str, str]:
    return {**OWN_PAGE, "x-medsos-token": token_of(admin.get(f"/medsos/ajukan/{draft_id}").text)}


def announce(admin: TestClient, draft_id: str, headers: dict[str, str], name: str, size: int) -> str:
    told = {"nama": name, "ukuran": size, "cap": "1"}
    answer = admin.post(f"/medsos/ajukan/{draft_id}/berkas", json=told, headers=headers)
    assert answer.status_code == 201, answer.text
    return f"/medsos/ajukan/{draft_id}/berkas/{answer.json()['id']}"


def test_an_upload_tells_how_much_is_there_and_goes_on_from_that(
    admin: TestClient, draft_id: str, headers: dict[str, str]
) -> None:
    data = photo(size=(3000, 3000))
    half = len(data) // 2
    address = announce(admin, draft_id, headers, "a.jpg", len(data))
    admin.patch(address, content=data[:half], headers={**headers, "upload-offset": "0"})
    assert admin.head(address).headers["upload-offset"] == str(half)
    assert admin.get(address).json()["sudah"] == half
    wrong = admin.patch(address, content=data, headers={**headers, "upload-offset": "0"})
    assert (wrong.status_code, wrong.json()["sudah"]) == (409, half)
    assert announce(admin, draft_id, headers, "a.jpg", len(data)) == address, (
        "the same file is the same upload"
    )
    done = admin.patch(address, content=data[half:], headers={**headers, "upload-offset": str(half)})
    assert done.json() == {"selesai": True, "nama": "a.jpg"}
    (file,) = stored_files(draft_id)
    assert file_path(file).read_bytes() == data
    assert (file.width, file.kind) == (3000, "picture")


def test_what_came_before_the_connection_broke_is_kept(
    admin: TestClient, draft_id: str, headers: dict[str, str]
) -> None:
    import asyncio

    from medsos.drafts.uploads import writing
    from medsos.web.drafts.files import ClientDisconnect, _receive

    address = announce(admin, draft_id, headers, "a.jpg", 5 * MB)
    (file,) = stored_files(draft_id)

    class Broken:
        async def stream(self) -> object:
            yield photo(size=(3000, 3000))[:100_000]
            raise ClientDisconnect

    with writing(file, 0) as part, pytest.raises(ClientDisconnect):
        asyncio.run(_receive(Broken(), part))  # type: ignore[arg-type]
    assert admin.get(address).json()["sudah"] == 100_000


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("foto.jpg", b"MZ\x90\x00" + b"\0" * 9000, "ternyata program Windows, apa pun nama berkasnya"),
        ("foto.jpg", b"<html><script>alert(1)</script>" + b" " * 9000, "ternyata halaman HTML"),
        ("foto.png", b"<?xml version='1.0'?><svg onload='alert(1)'/>" + b" " * 9000, "ternyata gambar SVG"),
        ("arsip.pdf", b"PK\x03\x04" + b"\0" * 9000, "ternyata arsip ZIP"),
        ("foto.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 9000, "rusak atau tidak lengkap"),
        ("kecil.jpg", b"x", "berkas jenis lain"),
    ],
)
def test_what_is_no_picture_video_or_pdf_is_refused_and_leaves_nothing(
    admin: TestClient, draft_id: str, name: str, data: bytes, says: str
) -> None:
    answer = upload(admin, draft_id, name, data)
    assert answer.status_code == 422
    assert says in answer.json()["masalah"]
    assert stored_files(draft_id) == []
    folder = load_settings().draft_dir(draft_id)
    assert list(folder.iterdir()) == []


def test_a_program_that_calls_itself_a_photo_twice_keeps_a_harmless_name(
    admin: TestClient, draft_id: str
) -> None:
    upload(admin, draft_id, "..\\..\\tagihan.exe", photo())
    (file,) = stored_files(draft_id)
    assert file.name == "tagihan.exe.jpg"
    assert file_path(file).is_relative_to(load_settings().draft_dir(draft_id))


def test_a_picture_of_fifty_megabytes_is_refused_at_its_first_bytes(
    admin: TestClient, draft_id: str, headers: dict[str, str]
) -> None:
    address = announce(admin, draft_id, headers, "besar.jpg", 50 * MB)
    first = photo(size=(2000, 2000))[:1_000]
    noise = os.urandom(400_000)
    answer = admin.patch(address, content=first + noise, headers={**headers, "upload-offset": "0"})
    assert answer.status_code == 422
    assert "berukuran 50 MB; gambar paling besar 40 MB" in answer.json()["masalah"]
    assert stored_files(draft_id) == []


@pytest.mark.parametrize("size", [600 * MB, 0, -1])
def test_sizes_that_no_file_may_have_are_refused_before_a_byte_is_sent(
    admin: TestClient, draft_id: str, headers: dict[str, str], size: int
) -> None:
    told = {"nama": "a.mp4", "ukuran": size}
    answer = admin.post(f"/medsos/ajukan/{draft_id}/berkas", json=told, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "told", [{}, {"nama": "a.jpg", "ukuran": "banyak"}, [], "x", {"nama": "a", "ukuran": None}]
)
def test_an_announcement_that_makes_no_sense_is_refused(
    admin: TestClient, draft_id: str, headers: dict[str, str], told: object
) -> None:
    assert admin.post(f"/medsos/ajukan/{draft_id}/berkas", json=told, headers=headers).status_code == 400


def test_pieces_need_the_token_of_the_page(admin: TestClient, draft_id: str, headers: dict[str, str]) -> None:
    address = announce(admin, draft_id, headers, "a.jpg", 1000)
    for given in ({}, {**headers, "x-medsos-token": "1.2"}, {**headers, "sec-fetch-site": "cross-site"}):
        answer = admin.patch(address, content=b"x", headers={**given, "upload-offset": "0"})
        assert answer.status_code == 403
    assert admin.get(address).json()["sudah"] == 0


def test_a_piece_that_is_too_large_or_has_no_place_is_refused(
    admin: TestClient, draft_id: str, headers: dict[str, str]
) -> None:
    address = announce(admin, draft_id, headers, "a.mp4", 100 * MB)
    for place in ("", "-1", "nol", "9" * 20):
        assert (
            admin.patch(address, content=b"x", headers={**headers, "upload-offset": place}).status_code == 400
        )
    huge = admin.patch(address, content=b"\0" * (16 * MB + 1), headers={**headers, "upload-offset": "0"})
    assert huge.status_code == 400


def test_an_upload_may_be_given_up(admin: TestClient, draft_id: str, headers: dict[str, str]) -> None:
    address = announce(admin, draft_id, headers, "a.jpg", 1000)
    assert admin.delete(address, headers=headers).status_code == 204
    assert admin.get(address).status_code == 404
    assert stored_files(draft_id) == []


def test_uploaded_pictures_have_small_copies(admin: TestClient, draft_id: str) -> None:
    upload(admin, draft_id, "a.jpg", photo(size=(3000, 2000)))
    (file,) = stored_files(draft_id)
    small = admin.get(f"/medsos/ajukan/{draft_id}/berkas/{file.id}/kecil")
    with Image.open(BytesIO(small.content)) as picture:
        assert picture.width == 160


def test_a_video_of_three_hundred_megabytes_is_never_held_in_memory(
    admin: TestClient, draft_id: str, headers: dict[str, str]
) -> None:
    size, piece = 300 * MB, 4 * MB
    address = announce(admin, draft_id, headers, "pidato.mp4", size)
    (file,) = stored_files(draft_id)
    head = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"
    pieces = _pieces(head, size, piece)
    offset = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for data in pieces:
        answer = admin.patch(address, content=data, headers={**headers, "upload-offset": str(offset)})
        offset += len(data)
        if offset < size:
            assert (answer.status_code, answer.json()["sudah"]) == (200, offset)
        assert threading.active_count() < 60
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    # It is no video after all, which shows only when it is looked at as a whole.
    assert answer.status_code == 422
    assert grown < 100 * MB
    assert not part_path(file).exists()


def _pieces(head: bytes, size: int, piece: int) -> Iterator[bytes]:
    blank = b"\0" * piece
    yield head + blank[len(head) :]
    for _ in range(size // piece - 1):
        yield blank
