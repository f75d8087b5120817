"""The SOP and the office as data: what is right is read, what is wrong is named with file, line and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from medsos.errors import ConfigError
from medsos.offices.model import CHANNELS, load_brand, load_office, office_slugs
from medsos.settings import load_settings
from medsos.sop.model import load_sop

SETTINGS = load_settings({})


@pytest.fixture
def offices(tmp_path: Path) -> Path:
    shutil.copytree(SETTINGS.offices_dir, tmp_path / "offices")
    return tmp_path / "offices"


def change(offices: Path, name: str, old: str, new: str) -> None:
    path = offices / "kota-bengkulu" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_sop_has_six_steps_with_the_signed_targets() -> None:
    sop = load_sop(SETTINGS.sop_dir)
    assert [step.target_minutes for step in sop.steps] == [120, 180, 180, 15, 10, 15]
    assert sop.total_minutes == 520
    assert sop.number == "4/ORT.06/1771/2/2023"


def test_the_shipped_office_is_complete() -> None:
    assert "kota-bengkulu" in office_slugs(SETTINGS.offices_dir)
    office = load_office(SETTINGS.offices_dir, "kota-bengkulu")
    assert office.offered_channels == CHANNELS
    assert office.zone_label == "WIB"
    assert load_brand(SETTINGS.offices_dir, "kota-bengkulu").provisional


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("office.yaml", "mode: api, connection: medsos_x", "mode: apii, connection: medsos_x", ["channels.x.mode", "'manual'"]),
        ("office.yaml", "time_zone: Asia/Jakarta", "time_zone: Asia/Jkt", ["baris 7", "time_zone", "Asia/Jakarta"]),
        ("office.yaml", "short_name: KPU", "shortname: KPU", ["short_name", "wajib ada", "shortname", "tidak dikenal"]),
        ("office.yaml", "  tiktok: {", "  tiktak: {", ["tiktak"]),
        ("office.yaml", '"#KPUMelayani"', '"KPUMelayani"', ["hashtags", "diawali #"]),
        ("office.yaml", "valid_from: 2023-01-02", "valid_from: 2 Januari", ["people.0.valid_from", "2026-01-31"]),
        ("office.yaml", "people:", "people: [", ["bukan YAML yang sah"]),
        ("office.yaml", "email: admin@latihan.example", "email: admin, kasubbag@kpu.go.id", ["people.0.email", "alamat surel"]),
        ("office.yaml", "reminders: [50, 100]", "reminders: [0]", ["notices.reminders.0"]),
        ("office.yaml", "escalation: 200", "eskalasi: 200", ["notices.eskalasi", "tidak dikenal"]),
    ],
)  # fmt: skip
def test_a_mistake_in_the_office_file_is_named_with_line_and_key(
    offices: Path, file: str, old: str, new: str, expected: list[str]
) -> None:
    change(offices, file, old, new)
    with pytest.raises(ConfigError) as caught:
        load_office(offices, "kota-bengkulu")
    for part in [file, "baris", *expected]:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"slug: kota\nshort_name: KPU \x07 Kota\n", "baris 2: ada tanda yang tidak dapat dibaca"),
        ("slug: kota\nshort_name: KPU Kota é\n".encode("cp1252"), "baris 2: disimpan bukan sebagai UTF-8"),
    ],
)
def test_a_file_that_an_editor_has_spoiled_is_named(offices: Path, content: bytes, expected: str) -> None:
    (offices / "kota-bengkulu" / "office.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=f"^office.yaml {expected}"):
        load_office(offices, "kota-bengkulu")


def test_a_colour_that_is_none_and_a_missing_font_are_named(offices: Path) -> None:
    change(offices, "brand.yaml", '"#9b1c1f"', '"merah"')
    with pytest.raises(ConfigError, match=r"colours\.primary"):
        load_brand(offices, "kota-bengkulu")
    change(offices, "brand.yaml", '"merah"', '"#9b1c1f"')
    change(offices, "brand.yaml", "PlusJakartaSans_700Bold.ttf", "Hilang.ttf")
    with pytest.raises(ConfigError, match=r"Hilang\.ttf"):
        load_brand(offices, "kota-bengkulu")


def test_a_missing_sop_version_is_named() -> None:
    with pytest.raises(ConfigError, match=r"9-XX\.yaml"):
        load_sop(SETTINGS.sop_dir, "9-XX")
