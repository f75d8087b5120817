"""The page *Pejabat*: all read it, Sekretaris and system admin change it, nobody appoints themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from airflow_stand_in import ACCOUNTS, Airflow
from fastapi.testclient import TestClient
from httpx import Response
from page_reading import Visit, text_of
from sqlalchemy import select
from web_samples import new_cycle, office_with_people

from medsos.approval.officials import holders, sync_officials, who_may_decide
from medsos.offices.model import Office, load_office
from medsos.settings import load_settings
from medsos.store.models import AuditEntry, Cycle, Delegation, Official
from medsos.store.session import transaction
from medsos.web.officials.accounts import Account

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(load_office(load_settings().offices_dir, "kota-bengkulu").zone).date()
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def day(offset: int) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


PLH = {
    "kantor": "kota-bengkulu",
    "peran": "kasubbag",
    "jenis": "plh",
    "orang": "",
    "nama_masuk": "wakil",
    "nama": "Wakil Rahmawati",
    "nomor_surat": "12/ST/2026",
    "tanggal_surat": day(-1),
    "mulai": day(0),
    "sampai": day(6),
}


@pytest.fixture(autouse=True)
def office(home: object) -> Office:
    office_with_people()
    return load_office(load_settings().offices_dir, "kota-bengkulu")


def token(browser: TestClient) -> str:
    page = browser.get("/medsos/pejabat/delegasi?kantor=kota-bengkulu").text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


def send(browser: TestClient, path: str, fields: dict[str, str], step: str = "periksa") -> Response:
    given = {**fields, "langkah": step, "token": token(browser)}
    return browser.post(f"/medsos/pejabat/{path}", data=given, headers=SAME_SITE)


def record(browser: TestClient, **values: str) -> None:
    answer = send(browser, "delegasi", {**PLH, **values}, "simpan")
    assert answer.status_code == 303, text_of(answer.text)


def delegations() -> list[Delegation]:
    with transaction() as session:
        return list(session.scalars(select(Delegation).order_by(Delegation.id)))


def entitled(on: date | None = None) -> list[str]:
    with transaction() as session:
        return [
            h.username
            for h in holders(
                session, "kota-bengkulu", "kasubbag", on or TODAY, at=None if on else datetime.now(UTC)
            )
        ]


def last_audit() -> AuditEntry:
    with transaction() as session:
        return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


@pytest.mark.parametrize("person", ["admin", "kasubbag", "sekretaris", "analis"])
def test_everybody_in_the_office_may_read_who_holds_which_role(visit: Visit, person: str) -> None:
    page = visit(person).get("/medsos/pejabat")
    assert page.status_code == 200
    assert "Kasubbag Teknis PP, Parhubmas Kasubbag (contoh)" in text_of(page.text)
    assert ("Catat delegasi" in page.text) == (person == "sekretaris")
    assert ("Akhiri" in page.text) == (person == "sekretaris")


@pytest.mark.parametrize("person", ["admin", "kasubbag", "analis", "orang-lain"])
def test_nobody_else_may_change_anything(visit: Visit, person: str) -> None:
    browser = visit(person)
    for path in ("delegasi?kantor=kota-bengkulu", "jabatan?kantor=kota-bengkulu", "akhiri/jabatan/1"):
        assert browser.get(f"/medsos/pejabat/{path}").status_code == 403
    stolen = {**PLH, "langkah": "simpan", "token": token(visit("sekretaris"))}
    for path in ("delegasi", "jabatan", "akhiri/jabatan/1", "akun"):
        assert browser.post(f"/medsos/pejabat/{path}", data=stolen, headers=SAME_SITE).status_code == 403
    assert delegations() == []
    assert entitled() == ["kasubbag"]


def test_a_delegation_is_confirmed_recorded_with_its_letter_and_counts_at_once(visit: Visit) -> None:
    browser = visit("sekretaris")
    asked = send(browser, "delegasi", PLH)
    said = text_of(asked.text)
    assert "Wakil Rahmawati bertindak sebagai Plh. Kasubbag Teknis PP, Parhubmas" in said
    assert "berdasarkan surat 12/ST/2026" in said
    assert "belum ada di Airflow" in said
    assert delegations() == []
    record(browser)
    (row,) = delegations()
    assert (row.username, row.principal, row.kind, row.letter_number) == (
        "wakil",
        "kasubbag",
        "plh",
        "12/ST/2026",
    )
    assert (row.recorded_by, row.valid_from, row.valid_until) == (
        "sekretaris",
        TODAY,
        TODAY + timedelta(days=6),
    )
    assert entitled() == ["kasubbag", "wakil"]
    entry = last_audit()
    assert (entry.actor, entry.action, entry.before) == ("sekretaris", "delegation.recorded", {})
    assert entry.after["letter_date"] == day(-1)
    page = text_of(browser.get("/medsos/pejabat").text)
    assert "Plh. Wakil Rahmawati" in page
    assert "surat 12/ST/2026" in page
    assert "dicatat oleh Sekretaris (contoh)" in page


def test_the_system_s_admin_may_record_one_too(visit: Visit) -> None:
    record(visit("pengelola", is_system_admin=True), orang="sekretaris", nama_masuk="", nama="")
    assert entitled() == ["kasubbag", "sekretaris"]


def test_who_stands_in_for_the_sekretaris_keeps_the_officials_meanwhile_but_not_their_own_term(
    visit: Visit,
) -> None:
    assert "Catat delegasi" not in visit("wakil").get("/medsos/pejabat").text
    record(visit("sekretaris"), peran="sekretaris")
    record(visit("wakil"), nama_masuk="lain", nama="Orang Lain")
    assert [row.recorded_by for row in delegations()] == ["sekretaris", "wakil"]
    own = send(visit("wakil"), "delegasi", {**PLH, "peran": "sekretaris", "mulai": day(7), "sampai": day(9)})
    assert "menunjuk diri sendiri" in own.text
    path = f"akhiri/delegasi/{delegations()[0].id}"
    assert send(visit("sekretaris"), path, {"kapan": "sekarang"}, "simpan").status_code == 303
    assert visit("wakil").get("/medsos/pejabat/delegasi?kantor=kota-bengkulu").status_code == 403


@pytest.mark.parametrize(
    ("field", "values", "sentence"),
    [
        ("peran", {"peran": "analis"}, "Pilih peran yang didelegasikan"),
        ("jenis", {"jenis": "pjs"}, "Pilih Plh. atau Plt."),
        ("nama_masuk", {"nama_masuk": ""}, "Pilih orangnya"),
        ("nama_masuk", {"nama_masuk": "../wakil"}, "Nama masuk hanya berisi"),
        ("nama", {"nama": ""}, "Isi nama lengkapnya"),
        ("nomor_surat", {"nomor_surat": " "}, "Isi nomor surat"),
        ("tanggal_surat", {"tanggal_surat": ""}, "Pilih tanggal suratnya"),
        ("tanggal_surat", {"tanggal_surat": day(1)}, "Tanggal surat belum tiba"),
        ("tanggal_surat", {"tanggal_surat": "kemarin"}, "Tanggal ini tidak dikenali"),
        ("mulai", {"mulai": day(-1)}, "tidak berlaku surut"),
        ("sampai", {"sampai": ""}, "Pilih hari terakhir"),
        ("sampai", {"mulai": day(5), "sampai": day(4)}, "Hari terakhir mendahului"),
        ("sampai", {"sampai": day(365)}, "paling lama satu tahun"),
        ("orang", {"orang": "analis"}, "Pilih salah satu"),
        ("orang", {"orang": "sekretaris", "nama_masuk": "", "nama": ""}, "menunjuk diri sendiri"),
        ("nama_masuk", {"nama_masuk": "Sekretaris"}, "menunjuk diri sendiri"),
        ("orang", {"orang": "kasubbag", "nama_masuk": "", "nama": ""}, "sudah memegang peran ini"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    visit: Visit, field: str, values: dict[str, str], sentence: str
) -> None:
    given = {**PLH, **values}
    for step in ("periksa", "simpan"):
        answer = send(visit("sekretaris"), "delegasi", given, step)
        assert answer.status_code == 422
        assert re.search(rf'id="salah-{field}">[^<]*{re.escape(sentence)}', answer.text), text_of(answer.text)
        assert f'aria-describedby="salah-{field}"' in answer.text
        assert given["nomor_surat"].strip() in answer.text
        assert delegations() == []


def test_typed_markup_is_shown_as_text(visit: Visit) -> None:
    hostile = '"><script>alert(1)</script>{{ 7*7 }}'
    answer = send(visit("sekretaris"), "delegasi", {**PLH, "nama": hostile, "nomor_surat": hostile})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert hostile in unescape(answer.text)
    record(visit("sekretaris"), nama=hostile)
    page = visit("analis").get("/medsos/pejabat").text
    assert "<script>alert" not in page
    assert hostile in unescape(page)


def test_a_plh_needs_somebody_to_stand_in_for_and_a_plt_does_not(visit: Visit) -> None:
    with transaction() as session:
        session.scalars(select(Official).where(Official.role == "kasubbag")).one().valid_until = (
            TODAY - timedelta(1)
        )
    answer = send(visit("sekretaris"), "delegasi", PLH)
    assert "yang tepat adalah Plt." in answer.text
    record(visit("sekretaris"), jenis="plt")
    (row,) = delegations()
    assert row.principal == "Kasubbag Teknis PP, Parhubmas"
    assert entitled() == ["wakil"]


def test_the_same_person_is_not_delegated_twice_and_a_second_one_is_named(visit: Visit) -> None:
    record(visit("sekretaris"))
    again = send(visit("sekretaris"), "delegasi", {**PLH, "mulai": day(3), "sampai": day(9)}, "simpan")
    assert "sudah menjadi Plh." in again.text
    assert len(delegations()) == 1
    other = send(visit("sekretaris"), "delegasi", {**PLH, "nama_masuk": "lain", "nama": "Orang Lain"})
    assert "Pada masa itu Wakil Rahmawati juga Plh." in text_of(other.text)
    record(visit("sekretaris"), mulai=day(7), sampai=day(9))
    assert len(delegations()) == 2


def test_the_confirmation_and_the_page_say_which_cycles_the_delegate_made(
    visit: Visit, office: Office
) -> None:
    cycle_id = new_cycle("Rapat Pleno Terbuka")
    admin = {**PLH, "orang": "admin", "nama_masuk": "", "nama": ""}
    said = text_of(send(visit("sekretaris"), "delegasi", admin).text)
    assert f"ikut membuat siklus {cycle_id} (Rapat Pleno Terbuka), jadi tidak dapat memutuskan" in said
    assert "anggota tim pembuat konten" in said
    record(visit("sekretaris"), orang="admin", nama_masuk="", nama="")
    assert f"Tidak dapat memutuskan siklus {cycle_id}" in text_of(visit("analis").get("/medsos/pejabat").text)
    with transaction() as session:
        cycle = session.get_one(Cycle, cycle_id)
        deciders = who_may_decide(session, cycle, datetime.now(UTC), office.zone)
    assert [h.username for h in deciders.entitled] == ["kasubbag"]
    assert [h.username for h in deciders.excluded] == ["admin"]


def test_ending_a_delegation_at_once_leaves_what_was_decided_before_it(visit: Visit, office: Office) -> None:
    record(visit("sekretaris"))
    during = datetime.now(UTC)
    path = f"akhiri/delegasi/{delegations()[0].id}"
    browser = visit("sekretaris")
    assert send(browser, path, {}).status_code == 422
    asked = send(browser, path, {"kapan": "sekarang"})
    assert "tetap sah" in asked.text
    assert send(browser, path, {"kapan": "sekarang"}, "simpan").status_code == 303
    assert entitled() == ["kasubbag"]
    with transaction() as session:
        before = holders(session, "kota-bengkulu", "kasubbag", TODAY, at=during)
    assert [h.username for h in before] == ["kasubbag", "wakil"]
    entry = last_audit()
    assert (entry.actor, entry.action) == ("sekretaris", "delegation.ended")
    assert entry.before["ended_at"] is None
    assert entry.after["ended_at"] is not None
    assert "Yang sudah berakhir (1)" in browser.get("/medsos/pejabat").text
    assert browser.get(f"/medsos/pejabat/{path}").status_code == 404


def test_ending_on_a_day_to_come_keeps_it_until_then(visit: Visit) -> None:
    record(visit("sekretaris"))
    path = f"akhiri/delegasi/{delegations()[0].id}"
    for wrong in (day(-1), day(6), ""):
        answer = send(visit("sekretaris"), path, {"kapan": "nanti", "sampai": wrong}, "simpan")
        assert answer.status_code == 422
        assert 'id="salah-sampai"' in answer.text
    assert send(visit("sekretaris"), path, {"kapan": "nanti", "sampai": day(2)}, "simpan").status_code == 303
    assert entitled(TODAY + timedelta(days=2)) == ["kasubbag", "wakil"]
    assert entitled(TODAY + timedelta(days=3)) == ["kasubbag"]


def test_officials_of_the_page_survive_the_office_s_file_and_its_own_are_not_revived(
    visit: Visit, office: Office
) -> None:
    new = {
        "kantor": "kota-bengkulu", "peran": "kasubbag", "nama_masuk": "baru", "nama": "Kasubbag Baru",
        "jabatan": "Kasubbag Teknis", "mulai": day(0), "sampai": "",
    }  # fmt: skip
    asked = text_of(send(visit("sekretaris"), "jabatan", new).text)
    assert "Kasubbag (contoh), tetap memegangnya sampai masanya diakhiri" in asked
    assert send(visit("sekretaris"), "jabatan", new, "simpan").status_code == 303
    with transaction() as session:
        old = session.scalars(select(Official).where(Official.username == "kasubbag")).one()
    assert (
        send(visit("sekretaris"), f"akhiri/jabatan/{old.id}", {"kapan": "sekarang"}, "simpan").status_code
        == 303
    )
    assert entitled() == ["baru"]
    with transaction() as session:
        assert sync_officials(session, office, now=datetime.now(UTC), user_ids={"baru": "17"}) == []
        (holder,) = holders(session, "kota-bengkulu", "kasubbag", TODAY, at=datetime.now(UTC))
    assert (holder.username, holder.airflow_user_id) == ("baru", "17")


def test_an_account_made_later_is_found_by_looking_again(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(visit("sekretaris"))
    browser = visit("sekretaris")
    assert "belum ada di Airflow" in browser.get("/medsos/pejabat").text
    monkeypatch.setitem(ACCOUNTS, "wakil", Account("31", may_answer=True))
    answer = browser.post(
        "/medsos/pejabat/akun", data={"kantor": "kota-bengkulu", "token": token(browser)}, headers=SAME_SITE
    )
    assert answer.status_code == 303
    assert delegations()[0].airflow_user_id == "31"
    assert "belum ada di Airflow" not in browser.get("/medsos/pejabat").text


def test_a_form_from_elsewhere_or_too_old_changes_nothing_and_keeps_what_was_typed(visit: Visit) -> None:
    browser = visit("sekretaris")
    good = {**PLH, "langkah": "simpan", "token": token(browser)}
    for data, headers in (
        ({**good, "token": "1.salah"}, SAME_SITE),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Origin": "https://jahat.example"}),
    ):
        answer = browser.post("/medsos/pejabat/delegasi", data=data, headers=headers)
        assert answer.status_code == 403
        assert 'value="12/ST/2026"' in answer.text
    assert delegations() == []


def test_going_back_from_the_confirmation_shows_what_was_typed(visit: Visit) -> None:
    answer = send(visit("sekretaris"), "delegasi", PLH, "kembali")
    assert 'value="12/ST/2026"' in answer.text
    assert re.search(r'name="jenis" value="plh" checked', answer.text)


def test_an_office_that_one_may_not_read_does_not_exist(visit: Visit) -> None:
    browser = visit("sekretaris", lambda _: False)
    for path in ("", "/delegasi?kantor=kota-bengkulu", "/akhiri/jabatan/1", "?kantor=tidak-ada"):
        assert browser.get(f"/medsos/pejabat{path}").status_code == 404


def test_forms_that_wait_are_given_to_the_new_people_after_a_change_and_only_then(
    visit: Visit, airflow: Airflow
) -> None:
    send(visit("sekretaris"), "delegasi", PLH)
    send(visit("sekretaris"), "delegasi", {**PLH, "nomor_surat": ""}, "simpan")
    assert airflow.reassigned == []
    record(visit("sekretaris"))
    assert airflow.reassigned == ["kota-bengkulu"]
    path = f"akhiri/delegasi/{delegations()[0].id}"
    assert send(visit("sekretaris"), path, {"kapan": "sekarang"}, "simpan").status_code == 303
    assert airflow.reassigned == ["kota-bengkulu"] * 2


def test_a_cycle_that_nobody_may_decide_says_so_on_its_page(visit: Visit, waiting: int) -> None:
    assert "berhak memutuskan" not in visit("analis").get(f"/medsos/siklus/{waiting}").text
    with transaction() as session:
        session.get_one(Cycle, waiting).requester = "kasubbag"
    page = visit("analis").get(f"/medsos/siklus/{waiting}").text
    assert "Kasubbag (contoh) berwenang memutuskan, tetapi ikut membuat materi ini" in page
    assert 'href="/medsos/pejabat?kantor=kota-bengkulu"' in page
