"""How a video is cut for TikTok (contract 6.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medsos.channels.tiktok.video import SMALLEST_CHUNK, ChunkPlan


@pytest.mark.parametrize(
    ("total", "size", "count"),
    [
        (1, 1, 1),
        (4_999_999, 4_999_999, 1),
        (19_999_999, 19_999_999, 1),
        (20_000_000, 10_000_000, 2),
        (50_000_123, 10_000_000, 5),
    ],
)
def test_a_file_is_cut_as_the_contract_says(total: int, size: int, count: int) -> None:
    assert ChunkPlan.of(total, 10_000_000) == ChunkPlan(total, size, count)


@given(st.integers(1, 4_000_000_000), st.integers(1, 64_000_000))
def test_the_chunks_cover_every_byte_once(total: int, wanted: int) -> None:
    plan = ChunkPlan.of(total, wanted)
    spans = [plan.span(number) for number in (0, plan.count // 2, plan.count - 1)]

    assert plan.span(0)[0] == 0
    assert plan.span(plan.count - 1)[1] == total
    assert all(start < end for start, end in spans)
    assert all(end - start <= 128_000_000 for start, end in spans)
    assert plan.count == max(1, total // plan.size)
    assert plan.count == 1 or plan.size >= SMALLEST_CHUNK
