"""A screenshot shows the whole post, or there is none."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from medsos.browser import find_chromium
from medsos.errors import BehindLogin, EvidenceError
from medsos.evidence.screenshot import MAX_HEIGHT, VIEWPORT, capture, open_page

BLUE = (0, 0, 255)
RED = (255, 0, 0)


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def colours(png: bytes) -> set[tuple[int, int, int]]:
    return {colour for _, colour in picture(png).getcolors(maxcolors=1 << 24)}


def test_the_post_is_photographed_with_its_picture_address_and_time(website: str) -> None:
    now = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    shot = capture(f"{website}/post", clock=lambda: now)
    assert RED in colours(shot.png)
    assert picture(shot.png).width == VIEWPORT[0]
    assert (shot.final_url, shot.captured_at) == (f"{website}/post", now)


@pytest.mark.parametrize("page", ["slow", "late", "lazy"])
def test_it_waits_for_a_picture_that_takes_its_time(website: str, page: str) -> None:
    assert BLUE in colours(capture(f"{website}/{page}").png)


def test_the_address_after_redirects_is_kept(website: str) -> None:
    assert capture(f"{website}/moved").final_url == f"{website}/post"


def test_the_whole_page_is_in_the_picture_even_below_the_fold(website: str) -> None:
    assert picture(capture(f"{website}/lazy").png).height > 3000


def test_an_endless_page_is_cut(website: str) -> None:
    assert picture(capture(f"{website}/endless").png).height == MAX_HEIGHT


@pytest.mark.parametrize(("page", "status"), [("gone", 404), ("empty", 404), ("down", 503)])
def test_an_error_page_proves_nothing(website: str, page: str, status: int) -> None:
    with pytest.raises(EvidenceError, match=f"status {status}"):
        capture(f"{website}/{page}")


@pytest.mark.parametrize("page", ["wall", "members", "refused", "covered"])
def test_a_post_that_only_members_see_is_told_from_one_that_is_gone(website: str, page: str) -> None:
    with pytest.raises(BehindLogin):
        capture(f"{website}/{page}", channel="facebook")


@pytest.mark.parametrize(
    ("page", "channel"), [("uncovered", "facebook"), ("covered", "web"), ("login/tips-aman", "web")]
)
def test_a_login_that_hides_nothing_does_not_matter(website: str, page: str, channel: str) -> None:
    assert capture(f"{website}/{page}", channel=channel).final_url == f"{website}/{page}"


@pytest.mark.parametrize("page", ["broken", "damaged", "video"])
def test_a_page_with_a_broken_picture_or_video_is_refused(website: str, page: str) -> None:
    with pytest.raises(EvidenceError, match="1 gambar atau video yang tidak termuat"):
        capture(f"{website}/{page}")


def test_the_message_names_the_picture_without_its_query(website: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        capture(f"{website}/broken")
    assert "/missing.png" in str(refused.value)
    assert "rahasia" not in str(refused.value)


def test_a_picture_that_nobody_sees_does_not_matter(website: str) -> None:
    assert RED in colours(capture(f"{website}/hidden").png)


def test_a_video_with_a_poster_is_fine(website: str) -> None:
    assert RED in colours(capture(f"{website}/poster").png)


def test_a_picture_that_never_comes_ends_at_the_time_limit(website: str) -> None:
    with pytest.raises(EvidenceError, match="batas waktu"):
        capture(f"{website}/never", timeout=3)


def test_nobody_at_home_is_said_in_plain_words() -> None:
    with pytest.raises(EvidenceError, match="tidak dapat dibuka"):
        capture("http://127.0.0.1:9/post")


def test_a_missing_chromium_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="MEDSOS_CHROMIUM"):
        capture("http://127.0.0.1:9/post", chromium=str(tmp_path / "chromium"))


def test_the_browser_speaks_indonesian_and_lives_in_bengkulu(website: str) -> None:
    with open_page(None, VIEWPORT) as page:
        page.goto(f"{website}/where")
        assert page.inner_text("p") == "id-ID Asia/Jakarta"


def test_the_setting_wins_over_what_is_installed() -> None:
    assert find_chromium("/opt/chromium") == "/opt/chromium"
    assert find_chromium() is not None
