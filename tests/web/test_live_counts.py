"""What the browser counts while somebody types is what the server counts, for every channel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airflow_stand_in import Airflow
from pages_in_browser import PHONE, chromium, served
from playwright.sync_api import Browser, Page
from web_samples import asked, new_cycle, office_with_people

from medsos.channels.limits import LIMITS, channel_text_length
from medsos.content.captions import with_longest_link
from medsos.indonesian import number_text

TEXTS = (
    "Rapat pleno terbuka",
    "",
    "  Ada spasi di tepi \n\n dan baris baru \n",
    "Selengkapnya: {tautan_web}\n\n#KPUMelayani #KPUKotaBengkulu",
    "Lihat https://jdih.kpu.go.id/bengkulu/kota dan http://kpu.go.id/a?b=c#d lalu kembali",
    "Emoji 👍🏽 👨‍👩‍👧 🇮🇩 dan “kutipan” – tanda pisah … é e\u0301",
    "日本語 العربية © ™ 1️⃣ ☎ ❤️ ℹ️",
    "a" * 281,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def plan(home: object, airflow: Airflow, browser: Browser) -> Iterator[Page]:
    """The plan form of a cycle on the admin's phone."""
    office_with_people()
    cycle_id = new_cycle()
    airflow.forms.append(
        asked(cycle_id, "design.plan_content", people=("admin",), options=("Simpan rencana",))
    )
    with served(airflow, "admin") as address:
        page = browser.new_page(viewport=PHONE)
        page.set_default_timeout(15_000)
        page.goto(f"{address}/rencana/{cycle_id}")
        yield page
        page.close()


@pytest.mark.parametrize("text", TEXTS)
def test_the_count_follows_every_letter_as_the_platform_counts(plan: Page, text: str) -> None:
    for channel in LIMITS:
        plan.locator(f"#teks_{channel}").fill(text)
        counted = plan.locator(f"#hitung-teks_{channel} .number").inner_text()
        expected = channel_text_length(channel, with_longest_link(text.strip()))
        assert counted == number_text(expected), channel
    too_long = plan.locator("#hitung-teks_x .too-long")
    assert too_long.is_visible() == (channel_text_length("x", with_longest_link(text.strip())) > 280)


def test_the_page_fits_a_phone_and_says_at_the_field_what_is_wrong(plan: Page) -> None:
    assert plan.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    plan.locator("#teks_x").fill("a" * 300)
    plan.get_by_role("button", name="Simpan rencana").click()
    field = plan.locator("#teks_x")
    plan.locator("#masalah-teks_x").wait_for()
    assert field.input_value() == "a" * 300
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("Pendek")
    assert plan.locator("#masalah-teks_x").count() == 0
