"""An uploaded file is named in the request by its content: nothing else can take its place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from medsos.content.handed_over import (
    NAME_LENGTH,
    Source,
    fitting_name,
    harmless_name,
    names_at_hand,
    sealed_name,
    sources_of,
    told_in_name,
)
from medsos.content.intake import take_in, take_in_all
from medsos.errors import MaterialError


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "unggahan"
    folder.mkdir()
    return folder


def upload(uploads: Path, path: Path, name: str) -> str:
    """Lay a file out as the page does; the name under which a request asks for it."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    (uploads / sha256).write_bytes(path.read_bytes())
    return sealed_name(name, sha256)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("rapat pleno.jpg", "rapat pleno.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Sari\\foto.jpg", "foto.jpg"),
        ("..", "berkas"),
        (".htaccess", "htaccess"),
        ("foto\n\x00\u202egpj.exe", "foto gpj.exe"),
        ("<script>alert(1)</script>.jpg", "script_.jpg"),
        ('a"b:c|d?.png', "a_b_c_d_.png"),
        ("", "berkas"),
        ("x" * 300 + ".jpeg", "x" * (NAME_LENGTH - 5) + ".jpeg"),
    ],
)
def test_whatever_a_browser_calls_a_file_the_name_that_is_kept_leads_nowhere(given: str, kept: str) -> None:
    assert harmless_name(given) == kept


@pytest.mark.parametrize(
    "name", ["foto.jpg", "tanpa-akhiran", "a.b.c.pdf", "nama.sha256-beda.jpg", "x." + "y" * 30]
)
def test_the_name_in_the_request_tells_name_and_content(name: str) -> None:
    assert told_in_name(sealed_name(name, "a" * 64)) == (name, "a" * 64)
    assert told_in_name(name) == (name, "")


def test_an_ending_that_hides_what_a_file_is_gets_the_true_one_behind_it() -> None:
    assert fitting_name("foto.exe", "image/jpeg") == "foto.exe.jpg"
    assert fitting_name("FOTO.JPEG", "image/jpeg") == "FOTO.JPEG"
    assert fitting_name("keputusan", "application/pdf") == "keputusan.pdf"


def test_two_files_of_one_name_are_each_taken_for_what_they_are(
    uploads: Path, intake: Path, work: Path, jpeg: Callable[..., Path]
) -> None:
    from content_samples import scene

    first, second = jpeg("a.jpg"), jpeg("b.jpg", scene(500, 300))
    names = [upload(uploads, path, "IMG_0001.jpg") for path in (first, second)]
    taken = take_in_all(sources_of(intake, uploads, names), content_type="foto_kegiatan", into=work)
    assert [item.original_name for item in taken] == ["IMG_0001.jpg"] * 2
    assert [item.original_path.read_bytes() for item in taken] == [first.read_bytes(), second.read_bytes()]


def test_other_bytes_under_the_checksum_of_a_request_are_refused(
    uploads: Path, intake: Path, work: Path, jpeg: Callable[..., Path]
) -> None:
    from content_samples import scene

    name = upload(uploads, jpeg("a.jpg"), "IMG_0001.jpg")
    (laid_out,) = uploads.iterdir()
    laid_out.write_bytes(jpeg("b.jpg", scene(500, 300)).read_bytes())
    (source,) = sources_of(intake, uploads, [name])
    with pytest.raises(MaterialError, match=r"“IMG_0001.jpg” bukan lagi berkas yang diajukan"):
        take_in(source, content_type="foto_kegiatan", into=work)


def test_files_of_the_intake_folder_and_uploads_may_stand_side_by_side(
    uploads: Path, intake: Path, jpeg: Callable[..., Path], tmp_path: Path
) -> None:
    from content_samples import scene

    plain = jpeg("foto.jpg")
    other = tmp_path / "lain.jpg"
    scene(500, 300).save(other, "JPEG")
    name = upload(uploads, other, "foto.jpg")
    assert names_at_hand(intake, uploads, ["foto.jpg", name]) == ["foto.jpg", name]
    found = sources_of(intake, uploads, ["foto.jpg", name])
    assert [source.path for source in found] == [plain.resolve(), uploads / told_in_name(name)[1]]
    assert found[0] == Source(plain.resolve(), "foto.jpg")


def test_an_upload_that_is_gone_or_named_twice_is_refused_by_the_name_that_people_know(
    uploads: Path, intake: Path, jpeg: Callable[..., Path]
) -> None:
    name = upload(uploads, jpeg("a.jpg"), "foto.jpg")
    gone = sealed_name("hilang.jpg", "0" * 64)
    assert names_at_hand(intake, uploads, [gone]) == ["a.jpg"]
    with pytest.raises(MaterialError) as refused:
        sources_of(intake, uploads, [name, gone, name])
    assert refused.value.problems == [
        "Berkas “hilang.jpg” tidak lagi tersimpan. Unggah kembali pada halaman Ajukan konten.",
        "Berkas “foto.jpg” disebut lebih dari sekali. Hapus salah satunya dari kolom Bahan.",
    ]


def test_a_checksum_in_a_name_leads_to_no_other_folder(uploads: Path, intake: Path) -> None:
    assert told_in_name("../" + sealed_name("foto.jpg", "0" * 64)) == (
        "../" + sealed_name("foto.jpg", "0" * 64),
        "",
    )
    with pytest.raises(MaterialError, match="memuat nama folder"):
        sources_of(intake, uploads, ["../" + sealed_name("foto.jpg", "0" * 64)])
