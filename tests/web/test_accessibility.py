"""Every page of ours, on desktop and phone: nothing serious for axe, all of it usable with the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from airflow_stand_in import ACCOUNTS, Airflow
from axe_playwright_python.sync_playwright import Axe
from pages_in_browser import DESKTOP, PHONE, chromium, on_a_port, pages_for
from playwright.sync_api import Browser, Page
from states_of_requests import (
    Step,
    nobody_may_decide,
    observed,
    opened,
    own_form_steps,
    reminded,
    request_steps,
    watched,
)
from upload_page_kit import screenshot, waits_for
from web_samples import (
    CAPTIONS,
    asked,
    decide,
    design_round,
    new_cycle,
    office_with_people,
    publish_all,
    upload_under_way,
)

import review_papers
from builders import NOW, picture
from medsos.channels.base import FoundPost
from medsos.clock import utc_now
from medsos.evidence.archive import Archive
from medsos.store.models import Delegation, FormAnswer, Publication
from medsos.store.session import transaction
from medsos.web import page as rendering
from medsos.web.officials.accounts import accounts
from medsos.web.visitors import Visitor

SIZES = {
    "desktop": DESKTOP,
    "phone": PHONE,
}
PARTS = {"base.html.j2", "parts.html.j2"}
"""Templates that are no page by themselves."""

BAD = ("serious", "critical")


@dataclass
class Site:
    """The pages on a port of this machine, as `who` sees them."""

    port: int = 0
    who: str = "analis"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def site(home: Path, airflow: Airflow) -> Iterator[Site]:
    found = Site()
    pages = pages_for(
        airflow, lambda: Visitor(found.who, lambda _: True, may_start=lambda _: found.who != "analis")
    )
    pages.dependency_overrides[accounts] = lambda: ACCOUNTS.get
    with on_a_port(pages) as found.port:
        yield found


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of the templates that were shown."""
    seen: set[str] = set()
    load = rendering._templates.get_template

    def noted(name: str, *arguments: Any, **values: Any) -> Any:
        seen.add(name)
        return load(name, *arguments, **values)

    monkeypatch.setattr(rendering._templates, "get_template", noted)
    return seen


