"""The intake folder, and which files each content type takes."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from medsos.content.intake import take_in_all
from medsos.content.materials import MATERIALS, files_at_hand, resolve_materials
from medsos.content.request import CONTENT_TYPES
from medsos.errors import MaterialError


def problems_of(call, *args, **options) -> list[str]:
    with pytest.raises(MaterialError) as caught:
        call(*args, **options)
    return caught.value.problems


def test_only_files_of_the_folder_itself_are_at_hand(intake, tmp_path):
    for name in ("b.jpg", "a.pdf", ".DS_Store", "Thumbs.db", "~$surat.docx"):
        (intake / name).write_bytes(b"x")
    (intake / "folder").mkdir()
    (intake / "folder" / "c.jpg").write_bytes(b"x")
    os.mkfifo(intake / "pipa")
    (tmp_path / "rahasia.txt").write_bytes(b"x")
    (intake / "keluar.jpg").symlink_to(tmp_path / "rahasia.txt")
    (intake / "putus.jpg").symlink_to(intake / "hilang.jpg")
    (intake / "dalam.jpg").symlink_to(intake / "b.jpg")
    assert files_at_hand(intake) == ["a.pdf", "b.jpg", "dalam.jpg"]


def test_an_intake_folder_that_does_not_exist_yet_is_empty(tmp_path):
    assert files_at_hand(tmp_path / "belum") == []


def test_an_intake_folder_that_is_itself_a_link_works(intake, tmp_path):
    (intake / "a.jpg").write_bytes(b"x")
    (tmp_path / "pintasan").symlink_to(intake)
    assert files_at_hand(tmp_path / "pintasan") == ["a.jpg"]
    assert resolve_materials(tmp_path / "pintasan", ["a.jpg"]) == [intake / "a.jpg"]


def test_named_files_are_found_in_the_order_given(intake):
    for name in ("a.jpg", "b.jpg"):
        (intake / name).write_bytes(b"x")
    assert resolve_materials(intake, ["b.jpg", " a.jpg "]) == [intake / "b.jpg", intake / "a.jpg"]


def test_a_name_written_by_macos_in_two_parts_is_found(intake):
    (intake / unicodedata.normalize("NFD", "kafé.jpg")).write_bytes(b"x")
    assert files_at_hand(intake) == ["kafé.jpg"]
    assert len(resolve_materials(intake, ["kafé.jpg"])) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../rahasia.txt",
        "/etc/passwd",
        "sub/../../rahasia.txt",
        "..",
        ".",
        "",
        "..\\rahasia.txt",
        "C:\\x",
        "a\0b",
    ],
)
def test_names_that_lead_elsewhere_are_refused(intake, tmp_path, name):
    (tmp_path / "rahasia.txt").write_bytes(b"x")
    (intake / "sub").mkdir()
    (sentence,) = problems_of(resolve_materials, intake, [name])
    assert f"“{name}”" in sentence
    assert "tulis nama berkasnya saja" in sentence


def test_a_link_that_leaves_the_folder_is_refused(intake, tmp_path):
    (tmp_path / "rahasia.txt").write_bytes(b"x")
    (intake / "foto.jpg").symlink_to(tmp_path / "rahasia.txt")
    (sentence,) = problems_of(resolve_materials, intake, ["foto.jpg"])
    assert "“foto.jpg”" in sentence
    assert "Salin berkas aslinya" in sentence


def test_a_folder_is_refused_as_a_material(intake):
    (intake / "HUT").mkdir()
    (sentence,) = problems_of(resolve_materials, intake, ["HUT"])
    assert "“HUT” adalah folder" in sentence
    assert "Salin berkas di dalamnya" in sentence


def test_unknown_and_doubled_names_are_told_all_at_once(intake):
    (intake / "a.jpg").write_bytes(b"x")
    unknown, doubled = problems_of(resolve_materials, intake, ["b.jpg", "a.jpg", "a.jpg"])
    assert "“b.jpg” tidak ada" in unknown
    assert "Periksa ejaannya" in unknown
    assert "“a.jpg” disebut lebih dari sekali" in doubled


def test_every_content_type_says_which_files_it_takes():
    assert set(MATERIALS) == set(CONTENT_TYPES)


@pytest.fixture
def one_of_each(jpeg, mp4, pdf, intake) -> dict[str, list[Path]]:
    from content_samples import scene

    pictures = []
    for number in range(5):
        image = scene()
        image.putpixel((0, 0), (number * 40, 0, 0))
        path = intake / f"foto{number}.png"
        image.save(path)
        pictures.append(path)
    return {
        "p": pictures,
        "v": [mp4("satu.mp4"), mp4("dua.mp4", [90, 90])],
        "d": [pdf("a.pdf"), pdf("b.pdf", pages=3)],
    }


def chosen(files: dict[str, list[Path]], pattern: str) -> list[Path]:
    """ "ppv" → two pictures and a video."""
    return [files[kind][pattern[:place].count(kind)] for place, kind in enumerate(pattern)]


@pytest.mark.parametrize(
    ("content_type", "pattern"),
    [
        ("foto_kegiatan", "p"), ("foto_kegiatan", "pppp"),
        ("video", "v"), ("video", "vpp"), ("video", "pv"),
        ("ucapan_hari_besar", ""), ("ucapan_hari_besar", "p"),
        ("ucapan_duka", ""), ("ucapan_duka", "p"),
        ("sosialisasi_tahapan", ""), ("sosialisasi_tahapan", "pppp"),
        ("produk_hukum", "d"), ("produk_hukum", "dp"),
    ],
)  # fmt: skip
def test_a_content_type_takes_its_files_in_order(one_of_each, work, content_type, pattern):
    paths = chosen(one_of_each, pattern)
    taken = take_in_all(paths, content_type=content_type, into=work)
    assert [file.original_name for file in taken] == [path.name for path in paths]
    assert all(file.clean_path.is_file() for file in taken)


@pytest.mark.parametrize(
    ("content_type", "pattern", "what"),
    [
        ("foto_kegiatan", "", "memerlukan gambar"),
        ("foto_kegiatan", "ppppp", "paling banyak 4 gambar"),
        ("foto_kegiatan", "pv", "ternyata video"),
        ("foto_kegiatan", "pd", "ternyata dokumen PDF"),
        ("video", "", "memerlukan video"),
        ("video", "p", "memerlukan video"),
        ("video", "vv", "paling banyak 1 video"),
        ("video", "vd", "ternyata dokumen PDF"),
        ("ucapan_hari_besar", "v", "ternyata video"),
        ("ucapan_duka", "d", "ternyata dokumen PDF"),
        ("sosialisasi_tahapan", "ppppp", "paling banyak 4 gambar"),
        ("produk_hukum", "", "memerlukan dokumen PDF"),
        ("produk_hukum", "p", "memerlukan dokumen PDF"),
        ("produk_hukum", "dd", "paling banyak 1 dokumen PDF"),
        ("produk_hukum", "dpp", "paling banyak 1 gambar"),
        ("produk_hukum", "dv", "ternyata video"),
    ],
)  # fmt: skip
def test_a_content_type_refuses_other_files_and_says_what_to_do(
    one_of_each, work, content_type, pattern, what
):
    sentences = problems_of(take_in_all, chosen(one_of_each, pattern), content_type=content_type, into=work)
    assert len(sentences) == 1
    assert what in sentences[0]
    assert "kolom Bahan" in sentences[0]


def test_problems_of_all_files_are_told_at_once(jpeg, intake, work):
    broken = jpeg("rusak.jpg")
    broken.write_bytes(broken.read_bytes()[:1500])
    program = intake / "setup.jpg"
    program.write_bytes(b"MZ" + b"\0" * 100)
    sentences = problems_of(
        take_in_all, [broken, program, jpeg("baik.jpg")], content_type="foto_kegiatan", into=work
    )
    assert len(sentences) == 2
    assert "“rusak.jpg”" in sentences[0]
    assert "“setup.jpg”" in sentences[1]


def test_a_refused_only_file_is_not_reported_as_missing_as_well(intake, work):
    (intake / "x.pdf").write_bytes(b"halo")
    sentences = problems_of(take_in_all, [intake / "x.pdf"], content_type="produk_hukum", into=work)
    assert len(sentences) == 1


def test_the_same_photo_under_two_names_is_refused(jpeg, work):
    (sentence,) = problems_of(
        take_in_all, [jpeg("a.jpg"), jpeg("salinan.jpg")], content_type="foto_kegiatan", into=work
    )
    assert "“salinan.jpg” sama persis dengan “a.jpg”" in sentence
    assert "Hapus salah satunya" in sentence
