"""One cycle, from the request to the report, on the services that docker-compose.yaml describes."""

import json
import time
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import create_engine, inspect, make_url, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from compose_on_wheels import ComposeOnWheels
from fast_answers import ANSWERS, Office, answer_everything, lost_answers, summary
from medsos.stack.analyst import READABLE, ROLE
from medsos.stack.api import AirflowApi
from medsos.stack.demo import DAG_ID, OFFICE, answer_for
from medsos.stack.demo_materials import make_materials
from medsos.store.models import ChannelResult, Cycle, CycleScorecard, StepDuration
from medsos.store.session import engine_for, transaction

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

CONTENT_TYPE = "foto_kegiatan"
CYCLE_SECONDS = 420


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeOnWheels]:
    """PostgreSQL, Redis, FAB, CeleryExecutor and the training platforms, as docker-compose.yaml says."""
    project = ComposeOnWheels(tmp_path_factory.mktemp("compose"), profiles={"latihan"})
    try:
        project.up()
        yield project
    finally:
        project.down()


@pytest.fixture(scope="module")
def people(production: ComposeOnWheels) -> dict[str, AirflowApi]:
    """Everybody with the first password that the init service made."""
    first = json.loads((production.state / "rahasia" / "sandi-awal.json").read_text())
    return {name: AirflowApi(production.api_url, name, password) for name, password in first.items()}


@pytest.fixture(scope="module")
def cycle_run(production: ComposeOnWheels, people: dict[str, AirflowApi]) -> str:
    """Run id of one cycle that was carried through, each form answered by the person it is for."""
    request = make_materials(production.state / "masuk" / OFFICE)[CONTENT_TYPE]
    watcher = people["pengelola"]
    wait_for_dag(watcher)
    run_id = people["admin"].trigger(DAG_ID, request)
    deadline = time.monotonic() + CYCLE_SECONDS
    while watcher.run(DAG_ID, run_id)["state"] not in ("success", "failed"):
        production.group.check()
        for form in watcher.waiting_forms(DAG_ID, run_id):
            option, values = answer_for(form, CONTENT_TYPE)
            people[form["assigned_users"][0]["name"]].answer(form, option, values)
        assert time.monotonic() < deadline, states(watcher, run_id)
        time.sleep(1)
    return run_id


def wait_for_dag(api: AirflowApi) -> None:
    deadline = time.monotonic() + 120
    while DAG_ID not in api.dag_ids():
        assert time.monotonic() < deadline, api.import_errors()
        time.sleep(1)


def states(api: AirflowApi, run_id: str) -> dict[str, str]:
    return {task["task_id"]: task["state"] for task in api.task_instances(DAG_ID, run_id)}


def test_the_cycle_ends_well_with_every_channel_published_and_proven(production, people, cycle_run):
    watcher = people["pengelola"]
    assert watcher.run(DAG_ID, cycle_run)["state"] == "success", states(watcher, cycle_run)
    url = production.environment("worker")["MEDSOS_DATABASE_URL"]
    assert url.startswith("postgresql")
    with transaction(url) as session:
        cycle = session.scalars(select(Cycle).where(Cycle.run_id == cycle_run)).one()
        assert cycle.status == "selesai"
        channels = session.scalars(select(ChannelResult).where(ChannelResult.cycle_id == cycle.id)).all()
        assert {row.state for row in channels} == {"published"}
        assert len(channels) == 5
        assert all(row.evidence_sha256 for row in channels)
        steps = session.scalars(select(StepDuration).where(StepDuration.cycle_id == cycle.id)).all()
        assert sorted(row.step_no for row in steps) == [1, 2, 3, 4, 5, 6]
        card = session.scalars(select(CycleScorecard).where(CycleScorecard.cycle_id == cycle.id)).one()
        assert card.approved_by == "kasubbag"
    engine_for(url).dispose()


