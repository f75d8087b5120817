"""PDFs of legal products: whole, open to everybody, without anything that acts."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from medsos.content.intake import take_in
from medsos.errors import MaterialError


def take(path: Path, work: Path):
    return take_in(path, content_type="produk_hukum", into=work)


def refusal(path: Path, work: Path) -> str:
    with pytest.raises(MaterialError) as caught:
        take(path, work)
    assert len(caught.value.problems) == 1
    sentence = caught.value.problems[0]
    assert f"“{path.name}”" in sentence
    return sentence


def script() -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )


def script_behind_a_page(writer: PdfWriter) -> None:
    writer.pages[1][NameObject("/AA")] = DictionaryObject({NameObject("/O"): script()})


def script_on_opening(writer: PdfWriter) -> None:
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(script())


def launcher(writer: PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def form_in_xfa(writer: PdfWriter) -> None:
    form = DictionaryObject({NameObject("/XFA"): ArrayObject(), NameObject("/Fields"): ArrayObject()})
    writer._root_object[NameObject("/AcroForm")] = form


def test_a_pdf_is_counted_and_kept_byte_for_byte(pdf, work):
    source = pdf(pages=3)
    file = take(source, work)
    assert (file.kind, file.media_type, file.pages) == ("document", "application/pdf", 3)
    assert file.clean_path.read_bytes() == source.read_bytes()
    assert file.clean_sha256 == file.original_sha256
    assert file.clean_path.suffix == ".pdf"


def test_ordinary_links_in_a_pdf_are_no_obstacle(pdf, work):
    def with_link(writer: PdfWriter) -> None:
        writer.add_annotation(0, Link(rect=(10, 10, 90, 30), url="https://kota-bengkulu.kpu.go.id"))

    assert take(pdf(change=with_link), work).pages == 2


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (script_on_opening, "JavaScript"),
        (script_behind_a_page, "JavaScript"),
        (lambda writer: writer.add_attachment("gaji.xlsx", b"rahasia"), "berkas lampiran"),
        (launcher, "perintah menjalankan program"),
        (form_in_xfa, "formulir XFA"),
    ],
    ids=["document script", "page script", "attachment", "launch", "xfa"],
)
def test_a_pdf_that_acts_or_carries_files_is_refused(pdf, work, change, what):
    sentence = refusal(pdf(change=change), work)
    assert what in sentence
    assert "Cetak ulang ke PDF" in sentence


def packed_pdf(catalog_extra: bytes) -> bytes:
    """A PDF as modern programs write it: catalogue and pages inside a compressed object stream."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog_extra + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    offsets = [sum(len(body) + 1 for body in bodies[:i]) for i in range(3)]
    index = b" ".join(b"%d %d" % (number + 1, offset) for number, offset in enumerate(offsets)) + b" "
    packed = zlib.compress(index + b"\n".join(bodies))
    out = b"%PDF-1.5\n"
    stream_at = len(out)
    out += b"4 0 obj\n<< /Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d >>\nstream\n" % (
        len(index),
        len(packed),
    )
    out += packed + b"\nendstream\nendobj\n"
    table_at = len(out)
    rows = [(0, 0, 255), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, stream_at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    out += b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length %d >>\nstream\n" % len(table)
    return out + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def test_scripts_are_found_in_compressed_object_streams_too(intake, work):
    harmless, scripted = intake / "biasa.pdf", intake / "padat.pdf"
    harmless.write_bytes(packed_pdf(b""))
    scripted.write_bytes(packed_pdf(b"/OpenAction << /S /JavaScript /JS (app.alert) >>"))
    assert b"JavaScript" not in scripted.read_bytes()
    assert take(harmless, work).pages == 1
    assert "JavaScript" in refusal(scripted, work)


def test_a_locked_pdf_is_refused(pdf, work):
    sentence = refusal(pdf(change=lambda writer: writer.encrypt("rahasia")), work)
    assert "terkunci kata sandi" in sentence
    assert "tanpa kata sandi" in sentence


def test_a_pdf_locked_only_against_printing_is_refused_too(pdf, work):
    assert "terkunci" in refusal(pdf(change=lambda w: w.encrypt("", owner_password="pemilik")), work)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_pdf_cut_off_is_refused(pdf, work, share):
    path = pdf(pages=20)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    sentence = refusal(path, work)
    assert "rusak atau terpotong" in sentence
    assert "Pindai atau ekspor ulang" in sentence


def test_a_pdf_with_its_middle_missing_is_refused(pdf, work):
    path = pdf(pages=20)
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + b"%%EOF\n")
    assert "rusak atau terpotong" in refusal(path, work)


def test_a_pdf_without_pages_is_refused(pdf, work):
    assert "rusak" in refusal(pdf(pages=0), work)


def test_a_pdf_with_too_many_pages_is_refused(pdf, work):
    sentence = refusal(pdf(pages=2001), work)
    assert "2001 halaman" in sentence
    assert "paling banyak 2000" in sentence
