"""The publishing protocol dies at every place where it can, under every fault: one visible post, or none."""

from __future__ import annotations

import sys
from dataclasses import replace

import broken_clients
import pytest

from medsos.devtools.crash.faults import FAULTS, FOR_TEN_MINUTES
from medsos.devtools.crash.flows import FLOWS
from medsos.devtools.crash.matrix import (
    DOWN,
    EACH,
    ONCE,
    Campaign,
    Tally,
    campaigns,
    carry_out,
    one_flow_per,
)
from medsos.devtools.crash.report import kept, report, totals, zeros

pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def tallies() -> list[Tally]:
    """All flows killed everywhere; one of each channel under every fault; killed under each fault once.

    `make faults` kills under every fault on every channel, which takes most of an hour.
    """
    chosen = one_flow_per(lambda flow: flow.channel)
    wanted = [
        replace(campaign, kills=campaign.fault is None or (campaign.where == ONCE and _its_turn(campaign)))
        for campaign in campaigns()
        if campaign.fault is None or campaign.flow in chosen
    ]
    return list(carry_out(wanted))


def _its_turn(campaign: Campaign) -> bool:
    """Whether the worker is killed under this fault on this channel: the faults go round the channels."""
    fault = campaign.fault
    assert fault is not None
    turn = FAULTS.index(fault) % len(fault.channels)
    return campaign.flow.channel == sorted(fault.channels)[turn]


def test_every_boundary_that_was_met_was_one_to_die_at(tallies: list[Tally]) -> None:
    sys.stdout.write(totals(tallies) + "\n")
    assert {t.campaign.flow for t in tallies if t.campaign.fault is None} == set(FLOWS)
    for tally in tallies:
        assert (tally.missed, tally.killed) == (0, tally.boundaries), tally.campaign
        assert tally.boundaries > 0 or not tally.campaign.kills


def test_nothing_is_doubled_lost_wrongly_called_a_failure_or_stuck(tallies: list[Tally]) -> None:
    assert [line for tally in tallies for line in tally.bad] == []
    assert zeros(tallies) == "duplicates 0 · lost 0 · false failures 0 · stuck 0"
    assert kept(tallies)


def test_every_fault_was_tried_on_every_channel_where_it_occurs(tallies: list[Tally]) -> None:
    tried = {(t.campaign.fault.name, t.campaign.flow.channel) for t in tallies if t.campaign.fault}
    assert tried == {(fault.name, channel) for fault in FAULTS for channel in fault.channels}


def test_the_worker_died_under_every_fault_and_on_every_channel_under_some(tallies: list[Tally]) -> None:
    died = {
        (t.campaign.fault.name, t.campaign.flow.channel) for t in tallies if t.campaign.fault and t.killed
    }
    assert {fault for fault, _ in died} == {fault.name for fault in FAULTS}
    assert {channel for _, channel in died} == {flow.channel for flow in FLOWS}


def test_a_platform_that_is_down_for_ten_minutes_gets_its_post_without_a_person(tallies: list[Tally]) -> None:
    down = [
        t for t in tallies
        if t.campaign.fault and t.campaign.fault.name == FOR_TEN_MINUTES and t.campaign.where == DOWN
    ]  # fmt: skip
    assert {t.campaign.flow.channel for t in down} == {flow.channel for flow in FLOWS}
    for tally in down:
        assert (tally.first.visible, tally.first.state, tally.first.asked) == (1, "published", False)
        assert 600 <= tally.first.seconds < 1800


def test_a_platform_that_asks_for_two_minutes_is_left_alone_for_two_minutes(tallies: list[Tally]) -> None:
    asked = [t for t in tallies if t.campaign.fault and t.campaign.fault.wait and t.campaign.where == EACH]
    assert {t.campaign.flow.channel for t in asked} == {flow.channel for flow in FLOWS}
    for tally in asked:
        assert tally.hasty == 0
        assert (tally.first.visible, tally.first.state) == (1, "published")
        # Passed on the simulated clock; the real moments in between make up the rest.
        assert tally.first.seconds > 119


def test_the_report_names_every_flow_and_ends_with_the_verdict(tallies: list[Tally]) -> None:
    text = report(tallies)
    assert all(flow.name in text for flow in FLOWS)
    assert text.rstrip().splitlines()[-2] == zeros(tallies)


@pytest.mark.parametrize(
    ("client", "fault", "promise"),
    [
        (broken_clients.posts_again, "dikerjakan, sambungan putus", "duplicates"),
        (broken_clients.calls_it_a_failure, "dikerjakan, sambungan putus", "false_failures"),
        (broken_clients.claims_success, "permintaan hilang di jalan", "lost"),
        (broken_clients.calls_it_a_failure, "permintaan hilang di jalan", "lost"),
    ],
    ids=["posts again", "calls it a failure", "claims success", "gives up for nothing"],
)
def test_a_client_that_breaks_a_promise_is_found_out(client: object, fault: str, promise: str) -> None:
    flow = replace(next(f for f in FLOWS if f.name == "Facebook, teks"), client=client)
    harm = next(f for f in FAULTS if f.name == fault)
    [tally] = carry_out([Campaign(flow, harm, ONCE, kills=False)], workers=1)
    assert getattr(tally, promise) == 1
    assert not kept([tally])