def test_the_public_sees_each_post_once(production, cycle_run):
    visible = requests.get(f"{production.sandbox_url}/_inspect/posts", timeout=30).json()
    assert sorted(post["platform"] for post in visible) == ["facebook", "instagram", "tiktok", "web", "x"]


def test_the_report_lies_in_the_archive(production, cycle_run):
    assert len(list((production.folder / "archive").rglob("laporan-evaluasi*.html"))) == 1


@pytest.mark.parametrize("name", ["analis", "kasubbag", "sekretaris"])
def test_only_those_who_make_content_may_start_a_cycle(people, cycle_run, name):
    response = people[name].call(
        "POST", f"/dags/{DAG_ID}/dagRuns", json={"logical_date": None, "conf": {"title": "Tanpa wewenang"}}
    )
    assert response.status_code == 403
    assert people[name].call("GET", f"/dags/{DAG_ID}/dagRuns/{cycle_run}").status_code == 200


@pytest.mark.parametrize("name", ["admin", "analis", "kasubbag", "sekretaris"])
def test_nobody_without_the_role_marks_a_task_as_done(people, cycle_run, name):
    response = people[name].call(
        "PATCH",
        f"/dags/{DAG_ID}/dagRuns/{cycle_run}/taskInstances/evaluation.evaluate_cycle",
        json={"new_state": "success"},
    )
    assert response.status_code == 403


@pytest.mark.parametrize("name", ["admin", "kasubbag", "sekretaris", "analis"])
def test_the_office_s_people_do_not_see_the_platforms_keys(people, name):
    assert people[name].call("GET", "/connections").status_code == 403


def test_the_analyst_reads_the_evaluation_with_sql_and_nothing_else(production, cycle_run):
    url = make_url(production.environment("worker")["MEDSOS_DATABASE_URL"])
    password = production.environment("init")["MEDSOS_ANALYST_PASSWORD"]
    owner = inspect(engine_for(url.render_as_string(hide_password=False)))
    others = {*owner.get_table_names(), *owner.get_view_names()} - set(READABLE)
    assert {"audit_log", "approvals", "officials"} <= others
    engine = create_engine(url.set(username=ROLE, password=password), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT status FROM v_nilai_per_siklus")) == "selesai"
        for name in READABLE:
            connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608  declared names
        for name in others:
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608
        connection.execute(text("SET default_transaction_read_only = off"))
        for change in ("UPDATE cycle_scorecards SET status = 'ditolak'", "CREATE TABLE milik_analis (a int)"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(change))
    engine.dispose()
    with pytest.raises(OperationalError, match="password authentication failed"):
        create_engine(url.set(username=ROLE, password="bukan sandinya")).connect()
    with pytest.raises(OperationalError, match="permission denied for database"):
        create_engine(url.set(username=ROLE, password=password, database="airflow")).connect()


def test_a_second_init_changes_nothing(production, people):
    before = json.loads((production.state / "rahasia" / "sandi-awal.json").read_text())
    production.group.run(production.process("init"), timeout=180)
    assert json.loads((production.state / "rahasia" / "sandi-awal.json").read_text()) == before
    assert people["kasubbag"].call("GET", f"/dags/{DAG_ID}").status_code == 200


def test_of_fifty_fast_answers_none_is_lost_and_no_run_fails(production, people, cycle_run, monkeypatch):
    key = production.environment("api-server")["AIRFLOW__API__SECRET_KEY"]
    monkeypatch.setenv("AIRFLOW__API__SECRET_KEY", key)
    url = production.environment("worker")["MEDSOS_DATABASE_URL"]
    office = Office(people.__getitem__, production.api_url, url)
    states = answer_everything(office, production.group.check)
    print(summary(office, states))  # noqa: T201
    assert len(office.presses) == ANSWERS
    assert [press for press in office.presses if press.status != 303] == []
    assert set(states.values()) == {"success"}
    assert lost_answers(office, states) == []
    engine_for(url).dispose()
