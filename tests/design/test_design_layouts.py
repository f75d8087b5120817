"""Layout files: complete as shipped; a mistake is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from medsos.content.request import CONTENT_TYPES
from medsos.design.layout import LAYOUTS_DIR, Icon, Text, load_canvases, load_layout
from medsos.design.paint import ICONS
from medsos.errors import ConfigError
from medsos.offices.model import CHANNELS


@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_every_content_type_has_a_sound_layout_for_all_formats(kind: str) -> None:
    layout = load_layout(kind)
    assert set(layout.formats) == {size.format for size in load_canvases().channels.values()}
    for format_layout in layout.formats.values():
        for layer in format_layout.layers:
            names = [layer.icon] if isinstance(layer, Icon) else []
            names += [t.icon for t in getattr(layer, "texts", []) if isinstance(t, Text) and t.icon]
            assert set(names) <= set(ICONS)


def test_there_is_a_layout_file_for_every_content_type_and_no_other() -> None:
    assert {path.stem for path in LAYOUTS_DIR.glob("*.yaml")} == {*CONTENT_TYPES, "canvases"}
    assert set(load_canvases().channels) == set(CHANNELS)


def broken(tmp_path: Path, old: str, new: str) -> tuple[Path, int]:
    """A copy of a layout with one mistake, and the line of the mistake."""
    text = (LAYOUTS_DIR / "produk_hukum.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "produk_hukum.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path, text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: fill, colour: primary,", "kind: fill, colour: hijau,", "colour"),
        ("kind: motif, pattern: kawung", "kind: motif, pattern: polkadot", "salah satu dari"),
        ("kind: shape, radius: 14", "kind: shape, radus: 14", "kunci ini tidak dikenal"),
        ("kind: logo, box: { dx: 48", "kind: stiker, box: { dx: 48", "kind"),
    ],
)
def test_a_mistake_in_a_layer_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folder, line = broken(tmp_path, old, new)
    with pytest.raises(
        ConfigError, match=rf"produk_hukum\.yaml baris {line}, kunci formats\.landscape"
    ) as raised:
        load_layout("produk_hukum", folder)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('text: "{headline}"', 'text: "{judul}"', r"isian \{judul\} tidak dikenal"),
        ("size: [32, 62]", "size: [62, 32]", r"\[terkecil, terbesar\]"),
        ('text: "{tagline}"', 'text: "KPU"', "isian tagline belum ditempatkan"),
    ],
)
def test_a_mistake_in_a_text_says_what_was_expected(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder, _ = broken(tmp_path, old, new)
    with pytest.raises(ConfigError, match=said):
        load_layout("produk_hukum", folder)


def test_a_scrim_behind_no_text_a_missing_format_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    text = (LAYOUTS_DIR / "video.yaml").read_text(encoding="utf-8")
    (tmp_path / "video.yaml").write_text(
        text.replace("behind: office", "behind: kantor", 1), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="blok teks “kantor” yang tidak ada"):
        load_layout("video", tmp_path)
    cut = text[: text.index("  tall:")]
    (tmp_path / "produk_hukum.yaml").write_text(cut, encoding="utf-8")
    with pytest.raises(ConfigError, match="format tall belum ada"):
        load_layout("produk_hukum", tmp_path)
    with pytest.raises(ConfigError, match=r"foto_kegiatan\.yaml: berkas tidak ditemukan"):
        load_layout("foto_kegiatan", tmp_path)
