"""A cycle waits on a real Airflow; the reminder arrives in the mailbox once, and its link opens the form."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import requests
from sqlalchemy import select

from driver import answer_for, run_once, start
from medsos.stack.supervisor import Stack
from medsos.store.models import AuditEntry, Notice
from medsos.store.session import transaction
from quick_office import DAG_ID

pytestmark = pytest.mark.e2e

APPROVAL = "approval.round_1.await_decision"


def wait_for(stack: Stack, run_id: str, task_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        for form in stack.api("admin").waiting_forms(DAG_ID, run_id):
            if form["task_instance"]["task_id"] == task_id:
                return form
        time.sleep(1)
    raise AssertionError(f"{task_id} never waited")


def mailbox(stack: Stack, cycle: str) -> list[dict[str, Any]]:
    """Letters about the approval of the cycle with this title."""
    letters = requests.get(f"{stack.sandbox_url}/_inspect/mailbox", timeout=30).json()
    return [letter for letter in letters if cycle in letter["subject"] and "Persetujuan" in letter["subject"]]


def test_the_reminder_of_a_waiting_approval_arrives_once_and_opens_the_form(stack: Stack) -> None:
    title = "Pengingat yang tiba"
    run_id = start(stack, DAG_ID, title=title)
    for task in ("meeting.record_minutes", "design.plan_content"):
        form = wait_for(stack, run_id, task)
        option, values = answer_for(form, "quiet")
        stack.api(form["assigned_users"][0]["name"]).answer(form, option, values)
    wait_for(stack, run_id, APPROVAL)
    time.sleep(15)
    run_once(stack, "watch")
    run_once(stack, "watch")

    letters = mailbox(stack, title)
    assert sorted((letter["way"], letter["to"][0]) for letter in letters) == [
        ("mail", "kasubbag@latihan.example"),
        ("mail", "sekretaris@latihan.example"),
        ("message", "kasubbag"),
        ("message", "sekretaris"),
    ]
    for letter in letters:
        assert "MODE LATIHAN" in letter["plain"]
        assert len(letter["pictures"]) == 1
    (mail,) = (letter for letter in letters if letter["to"] == ["kasubbag@latihan.example"])
    link = re.search(r"http://\S+/medsos/persetujuan/\d+/1", mail["plain"])
    assert link is not None
    assert f'href="{link[0]}"' in mail["html"]
    who = {"username": "kasubbag", "password": stack.passwords["kasubbag"]}
    token = requests.post(f"{stack.config.local_url}/auth/token", json=who, timeout=60).json()["access_token"]
    page = requests.get(link[0], headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert page.status_code == 200
    assert title in page.text
    assert 'value="setuju"' in page.text.lower()

    cycle_id = int(link[0].split("/")[-2])
    with transaction(f"sqlite:///{stack.config.home / 'medsos.db'}") as session:
        about = (Notice.cycle_id == cycle_id, Notice.task_id == APPROVAL)
        notices = session.scalars(select(Notice).where(*about)).all()
        audited = session.scalars(
            select(AuditEntry).where(AuditEntry.cycle_id == cycle_id, AuditEntry.action == "notice.sent")
        ).all()
    assert [notice.state for notice in notices] == ["sent"] * 4
    assert len(audited) >= 4
    cycle_page = requests.get(
        f"{stack.config.local_url}/medsos/siklus/{cycle_id}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    assert "Eskalasi pada 0,1 % target" in cycle_page.text
