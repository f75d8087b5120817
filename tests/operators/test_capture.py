"""The screenshot of an upload: by the system, or by the admin with the platform's data kept meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from builders import NOW, make_cycle, publication_row
from medsos.approval.officials import sync_officials
from medsos.channels.base import FoundPost
from medsos.errors import EvidenceError, Transient
from medsos.offices.model import load_office
from medsos.operators.cycle import CycleRun
from medsos.operators.evidence import SEND, TRIES_ALONE, WITHOUT, CaptureOperator
from medsos.operators.forms import Answer
from medsos.operators.handed_in import keep_screenshot_of_person, kept_name
from medsos.operators.parked_form import Form
from medsos.settings import load_settings
from medsos.store.models import Approval, AuditEntry, Evidence, FormAnswer, Publication
from medsos.store.session import transaction
from social_pages import social_pages


class Capture(CaptureOperator):
    """Notes the form instead of parking, for which Airflow would be needed."""

    asked: Form | None = None

    def ask(self, run: CycleRun, context: Any) -> None:
        object.__setattr__(self, "asked", self.form(run))


class Client:
    """What the platform's API tells; `None` for an API that is down."""

    def __init__(self, found: FoundPost | None, permalink: str | None = None) -> None:
        self.found, self.address = found, permalink

    def read_back(self, post_id: str) -> FoundPost:
        if self.found is None:
            raise Transient("Facebook sedang tidak menjawab.")
        return self.found

    def permalink(self, post_id: str) -> str | None:
        return self.address


@pytest.fixture
def platform() -> Iterator[str]:
    with social_pages() as address:
        yield f"{address}/facebook.com"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Client:
    client = Client(FoundPost("1_2", "Rapat pleno", NOW, None, {"id": "1_2"}))
    monkeypatch.setattr("medsos.hooks.client_for", lambda *args, **kwargs: client)
    return client


def published(home: Path, permalink: str | None, **values: Any) -> Publication:
    """A cycle that is up on Facebook."""
    cycle_id = make_cycle(request={
        "title": "Rapat", "content_type": "sosialisasi_tahapan", "body": "Isi.", "channels": ["facebook"],
    })  # fmt: skip
    with transaction() as session:
        sync_officials(session, load_office(load_settings().offices_dir, "kota-bengkulu"), now=NOW)
        session.add(
            Approval(
                cycle_id=cycle_id, round=1, seal="a" * 64, decision="setuju", decided_by="k", decided_at=NOW
            )
        )
        known = {"post_id": "1_2", "published_at": NOW, "permalink": permalink}
        row = publication_row(cycle_id, "facebook", **{**known, **values})
        session.add(row)
        session.flush()
        return row


def task(row: Publication) -> Capture:
    return Capture(
        task_id="upload.capture_facebook",
        office="kota-bengkulu",
        cycle_id=str(row.cycle_id),
        channel="facebook",
    )


def execute(operator: Capture, *, try_number: int = 1) -> Any:
    return operator.execute({"ti": SimpleNamespace(try_number=try_number)})


def run_of(row: Publication) -> CycleRun:
    return CycleRun(row.cycle_id, "kota-bengkulu", "upload.capture_facebook", channel="facebook")


def answer(option: str, **values: str) -> Answer:
    return Answer(option, values, "admin", NOW + timedelta(minutes=9))


def proofs() -> list[Evidence]:
    with transaction() as session:
        return session.query(Evidence).order_by(Evidence.id).all()


def test_a_public_post_is_photographed_and_nobody_is_asked(home: Path, platform: str, api: Client) -> None:
    row = published(home, f"{platform}/kpu/posts/2")
    operator = task(row)
    evidence_id = execute(operator)
    (proof,) = proofs()
    assert (proof.id, proof.kind, operator.asked) == (evidence_id, "screenshot", None)


