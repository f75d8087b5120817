"""Script tags and template syntax in every text are shown as text; other people's cycles are not found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from airflow_stand_in import Airflow
from approval_form_kit import send
from fastapi.testclient import TestClient
from pages_in_browser import chromium, served
from playwright.sync_api import Browser
from upload_page_kit import waits_for
from web_samples import CAPTIONS, DAG, asked, design_round, new_cycle, office_with_people, tell

from builders import NOW, publication_row
from medsos.evidence.archive import Archive
from medsos.store.audit import append_audit
from medsos.store.models import Approval, Cycle, FormAnswer, Minutes
from medsos.store.session import transaction
from medsos.web.app import create_app

Visit = Callable[..., TestClient]

HIT = "window.__kena=1"
EVIL = (
    f'<script>{HIT}</script>"\'><img src=x onerror="{HIT}"><svg onload={HIT}>'
    f'</textarea></title></style><iframe srcdoc="<script>parent.__kena=1</script>"></iframe>'
    "{{7*7}}{% raise %}{{''.__class__}}${7*7}<%= 7*7 %>"
)
VISIBLE = "{{7*7}}{% raise %}{{''.__class__}}${7*7}<%= 7*7 %>"
ADDRESS = f"javascript:{HIT}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def hostile(archive: Archive, airflow: Airflow) -> int:
    """A cycle in which everything that somebody can type is an attack; its second round waits in step 3."""
    office_with_people()
    cycle_id = evil_cycle(archive, rounds=2)
    with transaction() as session:
        session.add(evil_decision(cycle_id, "revisi"))
    airflow.forms.append(asked(cycle_id, "approval.round_2.await_decision", subject=EVIL))
    return cycle_id


@pytest.fixture
def uploading(archive: Archive, airflow: Airflow, hostile: int) -> int:
    """Another one, in step 4."""
    cycle_id = evil_cycle(archive, rounds=1)
    with transaction() as session:
        session.add(evil_decision(cycle_id, "setuju"))
        for channel, state in (("facebook", "needs_person"), ("x", "published"), ("web", "rejected")):
            session.add(
                publication_row(
                    cycle_id, channel, mode="manual", state=state, permalink=ADDRESS, problem=EVIL,
                    commit_started_at=NOW, published_at=NOW,
                )
            )  # fmt: skip
    tell(cycle_id, "upload.publish_web", "started failed", minutes=30)
    airflow.forms.append(waits_for(cycle_id))
    return cycle_id


def evil_cycle(archive: Archive, *, rounds: int) -> int:
    cycle_id = new_cycle(
        EVIL,
        kahar=True,
        kahar_reason=EVIL,
        requester=EVIL,
        request={"body": EVIL, "place": EVIL, "document_number": EVIL},
    )
    for round_no in range(1, rounds + 1):
        design_round(
            archive, cycle_id, round_no, headline=EVIL, alt_text=EVIL, notes=(EVIL,),
            captions=dict.fromkeys(CAPTIONS, f"{EVIL} {round_no}"),
        )  # fmt: skip
    with transaction() as session:
        session.query(Minutes).update({"attendees": EVIL, "decision": EVIL})
        session.add(
            FormAnswer(
                cycle_id=cycle_id, task_id="design.plan_content", round=0, option=EVIL,
                answers={EVIL: EVIL}, answered_by=EVIL, answered_at=NOW, accepted=False, problem=EVIL,
            )
        )  # fmt: skip
        append_audit(
            session, at=NOW, actor=EVIL, action=EVIL[:50], subject=EVIL, cycle_id=cycle_id,
            before={EVIL: EVIL, "state": EVIL}, after={EVIL: EVIL, "published_at": EVIL, "channels": [EVIL]},
        )  # fmt: skip
        append_audit(
            session, at=NOW + timedelta(minutes=1), actor=EVIL, action="publication.cancelled", subject=EVIL,
            cycle_id=cycle_id, after={"answer": EVIL},
        )  # fmt: skip
    return cycle_id


def evil_decision(cycle_id: int, decision: str) -> Approval:
    return Approval(
        cycle_id=cycle_id, round=1, seal="a" * 64, decision=decision, decided_by=EVIL, on_behalf_of=EVIL,
        decided_at=NOW, note=EVIL,
    )  # fmt: skip


PAGES = [
    "perlu-tindakan",
    "siklus",
    "siklus/{id}",
    "siklus/{up}",
    "siklus/{up}?jejak=unggahan",
    "persetujuan/{id}/1",
    "persetujuan/{id}/2",
    "unggahan/{up}/facebook",
    "unggahan/{up}/x",
    "evaluasi",
    "evaluasi?masa=semua",
    "arsip-siklus?cari=script",
    "arsip-siklus?cari=%3Cscript%3Ewindow.__kena%3D1%3C%2Fscript%3E%22%3E%3Cimg+src%3Dx%3E%7B%7B7*7%7D%7D",
]


@pytest.mark.parametrize("person", ["kasubbag", "admin"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_typed_is_executed_on_any_page(
    browser: Browser, airflow: Airflow, hostile: int, uploading: int, path: str, person: str
) -> None:
    with served(airflow, person) as address:
        window = browser.new_context()
        page = window.new_page()
        told: list[str] = []
        page.on("dialog", lambda dialog: (told.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: told.append(f"error {error}"))
        page.on(
            "console",
            lambda line: told.append(line.text) if "Content Security Policy" in line.text else None,
        )
        answer = page.goto(f"{address}/{path.format(id=hostile, up=uploading)}", wait_until="load")
        assert answer is not None
        assert answer.status == 200
        injected = "script:not([src]), img[src=x], svg[onload], iframe, [onerror], a[href^='javascript']"
        assert page.locator(injected).count() == 0
        assert page.evaluate("window.__kena") is None
        assert told == []
        if "{" in path:
            assert VISIBLE in page.content().replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")
        window.close()


def test_a_note_of_the_kasubbag_goes_through_letter_by_letter_and_is_shown_as_text(
    visit: Visit, waiting: int, airflow: Airflow
) -> None:
    """Typed into our own form, asked back, confirmed, and told to Airflow."""
    browser = visit("kasubbag")
    asked_back = send(browser, waiting, keputusan="Revisi", catatan=EVIL)
    assert asked_back.status_code == 200
    assert "<script>window" not in asked_back.text
    assert "{{7*7}}{% raise %}" in asked_back.text
    send(browser, waiting, keputusan="Revisi", catatan=EVIL, yakin="ya")
    ((_, option, values),) = airflow.answers
    assert (option, values["catatan"]) == ("Revisi", EVIL)


def routes_of_cycles() -> list[str]:
    """Every page and file of ours that is about one cycle and can be asked for with GET."""
    return sorted(
        route.path
        for route in create_app().routes
        if "{cycle_id}" in getattr(route, "path", "") and "GET" in getattr(route, "methods", ())
    )


def test_there_are_pages_about_cycles() -> None:
    assert len(routes_of_cycles()) >= 4


@pytest.mark.parametrize("path", routes_of_cycles())
@pytest.mark.parametrize(
    "number", ["own", "999999", "-1", "0", "1e3", "%27%20OR%201=1", "9" * 30, "2147483648"]
)
def test_other_peoples_cycles_and_invented_numbers_are_not_found(
    visit: Visit, waiting: int, path: str, number: str
) -> None:
    """`own` exists, but Airflow does not show that DAG to the visitor."""
    wanted = path.replace("{cycle_id}", str(waiting) if number == "own" else number)
    wanted = re.sub(r"\{(round_no|nomor)\}", "1", wanted)
    wanted = re.sub(r"\{\w+(:\w+)?\}", "facebook", wanted)
    answer = visit("kasubbag", lambda dag: dag != DAG).get(f"/medsos{wanted}")
    assert answer.status_code in (403, 404), wanted
    assert "Simulasi Pemungutan" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["arsip-siklus?halaman=-5", "arsip-siklus?halaman=99999999999999999999", "arsip-siklus?cari=%00%FF",
     "arsip-siklus?bulan=9999-12", "arsip-siklus?bulan=0000-01", "arsip-siklus?bulan=0001-01",
     "siklus/1?jejak=../../etc",
     "arsip-siklus?kanal=x%27%3B--&jenis=%3Cscript%3E", "arsip-siklus?cari=" + "a" * 5000],
)  # fmt: skip
def test_strange_addresses_break_nothing(visit: Visit, waiting: int, path: str) -> None:
    assert visit("kasubbag").get(f"/medsos/{path}").status_code in (200, 404)


def test_the_hostile_cycle_can_be_packed_and_stays_in_its_folder(visit: Visit, hostile: int) -> None:
    with transaction() as session:
        session.get_one(Cycle, hostile).title = EVIL
    answer = visit("kasubbag").get(f"/medsos/siklus/{hostile}/paket.zip")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="siklus-000001-contoh.zip"'
