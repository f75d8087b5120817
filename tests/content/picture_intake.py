"""Takes pictures in as the tests of the intake see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from medsos.content.intake import TakenIn, take_in
from medsos.errors import MaterialError


def take(path: Path, work: Path, content_type: str = "foto_kegiatan") -> TakenIn:
    return take_in(path, content_type=content_type, into=work)


def refusal(path: Path, work: Path, content_type: str = "foto_kegiatan") -> str:
    with pytest.raises(MaterialError) as caught:
        take(path, work, content_type)
    assert len(caught.value.problems) == 1
    sentence = caught.value.problems[0]
    assert f"“{path.name}”" in sentence
    return sentence
