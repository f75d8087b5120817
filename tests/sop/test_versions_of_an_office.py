"""An office's own versions of the SOP: made from a review, in force from their date, each readable for ever."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medsos.errors import ConfigError, FormError
from medsos.settings import load_settings
from medsos.sop.in_force import own_versions, sop_in_force, version_in_force
from medsos.sop.model import CURRENT_VERSION, Origin, Sop, load_sop
from medsos.sop.renewal import as_yaml, changed_targets, renewed

OFFICE = "kota-bengkulu"
SHIPPED = load_settings({}).sop_dir


def origin(review: str = "2026-semester-2", **values: object) -> Origin:
    given = {
        "office": OFFICE,
        "based_on": CURRENT_VERSION,
        "review": review,
        "decided_by": "sekretaris",
        "decided_at": datetime(2027, 1, 4, 2, 0, tzinfo=UTC),
        "effective_from": date(2027, 2, 1),
        **values,
    }
    return Origin.model_validate(given)


def recorded(folder: Path, of: Origin, **targets: int) -> Sop:
    """A version as a review leaves it in the state folder."""
    based_on = load_sop((SHIPPED, folder), of.based_on)
    sop = renewed(based_on, targets, of)
    (folder / f"{sop.version}.yaml").write_bytes(as_yaml(sop))
    return sop


def in_force(folder: Path, on: date, *, named: str = CURRENT_VERSION, office: str = OFFICE) -> str:
    return version_in_force(folder, office=office, named=named, on=on)


def test_the_shipped_version_is_in_force_where_no_other_was_determined(tmp_path: Path) -> None:
    assert in_force(tmp_path / "sop", date(2026, 11, 23)) == CURRENT_VERSION


def test_a_version_of_its_own_counts_from_its_date_and_for_its_office_only(tmp_path: Path) -> None:
    new = recorded(tmp_path, origin(), approval=240)
    assert new.version == f"{CURRENT_VERSION}--kota-bengkulu--2026-semester-2"
    assert in_force(tmp_path, date(2027, 1, 31)) == CURRENT_VERSION
    assert in_force(tmp_path, date(2027, 2, 1)) == new.version
    assert in_force(tmp_path, date(2027, 2, 1), office="kota-lain") == CURRENT_VERSION


def test_only_the_targets_differ_and_the_older_version_stays_readable(tmp_path: Path) -> None:
    new = recorded(tmp_path, origin(), approval=240, link=5)
    read = sop_in_force((SHIPPED, tmp_path), office=OFFICE, named=CURRENT_VERSION, on=date(2027, 3, 1))
    assert read == new
    before = load_sop((SHIPPED, tmp_path), CURRENT_VERSION)
    assert [step.target_minutes for step in read.steps] == [120, 180, 240, 15, 5, 15]
    assert [step.target_minutes for step in before.steps] == [120, 180, 180, 15, 10, 15]
    same = {"version", "steps", "origin"}
    assert read.model_dump(exclude=same) == before.model_dump(exclude=same)
    assert [step.name for step in read.steps] == [step.name for step in before.steps]


def test_versions_follow_one_another_and_the_latest_in_effect_counts(tmp_path: Path) -> None:
    first = recorded(tmp_path, origin(), approval=240)
    second = recorded(
        tmp_path, origin("2027-semester-1", based_on=first.version, effective_from=date(2027, 8, 1)), link=5
    )
    assert in_force(tmp_path, date(2027, 7, 31)) == first.version
    assert in_force(tmp_path, date(2027, 8, 1)) == second.version
    assert [step.target_minutes for step in second.steps] == [120, 180, 240, 15, 5, 15]
    assert [sop.version for sop in own_versions(tmp_path, OFFICE)] == [first.version, second.version]


def test_an_office_that_names_another_procedure_leaves_the_versions_of_the_old_one(tmp_path: Path) -> None:
    recorded(tmp_path, origin(), approval=240)
    assert in_force(tmp_path, date(2027, 3, 1), named="SOP-baru") == "SOP-baru"


def test_a_version_whose_office_is_only_alike_in_name_is_left_alone(tmp_path: Path) -> None:
    recorded(tmp_path, origin(office="bengkulu"), approval=240)
    assert in_force(tmp_path, date(2027, 3, 1)) == CURRENT_VERSION


def test_a_file_among_them_that_does_not_say_where_it_comes_from_is_a_mistake(tmp_path: Path) -> None:
    name = f"{CURRENT_VERSION}--kota-bengkulu--2026-semester-2"
    text = (SHIPPED / f"{CURRENT_VERSION}.yaml").read_text(encoding="utf-8")
    (tmp_path / f"{name}.yaml").write_text(text.replace(f"version: {CURRENT_VERSION}", f"version: {name}"))
    with pytest.raises(ConfigError, match="kunci origin"):
        in_force(tmp_path, date(2027, 3, 1))


@pytest.mark.parametrize("minutes", [0, -5, 10_000])
def test_a_target_that_no_step_can_have_is_refused(minutes: int) -> None:
    with pytest.raises(FormError, match="langkah 3"):
        renewed(load_sop(SHIPPED), {"approval": minutes}, origin())


def test_a_target_that_stays_is_no_change() -> None:
    assert changed_targets(load_sop(SHIPPED), {"approval": 180, "link": 5}) == {"link": 5}


@given(
    st.dictionaries(
        st.sampled_from(["meeting", "design", "approval", "upload", "link"]), st.integers(1, 9999)
    )
)
def test_what_is_written_is_what_is_read_and_the_same_bytes_each_time(targets: dict[str, int]) -> None:
    sop = renewed(load_sop(SHIPPED), targets, origin())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{sop.version}.yaml"
        file.write_bytes(as_yaml(sop))
        assert load_sop(Path(folder), sop.version) == sop
        assert as_yaml(load_sop(Path(folder), sop.version)) == file.read_bytes()
