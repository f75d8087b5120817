"""Links are looked at again as often as the office wants; one that died is found, one look does not do."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from builders import NOW, make_cycle
from medsos.errors import LeaseHeld, Transient
from medsos.links.liveness import LinkStatus
from medsos.links.watching import LEASE, dead_links, look_at_links, watched_links
from medsos.offices.model import Office, WatchRules, load_office
from medsos.settings import load_settings
from medsos.store import leases
from medsos.store.models import Link, LinkCheck
from medsos.store.session import transaction

DAY = timedelta(days=1)
WEB, FACEBOOK, PAGE = "https://kpu.example/rapat", "https://facebook.example/1", "a/tautan/tautan.html"


def office(**rules: int) -> Office:
    loaded = load_office(load_settings({}).offices_dir, "kota-bengkulu")
    return loaded.model_copy(update={"watch": WatchRules(**rules)})


class Web:
    """The internet as a test wants it: addresses that answer, that refuse, that cannot be reached."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status: dict[str, int | None] = {}
        self.pages = {PAGE}

    def look(self, at: datetime, **rules: int) -> list[LinkStatus]:
        def check(address: str) -> LinkStatus:
            self.asked.append(address)
            code = self.status.get(address, 200)
            alive = code is not None and code < 400
            return LinkStatus(address, alive, code, "" if alive else "Tautan menjawab dengan status.", at)

        return look_at_links(office(**rules), lambda: at, self.pages.__contains__, check)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def links(home: Path) -> int:
    """A cycle with two permalinks and the page, made at `NOW`."""
    cycle_id = make_cycle()
    with transaction() as session:
        for kind, channel, address in (
            ("permalink", "web", WEB), ("permalink", "facebook", FACEBOOK), ("page", "", PAGE),
        ):  # fmt: skip
            session.add(Link(cycle_id=cycle_id, kind=kind, channel=channel, address=address, made_at=NOW))
    return cycle_id


def dead(at: datetime, **rules: int) -> list[str]:
    with transaction() as session:
        return [one.problem for one in dead_links(session, office(**rules), at)]


def checks() -> list[LinkCheck]:
    with transaction() as session:
        return list(session.scalars(select(LinkCheck).order_by(LinkCheck.id)))


def test_each_link_is_looked_at_once_a_week_however_often_one_comes(links: int, web: Web) -> None:
    for day in range(15):
        web.look(NOW + day * DAY)
    assert web.asked == [WEB, FACEBOOK] * 3
    assert len(checks()) == 9
    assert all(check.alive for check in checks())


def test_how_often_and_how_long_is_the_offices(links: int, web: Web) -> None:
    for day in range(41):
        web.look(NOW + day * DAY, links_every_days=10, links_until_days=25)
    assert web.asked == [WEB, FACEBOOK] * 3


def test_a_link_that_fails_once_is_looked_at_the_next_night_and_not_yet_called_dead(
    links: int, web: Web
) -> None:
    web.status[FACEBOOK] = 404
    web.look(NOW)
    assert dead(NOW) == []
    web.status.clear()
    web.look(NOW + DAY)
    web.look(NOW + 2 * DAY)
    assert web.asked == [WEB, FACEBOOK, FACEBOOK]
    assert dead(NOW + 2 * DAY) == []


def test_a_link_that_fails_twice_is_dead_since_the_first_time_and_lives_again(links: int, web: Web) -> None:
    web.look(NOW)
    web.status[FACEBOOK] = 404
    for day in (7, 8):
        web.look(NOW + day * DAY)
    [problem] = dead(NOW + 8 * DAY)
    assert problem.startswith(f"Tautan Facebook: {FACEBOOK}. ")
    with transaction() as session:
        [one] = dead_links(session, office(), NOW + 8 * DAY)
    assert (one.since, one.link.cycle_id, one.link.subject) == (
        NOW + 7 * DAY,
        links,
        f"facebook:{one.link.id}",
    )
    web.status.clear()
    web.look(NOW + 9 * DAY)
    assert dead(NOW + 9 * DAY) == []


def test_a_link_page_that_is_lost_from_the_archive_is_found(links: int, web: Web) -> None:
    web.pages.clear()
    for day in (0, 1):
        web.look(NOW + day * DAY)
    [problem] = dead(NOW + DAY)
    assert "tidak ada lagi di arsip" in problem


def test_a_network_that_is_down_is_not_taken_for_dead_links(links: int, web: Web) -> None:
    other = make_cycle()
    with transaction() as session:
        address = "https://x.example/1"
        session.add(Link(cycle_id=other, kind="permalink", channel="x", address=address, made_at=NOW))
    web.status = dict.fromkeys((WEB, FACEBOOK, address))
    with pytest.raises(Transient, match="jaringan kantor"):
        web.look(NOW)
    assert checks() == []
    web.status[WEB] = 404
    web.look(NOW)
    assert len(checks()) == 4


def test_what_was_found_about_an_earlier_address_says_nothing_about_the_new_one(links: int, web: Web) -> None:
    web.status[FACEBOOK] = 404
    for day in (0, 1):
        web.look(NOW + day * DAY)
    assert len(dead(NOW + DAY)) == 1
    with transaction() as session:
        row = session.scalars(select(Link).where(Link.channel == "facebook")).one()
        row.address, row.made_at = "https://facebook.example/2", NOW + 2 * DAY
    assert dead(NOW + 2 * DAY) == []


def test_links_of_another_office_are_not_this_ones(links: int, web: Web) -> None:
    foreign = make_cycle(office="kota-lain")
    with transaction() as session:
        session.add(Link(cycle_id=foreign, kind="permalink", channel="x", address="https://x", made_at=NOW))
        assert len(watched_links(session, office(), NOW)) == 3


def test_of_two_lookers_at_once_one_waits_its_turn(links: int, web: Web) -> None:
    leases.acquire("links:kota-bengkulu", "mati", until=NOW + LEASE, now=NOW)
    with pytest.raises(LeaseHeld):
        web.look(NOW)
    assert web.asked == []
    web.look(NOW + LEASE + timedelta(seconds=1))
    assert len(checks()) == 3
