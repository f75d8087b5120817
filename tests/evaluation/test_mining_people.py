"""Who stands in the event logs, in which role, and under which name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from cycle_story import MORNING, Story, at
from event_logs import EventLogs, export

from medsos.evaluation.period import Period
from medsos.offices.model import Office
from medsos.store.journal import record_event
from medsos.store.models import Approval, Delegation, Official, StepEvent
from medsos.store.session import transaction

NOVEMBER = Period.month(date(2026, 11, 1))
KASUBBAG = "Kasubbag Teknis PP, Parhubmas"


@pytest.fixture
def delegated(new_story: Callable[..., Story], office: Office) -> Story:
    """The admin answered a form whose task failed once; a Plh. rejected, with a note that names somebody."""
    with transaction() as session:
        session.add(
            Delegation(
                office=office.slug,
                role="kasubbag",
                kind="plh",
                principal="kasubbag",
                username="sari",
                airflow_user_id="sari",
                name="Sari Dewi",
                letter_number="12/2026",
                letter_date=date(2026, 11, 20),
                valid_from=date(2026, 11, 23),
                valid_until=date(2026, 11, 23),
                recorded_at=at("07:45"),
            )
        )
        session.add(
            Official(
                office=office.slug,
                role="sekretaris",
                username="sari",
                airflow_user_id="sari",
                name="Sari Dewi",
                position="Sekretaris",
                valid_from=date(2027, 1, 1),
            )
        )
    story = new_story("Rapat Koordinasi", channels=["web"], kahar_reason="Banjir di rumah Budi")
    story.met("08:10", "09:40")
    story.tell(MORNING)
    with transaction() as session:
        answered = session.query(StepEvent).filter_by(task_id="design.plan_content", event="resumed").one()
        answered.actor, answered.detail = "admin", {"option": "Simpan"}
        asked = session.query(StepEvent).filter_by(step_key="approval", event="waiting").one()
        asked.detail = {"for_people": ["kasubbag", "sari"]}
        record_event(
            session,
            cycle_id=story.cycle_id,
            task_id="design.plan_content",
            event="failed",
            at=at("10:40:30"),
            detail={"error": "ApprovalError", "message": "Budi belum berhak."},
        )
    story.decided("tolak", note="Kata Budi salah.", delegate="sari")
    story.evaluate("11:40")
    return story


@pytest.fixture
def logs(tmp_path: Path, office: Office, delegated: Story) -> Callable[..., EventLogs]:
    return lambda name="keluar", **options: export(tmp_path / name, office, NOVEMBER, **options)


def test_a_decision_names_who_decided_for_whom_and_the_role_of_that_hour(
    logs: Callable[..., EventLogs],
) -> None:
    (decided,) = logs().events("Materi Ditolak")
    assert (decided["resource"], decided["on_behalf_of"]) == ("sari", "kasubbag")
    assert decided["role"] == f"Plh. {KASUBBAG}"
    assert ("pejabat:sari", "pelaksana") in decided["objects"]
    assert ("pejabat:kasubbag", "atas nama") in decided["objects"]


def test_roles_change_over_time_with_the_office_s_own_midnight(logs: Callable[..., EventLogs]) -> None:
    assert logs().over_time("pejabat:sari", "role") == [
        ("1970-01-01T00:00:00.000+00:00", f"Plh. {KASUBBAG}"),
        ("2026-11-23T17:00:00.000+00:00", "tanpa peran"),
        ("2026-12-31T17:00:00.000+00:00", "Sekretaris"),
    ]


def test_the_end_of_a_form_is_the_work_of_who_answered_it(
    logs: Callable[..., EventLogs], delegated: Story
) -> None:
    events = logs().traces()[str(delegated.cycle_id)]
    planned = {
        event["lifecycle:transition"]: (event["org:resource"], event.get("org:role"))
        for event in events
        if event["concept:name"] == "Rencanakan Materi"
    }
    assert planned["resume"] == planned["complete"] == ("admin", "Admin Medsos; Tim Medsos")
    assert planned["start"] == planned["suspend"] == planned["ate_abort"] == ("sistem", None)


def test_those_who_were_asked_are_related_to_the_waiting(logs: Callable[..., EventLogs]) -> None:
    waiting = [e for e in logs().events("Persetujuan Kasubbag") if e["lifecycle"] == "suspend"]
    asked = [key for key, how in waiting[0]["objects"] if how == "diminta"]
    assert asked == ["pejabat:kasubbag", "pejabat:sari"]


def test_a_vacant_post_that_is_stood_in_for_is_named_but_is_no_person(
    logs: Callable[..., EventLogs], new_story: Callable[..., Story]
) -> None:
    story = new_story(channels=["web"])
    story.tell("09:00 accept_request started")
    with transaction() as session:
        session.add(
            Approval(
                cycle_id=story.cycle_id,
                round=1,
                seal="c" * 64,
                decision="setuju",
                decided_by="sari",
                on_behalf_of="Kasubbag (lowong)",
                decided_at=at("11:16"),
            )
        )
    story.evaluate("12:00")
    told = logs()
    (decided,) = told.events("Materi Disetujui")
    assert decided["on_behalf_of"] == "Kasubbag (lowong)"
    assert [how for _, how in decided["objects"]] == ["siklus", "pelaksana", "menilai"]
    assert not [thing for thing in told.ocel["objects"] if "lowong" in thing["id"]]


def test_with_pseudonyms_no_username_and_no_words_about_people_go_out(
    logs: Callable[..., EventLogs], delegated: Story
) -> None:
    plain, hidden = logs("terbuka"), logs("samar", pseudonyms=True)
    for username in ("sari", "kasubbag", "admin"):
        assert f'"{username}"' in plain.ocel_path.read_text()
        for path in (hidden.ocel_path, hidden.xes_path):
            assert f'"{username}"' not in path.read_text()
            assert f"pejabat:{username}" not in path.read_text()
    for path in (hidden.ocel_path, hidden.xes_path):
        assert "Budi" not in path.read_text()
        assert "Rapat Koordinasi" in path.read_text()
    assert "Kata Budi salah." in plain.xes_path.read_text()


def test_a_pseudonym_is_one_person_s_in_both_files_and_another_one_the_next_time(
    logs: Callable[..., EventLogs], delegated: Story
) -> None:
    first, second = (logs(name, pseudonyms=True) for name in ("satu", "dua"))
    (decided,) = first.events("Materi Ditolak")
    in_xes = [
        event["org:resource"]
        for event in first.traces()[str(delegated.cycle_id)]
        if event["concept:name"] == "Materi Ditolak"
    ]
    assert in_xes == [decided["resource"]]
    assert decided["resource"].startswith("orang-")
    assert decided["role"] == f"Plh. {KASUBBAG}"
    assert second.events("Materi Ditolak")[0]["resource"] != decided["resource"]
    # Nobody can tell from the order who comes first in the alphabet of the usernames.
    people = [thing["id"] for thing in first.ocel["objects"] if thing["type"] == "Pejabat"]
    assert people == sorted(people)
