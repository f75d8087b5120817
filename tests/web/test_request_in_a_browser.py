"""A request as people write it, at a desk and on a phone: dropped files, a broken connection, a reload."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_stand_in import Airflow
from pages_in_browser import DESKTOP, PHONE, chromium, opened, pages_of
from playwright.sync_api import Browser, Page, Route, ViewportSize
from request_page_kit import photo, stored, stored_files
from web_samples import office_with_people

from builders import make_cycle
from medsos.drafts.uploads import file_path

BODY = "KPU Kota Bengkulu mengajak pemilih pemula mengenali tahapan pemilu."
SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def port(home: Path, airflow: Airflow) -> Iterator[int]:
    office_with_people()
    with pages_of("admin", airflow) as found:
        yield found


def begin(page: Page, kind: str = "Foto kegiatan") -> str:
    """Press a type; returns the id of the draft."""
    page.get_by_role("button", name=kind).click()
    page.get_by_label("Judul").wait_for()
    return page.url.split("#")[0].rsplit("/", 1)[1]


def drop(page: Page, *files: tuple[str, bytes]) -> None:
    """Drop files on the page as a mouse does."""
    page.evaluate(
        """files => {
            const data = new DataTransfer();
            for (const [name, content] of files) {
                const bytes = Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0));
                data.items.add(new File([bytes], name, { lastModified: 7 }));
            }
            const place = document.getElementById("taruh");
            for (const kind of ["dragenter", "dragover", "drop"]) {
                const told = { dataTransfer: data, bubbles: true, cancelable: true };
                place.dispatchEvent(new DragEvent(kind, told));
            }
        }""",
        [[name, base64.b64encode(data).decode()] for name, data in files],
    )


def no_pieces(route: Route) -> None:
    """The connection carries nothing that is uploaded."""
    if route.request.method == "PATCH":
        route.abort()
    else:
        route.fallback()


def preview_src(page: Page, channel: str = "web") -> str:
    return str(page.locator(f"#p-{channel} img").get_attribute("src"))


def narrow_enough(page: Page, viewport: ViewportSize) -> bool:
    return int(page.evaluate("document.documentElement.scrollWidth")) <= viewport["width"]


@SIZES
def test_a_request_from_the_first_word_to_the_cycle(
    browser: Browser, port: int, airflow: Airflow, viewport: ViewportSize
) -> None:
    with opened(browser, port, "ajukan", viewport) as page:
        assert narrow_enough(page, viewport)
        draft_id = begin(page)
        page.get_by_label("Judul").fill("Rapat pleno")
        page.locator("#body").fill(BODY)
        page.get_by_text(re.compile(r"Draf tersimpan \d\d\.\d\d")).wait_for()
        assert stored(draft_id).typed["title"] == "Rapat pleno"
        before = preview_src(page)
        drop(page, ("satu.jpg", photo("red")), ("dua.jpg", photo("green")))
        page.locator("[data-file]").nth(1).wait_for()
        assert [file.name for file in stored_files(draft_id)] == ["satu.jpg", "dua.jpg"]
        page.wait_for_function(
            "before => { const shown = document.querySelector('#p-web img');"
            " return shown.getAttribute('src') !== before && shown.complete && shown.naturalWidth > 0; }",
            arg=before,
        )
        page.get_by_role("button", name="Pindahkan dua.jpg ke atas").click()
        page.locator("[data-file]").first.get_by_text("dua.jpg").wait_for()
        assert page.get_by_label("Judul").input_value() == "Rapat pleno"
        assert narrow_enough(page, viewport)
        page.get_by_role("button", name="Kirim permohonan").click()
        page.get_by_text("Permohonan terkirim").wait_for()
        cycle_id = make_cycle(run_id=f"ajukan-{draft_id}-1")
        page.wait_for_url(f"**/siklus/{cycle_id}")
    ((_, run),) = airflow.runs.items()
    assert [name.split(".")[0] for name in run["conf"]["materials"]] == ["dua", "satu"]


@SIZES
def test_the_preview_follows_the_typing_and_counts_for_each_channel(
    browser: Browser, port: int, viewport: ViewportSize
) -> None:
    with opened(browser, port, "ajukan", viewport) as page:
        begin(page, "Sosialisasi tahapan")
        page.get_by_label("Judul").fill("Pemilih pemula")
        page.get_by_text(re.compile("Draf tersimpan")).wait_for()
        first, count = preview_src(page, "x"), page.locator("#p-x .count").inner_text()
        page.locator("#body").fill(BODY)
        page.wait_for_function(
            "first => document.querySelector('#p-x .count').innerText !== first", arg=count
        )
        page.wait_for_function(
            "first => document.querySelector('#p-x img').getAttribute('src') !== first", arg=first
        )
        assert re.fullmatch(r"\d+ dari 280 karakter \(tautan dihitung 23, emoji dua\)",
                            page.locator("#p-x .count").inner_text())  # fmt: skip
        page.get_by_role("checkbox", name="TikTok").uncheck()
        page.locator("#p-tiktok").wait_for(state="detached")


def test_an_upload_survives_a_broken_connection_and_a_reload(
    browser: Browser, port: int, airflow: Airflow, tmp_path: Path
) -> None:
    from content_video import noisy_video

    video = noisy_video(tmp_path / "pidato.mp4", at_least=9_000_000)
    with opened(browser, port, "ajukan", DESKTOP) as page:
        draft_id = begin(page, "Video")
        pieces: list[int] = []

        def one_piece_then_nothing(route: Route) -> None:
            if route.request.method != "PATCH":
                route.fallback()
                return
            pieces.append(int(route.request.headers["upload-offset"]))
            if len(pieces) == 1:
                route.continue_()
            else:
                route.abort("internetdisconnected")

        page.route("**/berkas/**", one_piece_then_nothing)
        page.locator("#berkas").set_input_files(video)
        page.get_by_text("Sambungan terputus; dilanjutkan sendiri").wait_for()
        bar = page.get_by_role("progressbar")
        assert int(str(bar.get_attribute("max"))) == video.stat().st_size
        assert page.evaluate("document.querySelector('progress').value") >= 4 * 1024 * 1024
        page.unroute("**/berkas/**")
        page.route(
            "**/berkas/**",
            lambda route: route.abort() if route.request.method == "PATCH" else route.fallback(),
        )
        page.reload()
        page.get_by_text("Sambungan terputus; dilanjutkan sendiri").wait_for()
        page.unroute("**/berkas/**")
        page.locator("[data-file]").wait_for()
    (file,) = stored_files(draft_id)
    assert file_path(file).read_bytes() == video.read_bytes()
    assert pieces[:2] == [0, 4 * 1024 * 1024]


def test_an_upload_that_the_browser_forgot_goes_on_when_the_file_is_chosen_again(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    big = tmp_path / "besar.jpg"
    big.write_bytes(photo("navy", (4000, 3000)) + b"\0" * 6_000_000)
    with opened(browser, port, "ajukan", PHONE) as page:
        draft_id = begin(page)
        # As in a private window.
        page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
        page.reload()
        sent: list[int] = []

        def only_the_first(route: Route) -> None:
            if route.request.method == "PATCH":
                sent.append(int(route.request.headers["upload-offset"]))
                if len(sent) > 1:
                    route.abort()
                    return
            route.fallback()

        page.route("**/berkas/**", only_the_first)
        page.locator("#berkas").set_input_files(big)
        page.get_by_text("Sambungan terputus").wait_for()
        page.unroute("**/berkas/**")
        page.reload()
        page.get_by_text(re.compile(r"Terputus pada \d\d %\. Pilih berkas yang sama")).wait_for()
        sent.clear()
        page.on("request", lambda request: request.method == "PATCH" and sent.append(
            int(request.headers["upload-offset"])))  # fmt: skip
        page.locator("#berkas").set_input_files(big)
        page.locator("[data-file]").wait_for()
    assert sent[0] == 4 * 1024 * 1024
    (file,) = stored_files(draft_id)
    assert file_path(file).read_bytes() == big.read_bytes()


@pytest.mark.parametrize("failing", ["the announcement", "the list of files"])
@pytest.mark.parametrize("trouble", ["server", "connection"])
def test_an_upload_needs_no_second_choice_after_a_short_trouble(
    browser: Browser, port: int, tmp_path: Path, failing: str, trouble: str
) -> None:
    picture = tmp_path / "rapat.jpg"
    picture.write_bytes(photo())
    with opened(browser, port, "ajukan", DESKTOP) as page:
        draft_id = begin(page)
        address = f"**/ajukan/{draft_id}/berkas" if failing == "the announcement" else f"**/ajukan/{draft_id}"
        failed: list[str] = []

        def fails_once(route: Route) -> None:
            if failed:
                route.fallback()
                return
            failed.append(route.request.method)
            if trouble == "server":
                route.fulfill(status=500, body="Internal Server Error")
            else:
                route.abort("internetdisconnected")

        page.route(address, fails_once)
        page.locator("#berkas").set_input_files(picture)
        page.locator("[data-file]").wait_for()
        assert page.locator("[data-unfinished], .refused").count() == 0
    assert failed == ["POST" if failing == "the announcement" else "GET"]
    assert [file.name for file in stored_files(draft_id)] == ["rapat.jpg"]


def test_a_browser_that_never_opens_its_cupboard_uploads_all_the_same(
    browser: Browser, port: int, tmp_path: Path
) -> None:
    picture = tmp_path / "rapat.jpg"
    picture.write_bytes(photo())
    with opened(browser, port, "ajukan", DESKTOP) as page:
        begin(page)
        page.add_init_script("IDBFactory.prototype.open = () => ({})")
        page.reload()
        page.locator("#berkas").set_input_files(picture)
        page.locator("[data-file]").wait_for()


@SIZES
def test_a_refused_file_is_told_where_the_files_are(
    browser: Browser, port: int, viewport: ViewportSize
) -> None:
    with opened(browser, port, "ajukan", viewport) as page:
        draft_id = begin(page)
        drop(page, ("foto.jpg", b"MZ" + b"\0" * 9000), ("baik.jpg", photo()))
        page.get_by_text("“foto.jpg” ternyata program Windows").wait_for()
        page.locator("[data-file]").get_by_text("baik.jpg").wait_for()
    assert [file.name for file in stored_files(draft_id)] == ["baik.jpg"]


@SIZES
def test_mistakes_lead_to_their_fields_and_sending_works_once_they_are_mended(
    browser: Browser, port: int, airflow: Airflow, viewport: ViewportSize
) -> None:
    with opened(browser, port, "ajukan", viewport) as page:
        begin(page, "Sosialisasi tahapan")
        page.locator("#body").fill(BODY)
        page.get_by_role("button", name="Kirim permohonan").click()
        page.get_by_text("Judul masih kosong").wait_for()
        page.get_by_role("alert").get_by_role("link", name="Judul").click()
        assert page.locator("#body").input_value() == BODY
        page.get_by_label("Judul").fill("Pemilih pemula")
        assert page.get_by_text("Judul masih kosong").count() == 0
        page.get_by_role("button", name="Kirim permohonan").dblclick()
        page.get_by_text("Permohonan terkirim").wait_for()
    assert len(airflow.runs) == 1


def test_changing_the_type_keeps_what_was_typed_and_shows_its_fields(browser: Browser, port: int) -> None:
    with opened(browser, port, "ajukan", PHONE) as page:
        begin(page, "Ucapan hari besar")
        page.get_by_label("Judul").fill("Keputusan nomor dua belas")
        page.get_by_text("Jenis: Ucapan hari besar").click()
        page.get_by_role("radio", name="Produk hukum").click()
        page.get_by_label("Nomor dokumen").wait_for()
        assert page.get_by_label("Judul").input_value() == "Keputusan nomor dua belas"


def test_without_any_script_a_request_is_written_and_sent_all_the_same(
    browser: Browser, port: int, airflow: Airflow, tmp_path: Path
) -> None:
    picture = tmp_path / "rapat.jpg"
    picture.write_bytes(photo())
    with opened(browser, port, "ajukan", PHONE, java_script_enabled=False) as page:
        draft_id = begin(page)
        page.get_by_label("Judul").fill("Rapat pleno")
        page.locator("#body").fill(BODY)
        page.locator("#berkas").set_input_files(picture)
        page.get_by_role("button", name="Unggah", exact=True).click()
        page.get_by_text("rapat.jpg").wait_for()
        page.get_by_role("button", name="Perbarui").click()
        page.locator("#p-web img").wait_for()
        page.get_by_role("button", name="Kirim permohonan").click()
        page.get_by_text("Permohonan terkirim").wait_for()
    assert list(airflow.runs) == [f"ajukan-{draft_id}-1"]
