"""Answers are sent as the visitor, and not before Airflow can keep them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow_stand_in import Airflow
from web_samples import asked, new_cycle

from medsos.web.airflow.forms import PARKED_SECONDS, AirflowForms, FormRefused

TASK = "approval.round_1.await_decision"


def key_of(form: dict[str, Any]) -> tuple[str, str, str]:
    task = form["task_instance"]
    return task["dag_id"], task["dag_run_id"], task["task_id"]


def test_a_form_asked_just_now_is_answered_only_after_it_has_been_parked_for_a_while(
    cycle_id: int, airflow: Airflow
) -> None:
    form = asked(cycle_id, asked_at=datetime.now(UTC))
    airflow.forms.append(form)
    began = datetime.now(UTC)
    asyncio.run(AirflowForms({}, application=lambda: airflow.app).answer(*key_of(form), "Setuju", {}))
    assert datetime.now(UTC) - began >= timedelta(seconds=PARKED_SECONDS)
    assert [answer[1] for answer in airflow.answers] == ["Setuju"]


def test_a_form_that_has_waited_long_is_answered_at_once(cycle_id: int, airflow: Airflow) -> None:
    form = asked(cycle_id)
    airflow.forms.append(form)
    began = datetime.now(UTC)
    asyncio.run(AirflowForms({}, application=lambda: airflow.app).answer(*key_of(form), "Setuju", {}))
    assert datetime.now(UTC) - began < timedelta(seconds=PARKED_SECONDS)


def test_a_task_that_is_still_being_parked_is_waited_for(cycle_id: int, airflow: Airflow) -> None:
    form = asked(cycle_id)
    form["response_received"], form["task_instance"]["state"] = False, "running"
    airflow.forms.append(form)
    looks = []

    async def pause(_: float) -> None:
        looks.append(len(airflow.answers))
        if len(looks) == 3:
            form["task_instance"]["state"] = "awaiting_input"

    forms = AirflowForms({}, application=lambda: airflow.app, pause=pause)
    asyncio.run(forms.answer(*key_of(form), "Setuju", {}))
    assert looks == [0, 0, 0]
    assert len(airflow.answers) == 1


@pytest.mark.parametrize(("known", "status"), [(True, 409), (False, 404)])
def test_a_form_that_is_answered_or_gone_takes_no_answer(
    cycle_id: int, airflow: Airflow, known: bool, status: int
) -> None:
    form = asked(cycle_id, state="success")
    if known:
        airflow.forms.append(form)
    with pytest.raises(FormRefused) as refused:
        asyncio.run(AirflowForms({}, application=lambda: airflow.app).answer(*key_of(form), "Setuju", {}))
    assert refused.value.status == status
    assert airflow.answers == []


def test_the_list_of_waiting_forms_goes_over_all_pages(home: object, airflow: Airflow) -> None:
    cycles = [new_cycle(f"Kegiatan {number}") for number in range(3)]
    airflow.forms += [asked(cycles[number % 3], f"task_{number}") for number in range(230)]
    found = asyncio.run(AirflowForms({}, application=lambda: airflow.app).waiting())
    assert len({(form.run_id, form.task_id) for form in found}) == 230
