"""What is forwarded leads to every post, on paper and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
import pytest
from PIL import Image

from builders import NOW, make_cycle, publication_row
from local_server import serving
from medsos.evidence.screenshot import open_page
from medsos.links.liveness import check_link
from medsos.links.page import LinkPageContent, PostLink, build_link_page, main_link, qr_code, share_texts
from medsos.links.record import published_links, record_checks, record_links
from medsos.offices.model import Brand, Office, load_brand, load_office
from medsos.settings import load_settings
from medsos.store.models import Link, LinkCheck
from medsos.store.session import transaction

WEB = PostLink("web", "https://kota-bengkulu.kpu.go.id/2026/11/rapat-pleno?halaman=1&cetak=ya", "Situs")
FACEBOOK = PostLink("facebook", "https://www.facebook.com/123_456", "KPU Kota Bengkulu")
TIKTOK = PostLink("tiktok", "https://www.tiktok.com/@kpukotabengkulu/video/7439112233445566778")


def content(**values: object) -> LinkPageContent:
    defaults: dict[str, object] = {
        "title": "Rapat Pleno Terbuka",
        "summary": "KPU Kota Bengkulu menggelar rapat pleno.",
        "office_name": "Komisi Pemilihan Umum Kota Bengkulu",
        "website": "https://kota-bengkulu.kpu.go.id",
        "date_text": "Senin, 23 November 2026",
        "links": (TIKTOK, WEB, FACEBOOK),
        "hashtags": ("#KPUMelayani",),
    }
    return LinkPageContent(**{**defaults, **values})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def office() -> Office:
    return load_office(load_settings().offices_dir, "kota-bengkulu")


@pytest.fixture(scope="module")
def brand() -> Brand:
    return load_brand(load_settings().offices_dir, "kota-bengkulu")


def photo() -> bytes:
    target = BytesIO()
    Image.new("RGB", (3000, 2000), "#9b1c1f").save(target, "JPEG")
    return target.getvalue()


def test_the_page_leads_to_every_post_in_the_order_of_the_procedure(brand: Brand) -> None:
    html = build_link_page(content(), brand)
    addresses = [unescape(a) for a in re.findall(r'<a href="([^"]+)"', html)]
    assert addresses == [WEB.address, FACEBOOK.address, TIKTOK.address]
    for words in ("Website", "Facebook", "TikTok", "KPU Kota Bengkulu", "Senin, 23 November 2026"):
        assert words in html


def test_the_picture_travels_with_the_page_at_a_size_for_phones(brand: Brand) -> None:
    html = build_link_page(content(picture=photo(), picture_alt="Suasana rapat"), brand)
    assert 'alt="Suasana rapat"' in html
    assert 'src="data:image/jpeg;base64,' in html
    assert len(html) < 300_000


def read_qr(png: bytes) -> str:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    return str(cv2.QRCodeDetectorAruco().detectAndDecode(image)[0])


def test_the_qr_code_leads_to_the_website() -> None:
    target = BytesIO()
    qr_code(main_link([TIKTOK, WEB]).address).save(target, kind="png", scale=6, border=4)
    assert read_qr(target.getvalue()) == WEB.address


def test_without_a_website_post_the_first_channel_is_the_main_link() -> None:
    assert main_link([TIKTOK, FACEBOOK]) == FACEBOOK


def test_the_page_on_a_phone_loads_nothing_shows_a_readable_qr_and_copies_its_text(
    brand: Brand, tmp_path: Path
) -> None:
    path = tmp_path / "tautan.html"
    path.write_text(build_link_page(content(picture=photo()), brand), encoding="utf-8")
    with open_page(None, (390, 844)) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert read_qr(page.locator(".qr").screenshot()) == WEB.address
        page.click("#copy")
        page.wait_for_function("() => document.getElementById('copy').textContent.includes('Tersalin')")
        assert page.input_value("textarea") == share_texts(content()).plain


def test_share_texts_carry_title_summary_and_every_link() -> None:
    texts = share_texts(content())
    assert texts.plain == (
        "Rapat Pleno Terbuka\n\n"
        "KPU Kota Bengkulu menggelar rapat pleno.\n\n"
        f"Website: {WEB.address}\nFacebook: {FACEBOOK.address}\nTikTok: {TIKTOK.address}\n\n"
        "#KPUMelayani"
    )
    assert texts.whatsapp.startswith("*Rapat Pleno Terbuka*\n\n")


def test_the_whatsapp_button_carries_the_text_unharmed(brand: Brand) -> None:
    texts = share_texts(content(title="5% & 100 #pemilih + *bintang*?"))
    parts = urlsplit(texts.whatsapp_address)
    assert (parts.netloc, parse_qs(parts.query)["text"]) == ("wa.me", [texts.whatsapp])
    assert texts.whatsapp.startswith("*5% & 100 #pemilih + bintang?*\n")


def test_training_is_said_on_the_page_and_in_what_is_forwarded(brand: Brand) -> None:
    html = build_link_page(content(training=True), brand)
    assert '<div class="training">MODE LATIHAN' in html
    assert share_texts(content(training=True)).whatsapp.startswith("[MODE LATIHAN")
    assert "MODE LATIHAN" not in build_link_page(content(), brand)


def test_hostile_words_stay_words(brand: Brand) -> None:
    html = build_link_page(
        content(
            title="</title><script>alert(1)</script>",
            summary="</textarea><img src=x onerror=alert(2)>",
            links=(WEB, PostLink("x", "javascript:alert(3)")),
        ),
        brand,
    )
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_a_page_without_links_is_not_made(brand: Brand) -> None:
    with pytest.raises(ValueError, match="Belum ada postingan"):
        build_link_page(content(links=()), brand)


class _Site(BaseHTTPRequestHandler):
    """Answers with the status in the path; `/noheads/…` turns HEAD away."""

    seen: list[tuple[str, str | None]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append((self.command, self.headers.get("Authorization")))
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/200")
        elif self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
        else:
            heads_refused = self.path.startswith("/noheads") and self.command == "HEAD"
            self.send_response(405 if heads_refused else int(self.path.rsplit("/", 1)[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815


@pytest.fixture
def site() -> Iterator[str]:
    _Site.seen.clear()
    with serving(_Site) as address:
        yield address


@pytest.mark.parametrize("path", ["/200", "/moved", "/noheads/200"])
def test_a_living_link_is_found_alive(site: str, path: str) -> None:
    status = check_link(site + path, clock=lambda: NOW)
    assert (status.alive, status.http_status, status.problem, status.checked_at) == (True, 200, "", NOW)


def test_head_is_enough_where_it_is_answered(site: str) -> None:
    check_link(f"{site}/200")
    assert _Site.seen == [("HEAD", None)]


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_dead_link_is_noted_with_its_status(site: str, status: int) -> None:
    found = check_link(f"{site}/{status}")
    assert (found.alive, found.http_status) == (False, status)
    assert f"status {status}" in found.problem


def test_a_site_that_turns_programs_away_is_alive_with_a_remark(site: str) -> None:
    found = check_link(f"{site}/403")
    assert (found.alive, found.http_status) == (True, 403)
    assert "menolak pemeriksaan otomatis" in found.problem


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:9/", "tidak dapat dihubungi"),
        ("javascript:alert(1)", "bukan alamat web"),
        ("http://", "tidak dapat dibuka"),
    ],
)
def test_what_cannot_be_reached_is_said_in_plain_words(address: str, words: str) -> None:
    found = check_link(address)
    assert (found.alive, found.http_status) == (False, None)
    assert words in found.problem


def test_a_circle_of_redirects_ends(site: str) -> None:
    assert "dialihkan terus-menerus" in check_link(f"{site}/loop").problem


def test_no_password_is_sent_along(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login admin password rahasia\n")
    monkeypatch.setenv("NETRC", str(netrc))
    check_link(f"{site}/200")
    assert _Site.seen == [("HEAD", None)]


def publish(cycle_id: int, channel: str, permalink: str | None, state: str = "published") -> None:
    with transaction() as session:
        session.add(publication_row(cycle_id, channel, state=state, permalink=permalink))


def test_only_what_is_up_is_linked(cycle_id: int, office: Office) -> None:
    publish(cycle_id, "x", "https://x.com/kpukotabengkulu/status/1")
    publish(cycle_id, "web", WEB.address)
    publish(cycle_id, "facebook", None)
    publish(cycle_id, "tiktok", TIKTOK.address, state="rejected")
    publish(make_cycle(), "instagram", "https://www.instagram.com/p/1/")
    with transaction() as session:
        links = published_links(session, cycle_id, office)
    assert [(link.channel, link.account) for link in links] == [
        ("web", "kota-bengkulu.kpu.go.id"),
        ("x", "@kpukotabengkulu"),
    ]


def test_links_and_checks_are_recorded_once_and_corrected(cycle_id: int, site: str) -> None:
    alive, dead = PostLink("web", f"{site}/200"), PostLink("x", f"{site}/404")
    with transaction() as session:
        ids = record_links(session, cycle_id, links=[alive, dead], page_path="a/tautan.html", now=NOW)
        record_checks(session, ids, [check_link(link.address) for link in (alive, dead)])
    with transaction() as session:
        record_links(session, cycle_id, links=[alive, dead], page_path="a/tautan-2.html", now=NOW)
        rows = {(row.kind, row.channel): row for row in session.query(Link)}
        assert set(rows) == {("permalink", "web"), ("permalink", "x"), ("page", "")}
        assert rows["page", ""].address == "a/tautan-2.html"
        checks = {check.link_id: check for check in session.query(LinkCheck)}
    assert checks[rows["permalink", "web"].id].alive
    assert not checks[rows["permalink", "x"].id].alive
    assert "404" in checks[rows["permalink", "x"].id].problem