@pytest.fixture
def steps(
    archive: Archive, airflow: Airflow, platform: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[Step]:
    """Records in every state that a page has, and the way to each page."""
    office_with_people()
    done = new_cycle("Rapat Pleno Terbuka")
    design_round(archive, done)
    decide(done, 1, "setuju")
    publish_all(archive, done)
    observed(done)
    second = new_cycle("Simulasi", kahar=True, kahar_reason="Banjir di tiga kecamatan")
    design_round(archive, second, notes=("Teks dipendekkan.",))
    decide(second, 1, "revisi", "Perbaiki judul")
    changed = {**CAPTIONS, "x": CAPTIONS["x"].replace("Simulasi", "Latihan")}
    design_round(
        archive, second, 2, captions=changed, pictures={"web": picture((1200, 675), "baru", "#17643a")}
    )
    airflow.forms.append(asked(second, "approval.round_2.await_decision"))
    with transaction() as session:
        session.add(
            FormAnswer(
                cycle_id=second, task_id="design.plan_content", round=0, option="Simpan",
                answers={"judul": "Terlalu panjang"}, answered_by="admin", answered_at=NOW, accepted=False,
                problem="Judul terlalu panjang.",
            )
        )  # fmt: skip
        session.add(_delegation("wakil", "Wakil Rahmawati", 0))
        session.add(_delegation("admin", "Admin Medsos (contoh)", -9))
    by_hand = upload_under_way(archive)
    airflow.forms.append(waits_for(by_hand))
    doubt = upload_under_way(
        archive, channel="x", state="needs_person", mode="api", commit_started_at=NOW, journal={"text": "a"}
    )
    airflow.forms.append(waits_for(doubt, "x"))
    proofless = upload_under_way(
        archive,
        channel="facebook",
        state="published",
        published_at=NOW,
        permalink=f"{platform}/facebook.com/1",
    )
    airflow.forms.append({**waits_for(proofless), **_capture(waits_for(proofless))})
    stuck = nobody_may_decide(archive)
    review_papers.lay(archive)
    reminded(second)
    watched(second)
    _posts_of_the_account(monkeypatch, platform)
    shot = tmp_path / "layar.jpg"
    shot.write_bytes(screenshot())
    with transaction() as session:
        assert session.query(Publication).count() >= 3

    def reject(page: Page) -> None:
        page.get_by_label("Catatan").fill("Foto terlalu gelap.")
        page.get_by_role("button", name="Tolak").click()
        page.get_by_role("button", name="Ya, tolak").wait_for()

    def wrong_address(page: Page) -> None:
        page.locator("[name=berkas]").set_input_files(shot)
        page.get_by_label("Alamat postingan").fill("https://www.instagram.com/p/1/")
        page.get_by_role("button", name="Sudah tayang").click()
        page.get_by_text("Sudah tersimpan").wait_for()

    def cancel(page: Page) -> None:
        page.get_by_role("button", name="Batal").click()
        page.get_by_role("button", name="Ya, batalkan").wait_for()

    def empty(page: Page) -> None:
        page.get_by_role("button", name="Lanjut").click()
        page.get_by_role("alert").wait_for()

    def delegate(page: Page) -> None:
        today = utc_now().date() + timedelta(days=1)
        page.get_by_label("Kasubbag").check()
        page.get_by_label("Plh.").check()
        page.get_by_label("Orang", exact=True).select_option("admin")
        page.get_by_label("Nomor surat").fill("12/ST/2026")
        page.get_by_label("Tanggal surat").fill((today - timedelta(days=2)).isoformat())
        page.get_by_label("Mulai berlaku").fill(today.isoformat())
        page.get_by_label("Hari terakhir").fill(today.isoformat())
        page.get_by_role("button", name="Lanjut").click()
        page.get_by_role("button", name="Ya, catat").wait_for()

    def sign(page: Page) -> None:
        page.get_by_label("3 · Persetujuan Kasubbag").fill("240")
        page.get_by_role("button", name="Ditetapkan").click()
        page.get_by_role("button", name="Ya, tetapkan").wait_for()

    review = f"tinjauan-sop/kota-bengkulu/{review_papers.PERIOD}"
    return [
        Step("perlu tindakan", "kasubbag", "perlu-tindakan"),
        Step("perlu tindakan, tinjauan", "sekretaris", "perlu-tindakan"),
        Step("tinjauan SOP", "sekretaris", review),
        Step("tinjauan SOP, melihat", "analis", review),
        Step("tinjauan SOP, pastikan", "sekretaris", review, sign),
        Step("semua tinjauan SOP", "analis", "tinjauan-sop"),
        Step("daftar siklus", "analis", "siklus"),
        Step("siklus selesai", "analis", f"siklus/{done}", opened),
        Step("siklus kahar", "admin", f"siklus/{second}", opened),
        Step("persetujuan", "kasubbag", f"persetujuan/{second}/2", opened),
        Step("persetujuan, melihat", "analis", f"persetujuan/{done}/1"),
        Step("pastikan keputusan", "kasubbag", f"persetujuan/{second}/2", reject),
        Step("unggahan", "admin", f"unggahan/{by_hand}/facebook"),
        Step("unggahan, salah", "admin", f"unggahan/{by_hand}/facebook", wrong_address),
        Step("unggahan, pastikan", "admin", f"unggahan/{by_hand}/facebook", cancel),
        Step("unggahan, ragu", "admin", f"unggahan/{doubt}/x"),
        Step("unggahan, bukti", "admin", f"unggahan/{proofless}/facebook"),
        Step("postingan terbaru", "admin", f"unggahan/{doubt}/x/terbaru"),
        Step("evaluasi", "analis", "evaluasi", opened),
        Step("pejabat", "sekretaris", "pejabat", opened),
        Step("delegasi", "sekretaris", "pejabat/delegasi?kantor=kota-bengkulu"),
        Step("delegasi, salah", "sekretaris", "pejabat/delegasi?kantor=kota-bengkulu", empty),
        Step("delegasi, pastikan", "sekretaris", "pejabat/delegasi?kantor=kota-bengkulu", delegate),
        Step("pejabat baru", "sekretaris", "pejabat/jabatan?kantor=kota-bengkulu"),
        Step("akhiri", "sekretaris", "pejabat/akhiri/jabatan/1"),
        Step("siklus, tidak ada yang berhak", "admin", f"siklus/{stuck}", opened),
        *request_steps(airflow, tmp_path),
        *own_form_steps(archive, airflow),
        Step("tab tugas", "analis", "formulir?dag_id=a&run_id=b&task_id=approval.round_1.await_decision"),
        Step("tidak ditemukan", "analis", "siklus/9999"),
    ]


def _delegation(username: str, name: str, start: int) -> Delegation:
    begin = utc_now().date() + timedelta(days=start)
    return Delegation(
        office="kota-bengkulu", role="kasubbag", kind="plh", principal="kasubbag", username=username,
        airflow_user_id=username, name=name, letter_number="12/ST/2026", letter_date=begin,
        valid_from=begin, valid_until=begin + timedelta(days=5), recorded_at=NOW, recorded_by="sekretaris",
    )  # fmt: skip


def _capture(form: dict[str, Any]) -> dict[str, Any]:
    task = {**form["task_instance"], "task_id": "upload.capture_facebook"}
    return {"task_instance": task, "options": ["Kirim tangkapan layar", "Tanpa tangkapan layar"]}


def _posts_of_the_account(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    class Account:
        def recent_posts(self, since: Any) -> list[FoundPost]:
            return [FoundPost("8", "Lain", NOW, f"{platform}/x.com/kpukotabengkulu/status/8")]

    monkeypatch.setattr("medsos.web.uploads.recent_posts.client_for", lambda *args, **kwargs: Account())


FOCUSABLE = (
    "a[href], button:not([aria-hidden=true]), input:not([type=hidden]), select, textarea, summary, "
    "video[controls], [tabindex='0']"
)

REACHABLE = (
    "selector => { const radios = new Set(); let found = 0; window.stops = [];"
    " for (const part of document.querySelectorAll(selector)) {"
    "  if (part.disabled || !part.checkVisibility({visibilityProperty: true})) continue;"
    "  if (part.type === 'radio') {"
    "   if (radios.has(part.name)) continue;"
    "   radios.add(part.name);"
    '   const on = document.querySelector(`input[name="${part.name}"]:checked`);'
    "   window.stops.push(on || part);"
    "  } else window.stops.push(part);"
    " } return window.stops.length; }"
)
"""Notes what Tab should stop at, in the order of the document; of a group of choices only one."""

FOCUSED = (
    "() => { const part = document.activeElement; if (!part || part === document.body) return null;"
    " const shown = [part, part.closest('.picker')?.querySelector('label')].filter(Boolean).some(one => {"
    "  const style = getComputedStyle(one);"
    "  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; });"
    " return [window.stops.indexOf(part), shown, part.outerHTML.slice(0, 120)]; }"
)


def with_the_keyboard(page: Page) -> list[str]:
    """What Tab does not reach, reaches out of order, or shows no focus on."""
    page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
    expected = page.evaluate(REACHABLE, FOCUSABLE)
    page.evaluate("() => document.body.insertAdjacentHTML('afterbegin', '<i id=awal tabindex=-1></i>')")
    page.evaluate("() => document.getElementById('awal').focus()")
    reached, wrong, last = [], [], None
    for _ in range(4 * expected + 10):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is None:
            break
        place, shown, what = found
        if place == last:
            continue
        if reached and place <= reached[-1] and place == 0:
            break
        last = place
        if place in reached:
            break
        reached.append(place)
        if not shown:
            wrong.append(f"no visible focus: {what}")
    if reached != list(range(expected)):
        missing = sorted(set(range(expected)) - set(reached))
        names = [page.evaluate("n => window.stops[n].outerHTML.slice(0, 120)", n) for n in missing]
        wrong.append(f"order {reached} of {expected}; not reached: {names}")
    return wrong


def violations(page: Page) -> list[str]:
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: {node['html'][:160]}"
        for found in Axe().run(page).response["violations"]
        if found["impact"] in BAD
        for node in found["nodes"]
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_usable_with_a_screen_reader_and_the_keyboard(
    browser: Browser, site: Site, steps: list[Step], rendered: set[str], size: str
) -> None:
    wrong: dict[str, list[str]] = {}
    for step in steps:
        site.who = step.who
        window = browser.new_context(viewport=SIZES[size])
        page = window.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"http://127.0.0.1:{site.port}/medsos/{step.path}")
        step.do(page)
        found = violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > SIZES[size]["width"]:
            found.append(f"wider than the window: {width}")
        found += with_the_keyboard(page)
        if found:
            wrong[step.name] = found
        window.close()
    assert wrong == {}
    every = {item.name for item in (files("medsos.web") / "templates").iterdir()}
    assert rendered - PARTS == every - PARTS


FAULTY = (
    "<main><p style='color: #999; background: #aaa'>Hampir tidak terbaca</p><input type=text>"
    "<button style='outline: none'>Tanpa tanda</button><a href='#x' tabindex='-1'>Tidak tercapai</a></main>"
)


def test_these_checks_do_find_what_is_wrong(browser: Browser) -> None:
    window = browser.new_context(viewport=SIZES["phone"])
    page = window.new_page()
    page.set_content(f"<!doctype html><html lang=id><title>Uji</title><body>{FAULTY}</body></html>")
    assert {line.split(" ")[0] for line in violations(page)} == {"color-contrast", "label"}
    told = " ".join(with_the_keyboard(page))
    assert "no visible focus: <button" in told
    assert "not reached: ['<a href" in told
    window.close()
