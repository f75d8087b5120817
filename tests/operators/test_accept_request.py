"""A request that nobody could approve is refused before it becomes a cycle."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import func, select

from builders import NOW
from medsos.approval.officials import sync_officials
from medsos.offices.model import load_office
from medsos.operators.request import AcceptRequestOperator
from medsos.publishing.ledger import open_publication
from medsos.settings import load_settings
from medsos.store.models import AuditEntry, Cycle, Material, StepEvent
from medsos.store.session import transaction

REQUEST = {
    "title": "Sosialisasi",
    "content_type": "sosialisasi_tahapan",
    "body": "Isi konten.",
    "channels": ["web"],
}


@pytest.fixture
def office(home: Path) -> None:
    with transaction() as session:
        sync_officials(session, load_office(load_settings().offices_dir, "kota-bengkulu"), now=NOW)


def accept(requester: str, run_id: str = "r1", **values: object) -> int:
    task = AcceptRequestOperator(task_id="accept_request", office="kota-bengkulu", clock=lambda: NOW)
    run = SimpleNamespace(
        dag_id="content_cycle__kota_bengkulu", run_id=run_id, triggering_user_name=requester
    )
    return task.execute({"dag_run": run, "params": {**REQUEST, **values}})


@pytest.mark.usefixtures("office")
def test_the_only_kasubbag_cannot_request_what_nobody_else_could_approve() -> None:
    with pytest.raises(AirflowFailException, match="Tidak ada yang berhak menyetujui"):
        accept("kasubbag")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Cycle)) == 0


@pytest.mark.usefixtures("office")
def test_running_the_task_again_finds_the_same_cycle() -> None:
    assert accept("admin") == accept("admin")
    assert accept("admin", "r2", title="Sosialisasi kedua") != accept("admin")
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Cycle)) == 2


@pytest.mark.usefixtures("office")
def test_the_same_request_in_a_second_run_is_refused_and_names_the_cycle_that_is_there() -> None:
    first = accept("admin")
    with pytest.raises(AirflowFailException, match=f"sudah menjadi siklus {first}"):
        accept("admin", "r2")
    with transaction() as session:
        assert session.scalars(select(Cycle.run_id)).all() == ["r1"]


@pytest.mark.usefixtures("office")
def test_a_rejected_request_may_be_made_again_and_a_repetition_on_another_day_too() -> None:
    first = accept("admin")
    with transaction() as session:
        session.get_one(Cycle, first).status = "ditolak"
    second = accept("admin", "r2")
    with transaction() as session:
        session.get_one(Cycle, second).requested_at = NOW - timedelta(hours=25)
    assert accept("admin", "r3") > second


@pytest.mark.usefixtures("office")
def test_a_try_that_died_between_its_two_transactions_is_finished_by_the_next(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    intake = home / "masuk" / "kota-bengkulu"
    intake.mkdir(parents=True)
    Image.new("RGB", (640, 480), "maroon").save(intake / "foto.jpg")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr("medsos.operators.request._archived", die)
        with pytest.raises(KeyboardInterrupt):
            accept("admin", materials=["foto.jpg"])
    cycle_id = accept("admin", materials=["foto.jpg"])
    with transaction() as session:
        assert session.scalars(select(Cycle.id)).all() == [cycle_id]
        assert session.scalars(select(Material.original_name)).all() == ["foto.jpg"]
        events = session.scalars(select(StepEvent.event).order_by(StepEvent.id)).all()
        opened = session.scalars(select(AuditEntry).where(AuditEntry.action == "cycle.opened")).all()
    assert events == ["started", "finished"]
    assert len(opened) == 1


@pytest.mark.usefixtures("office")
def test_a_broken_office_file_refuses_with_its_line_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data" / "offices" / "kota-bengkulu"
    data.mkdir(parents=True)
    (data / "office.yaml").write_text("slug: kota-bengkulu\nnama: salah\n", encoding="utf-8")
    monkeypatch.setenv("MEDSOS_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(AirflowFailException, match=r"office\.yaml baris 2, kunci nama"):
        accept("admin")


@pytest.mark.usefixtures("office")
def test_a_legal_product_that_is_out_already_is_refused_before_anybody_works_on_it(home: Path) -> None:
    from PIL import Image

    intake = home / "masuk" / "kota-bengkulu"
    intake.mkdir(parents=True)
    Image.new("RGB", (640, 900), "white").save(intake / "keputusan.pdf")
    legal = {
        "content_type": "produk_hukum",
        "materials": ["keputusan.pdf"],
        "document_number": "12 Tahun 2026",
        "document_date": "2026-11-20",
    }
    first = accept("admin", **legal)
    with transaction() as session:
        open_publication(
            session, cycle_id=first, channel="web", seal="a" * 64, mode="api", now=NOW
        ).state = "published"
    assert accept("admin", **legal) == first
    with pytest.raises(AirflowFailException, match=f"sudah tayang pada siklus {first} dan terkunci"):
        accept("admin", "r2", **legal)
