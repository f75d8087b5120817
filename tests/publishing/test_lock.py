"""What has gone out does not go out again, and a legal product not even by another cycle."""

from __future__ import annotations

import pytest

from builders import NOW, make_cycle
from medsos.errors import AlreadyOut
from medsos.publishing.ledger import open_publication
from medsos.publishing.lock import NOT_OUT, legal_product_out, require_first_time
from medsos.publishing.states import State
from medsos.store.models import Material
from medsos.store.session import transaction

FIRST, SECOND = "a" * 64, "b" * 64
DOCUMENT = "d" * 64
OUT = [state for state in State if state not in NOT_OUT]


def publication(cycle_id: int, seal: str, state: State, channel: str = "web") -> None:
    with transaction() as session:
        row = open_publication(session, cycle_id=cycle_id, channel=channel, seal=seal, mode="api", now=NOW)
        row.state = state


def check(cycle_id: int, seal: str, channel: str = "web") -> None:
    with transaction() as session:
        require_first_time(session, cycle_id=cycle_id, channel=channel, seal=seal)


def legal_cycle(document: str = DOCUMENT, office: str = "kota-bengkulu") -> int:
    cycle_id = make_cycle(content_type="produk_hukum", office=office)
    with transaction() as session:
        session.add(
            Material(
                cycle_id=cycle_id, position=0, original_name="keputusan.pdf", media_type="application/pdf",
                original_path="asli/k.pdf", original_sha256=document, clean_path="bersih/k.pdf",
                clean_sha256=document, clean_media_type="application/pdf", size_bytes=9,
            )
        )  # fmt: skip
    return cycle_id


@pytest.mark.parametrize("state", OUT)
def test_another_version_of_the_same_content_is_refused_while_one_is_or_may_be_public(
    cycle_id: int, state: State
) -> None:
    publication(cycle_id, FIRST, state)
    check(cycle_id, FIRST)
    check(cycle_id, SECOND, channel="x")
    with pytest.raises(AlreadyOut, match="versi lain konten ini"):
        check(cycle_id, SECOND)


@pytest.mark.parametrize("state", NOT_OUT)
def test_another_version_may_go_out_where_nothing_is_public(cycle_id: int, state: State) -> None:
    publication(cycle_id, FIRST, state)
    check(cycle_id, SECOND)


@pytest.mark.usefixtures("home")
def test_a_legal_product_that_is_out_is_locked_for_every_later_cycle() -> None:
    first, again, other = legal_cycle(), legal_cycle(), legal_cycle("e" * 64)
    elsewhere = legal_cycle(office="kota-manual")
    publication(first, FIRST, State.PUBLISHED)
    check(first, FIRST)
    for free in (other, elsewhere):
        check(free, SECOND)
    check(again, SECOND, channel="facebook")
    with pytest.raises(AlreadyOut, match=f"siklus {first} dan terkunci"):
        check(again, SECOND)


@pytest.mark.usefixtures("home")
def test_other_content_may_use_the_same_file_twice() -> None:
    first = make_cycle()
    publication(first, FIRST, State.PUBLISHED)
    with transaction() as session:
        assert (
            legal_product_out(session, office="kota-bengkulu", documents=[DOCUMENT], channels=["web"])
            == set()
        )
