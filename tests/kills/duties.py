"""What must hold after a storm and its aftermath, whatever the installation."""

from __future__ import annotations

from collections import Counter

from aftermath import Aftermath
from cycles import UNPROVABLE, judge, visible_posts
from sqlalchemy import select
from storm import RECOVERY_SECONDS, Outcome

from driver import DAG_ID
from medsos.store.models import Cycle
from medsos.store.session import transaction


class Duties:
    """In this order: the last ones look at what the first ones left."""

    def test_no_kill_doubles_loses_or_strands_a_post_or_calls_it_failed(
        self, outcome: Outcome, deck: dict[str, int]
    ) -> None:
        assert Counter(kill.kind for kill in outcome.kills) == deck
        assert outcome.in_doubt > 0
        assert outcome.verdict.problems == []

    def test_after_every_kill_the_post_is_up_within_two_minutes_without_a_person(
        self, outcome: Outcome
    ) -> None:
        """A form is right only for a post that never came to be on a platform that cannot say so."""
        assert outcome.recovered
        late = [item for item in outcome.recovered if item[0] > RECOVERY_SECONDS]
        assert late == []
        for run_id, task_id, option in outcome.people.asked:
            assert option == "Belum tayang, unggah ulang", (run_id, task_id, option)
            assert task_id.rpartition("_")[2] in UNPROVABLE, (run_id, task_id)

    def test_a_publishing_task_cleared_after_success_sends_nothing(self, after: Aftermath) -> None:
        run_id, _ = after.cleared_task
        assert after.states.get(run_id) == "success"
        assert after.tried_again
        assert after.now(run_id) == after.before[run_id]

    def test_a_whole_run_cleared_asks_nobody_and_sends_nothing(self, after: Aftermath) -> None:
        run_id, _ = after.cleared_run
        assert after.states.get(run_id) == "success"
        assert after.asked_in(run_id) == []
        assert after.now(run_id) == after.before[run_id]

    def test_the_same_request_triggered_twice_is_one_cycle(self, after: Aftermath) -> None:
        states = {run_id: after.states.get(run_id) for run_id in after.twice}
        assert Counter(states.values()) == {"success": 1, "failed": 1}
        (refused,) = [run_id for run_id, state in states.items() if state == "failed"]
        title = after.people.titles[refused]
        with transaction(after.installation.database_url) as session:
            cycle = session.scalars(select(Cycle).where(Cycle.title == title)).one()
        assert cycle.run_id != refused
        log = after.people["admin"].task_log(DAG_ID, refused, "accept_request")
        assert f"sudah menjadi siklus {cycle.id}" in log
        posts = visible_posts(after.installation, title)
        assert Counter(post["platform"] for post in posts) == {"web": 1, "instagram": 1}

    def test_in_the_end_nothing_is_left_over(self, after: Aftermath) -> None:
        for run_id in after.twice:
            if after.states.get(run_id) == "failed":
                del after.people.titles[run_id]
        assert judge(after.installation, after.people).problems == []