def test_behind_a_login_the_platform_s_data_is_kept_and_the_admin_is_asked_at_once(
    home: Path, platform: str, api: Client
) -> None:
    row = published(home, f"{platform}/anggota/posts/2")
    operator = task(row)
    execute(operator)
    (proof,) = proofs()
    assert proof.kind == "read_back"
    content = json.loads(run_of(row).archive.read(proof.path))
    assert content["post"]["text"] == "Rapat pleno"
    assert "halaman masuk akun" in content["why_no_screenshot"]
    assert operator.asked is not None
    assert operator.asked.options == (SEND, WITHOUT)
    assert f"/medsos/unggahan/{row.cycle_id}/facebook" in operator.asked.body
    assert "halaman masuk akun" in operator.asked.body
    # A second try, after an answer was lost, keeps no second copy.
    execute(task(row))
    assert len(proofs()) == 1
    with transaction() as session:
        assert session.get_one(Publication, row.id).state == "published"


def test_a_platform_that_tells_nothing_either_stops_nobody(home: Path, platform: str, api: Client) -> None:
    api.found = None
    operator = task(published(home, f"{platform}/anggota/posts/2"))
    execute(operator)
    assert proofs() == []
    assert operator.asked is not None
    assert "Facebook sedang tidak menjawab." in operator.asked.body


def test_a_passing_fault_is_tried_again_before_anybody_is_asked(
    home: Path, platform: str, api: Client
) -> None:
    operator = task(published(home, f"{platform}/hilang"))
    with pytest.raises(EvidenceError, match="404"):
        execute(operator)
    assert operator.asked is None
    execute(operator, try_number=TRIES_ALONE)
    assert operator.asked is not None


def test_an_address_that_comes_late_is_waited_for(
    home: Path, platform: str, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = published(home, None)
    operator = task(row)
    monkeypatch.setattr("medsos.operators.evidence.ADDRESS_COMES_LATE", timedelta(days=36500))
    with pytest.raises(EvidenceError, match="belum diberikan"):
        execute(operator, try_number=50)
    api.address = f"{platform}/kpu/posts/2"
    execute(operator)
    with transaction() as session:
        assert session.get_one(Publication, row.id).permalink == api.address
    assert [proof.kind for proof in proofs()] == ["screenshot"]


def test_an_address_that_never_comes_is_asked_of_the_admin(home: Path, platform: str, api: Client) -> None:
    row = published(home, None, published_at=NOW - timedelta(days=365))
    operator = task(row)
    execute(operator)
    assert operator.asked is not None
    assert "belum diberikan platform" in operator.asked.body


def test_the_admin_s_screenshot_completes_the_evidence(home: Path, platform: str, api: Client) -> None:
    row = published(home, f"{platform}/anggota/posts/2")
    execute(task(row))
    run = run_of(row)
    kept = keep_screenshot_of_person(run, row, b"jpeg", address=str(row.permalink), by="admin", at=NOW)
    assert task(row).accept(run, answer(SEND, tangkapan_layar=kept_name(kept))) == kept.id
    assert [proof.kind for proof in proofs()] == ["read_back", "manual"]
    # A re-run finds it and asks nobody.
    again = task(row)
    assert execute(again) == kept.id
    assert again.asked is None


def test_going_without_a_screenshot_ends_the_task_and_leaves_the_post_and_its_data(
    home: Path, platform: str, api: Client
) -> None:
    row = published(home, f"{platform}/anggota/posts/2")
    execute(task(row))
    event = {
        "chosen_options": [WITHOUT],
        "params_input": {},
        "responded_by_user": {"id": "admin", "name": "admin"},
        "responded_at": NOW,
    }
    with pytest.raises(AirflowFailException, match="tetap tayang"):
        task(row).execute_complete({}, event)
    assert [proof.kind for proof in proofs()] == ["read_back"]
    with transaction() as session:
        assert session.get_one(Publication, row.id).state == "published"
        assert session.query(AuditEntry).filter_by(action="evidence.given_up").one().actor == "admin"
        # It was no mistake of the person: the cycle's page must not ask for it again.
        assert session.query(FormAnswer).one().accepted


def test_without_a_post_there_is_nothing_to_photograph(home: Path, api: Client) -> None:
    row = published(home, None, state="cancelled", published_at=None)
    with pytest.raises(AirflowFailException, match="belum ada yang tayang"):
        execute(task(row))
