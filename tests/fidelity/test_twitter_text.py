"""The sandbox counts a post as X's own counting rules do, which `twitter-text-parser` follows."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from requests_oauthlib import OAuth1
from twitter_text import parse_tweet

from medsos.channels.limits import weighted_length as ours
from medsos.sandbox.x.text import weighted_length as theirs

SAMPLES = {
    "plain": "Pemungutan suara ulang di TPS 03 Kelurahan Anggut Bawah",
    "dashes and quotes": "KPU Kota Bengkulu – “Melayani” … 2024—2029 ‹›",
    "chinese": "选举委员会",
    "arabic": "السلام عليكم",
    "accents apart": "e\u0301lection cafe\u0301",
    "emoji": "Terima kasih 🙏",
    "skin tone": "👍🏽 mantap",
    "family": "👨‍👩‍👧‍👦 datang ke TPS",
    "flag": "🇮🇩 merdeka",
    "keycap": "1️⃣ 2️⃣ 3️⃣",
    "address": "Lihat https://kota-bengkulu.kpu.go.id/berita/baca/1234/rapat-pleno-terbuka-rekapitulasi",
    "short address": "t.co/abc",
    "without scheme": "kpu.go.id dan infopemilu.kpu.go.id/Pemilu",
    "in brackets": "(https://kpu.go.id)",
    "with a dot behind": "Buka https://kpu.go.id.",
    "no address": "pukul 08.00 s.d 12.00 WIB",
    "mail": "surat ke kpu@kpu.go.id",
    "hash tags": "#KPUMelayani #PemiluSerentak @KPU_ID",
    "lines": "Satu\nDua\n\nTiga",
    "empty": "",
}


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_sample_weighs_the_same(name: str) -> None:
    expected = parse_tweet(SAMPLES[name]).weightedLength

    assert theirs(SAMPLES[name]) == expected
    assert ours(SAMPLES[name]) == expected


WORDS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co"), max_codepoint=0x1FAFF)
)


@given(st.lists(st.one_of(WORDS, st.sampled_from(list(SAMPLES.values()))), max_size=4).map(" ".join))
@settings(max_examples=300)
def test_any_text_weighs_the_same_for_our_client_and_for_the_parser(text: str) -> None:
    assert ours(text) == parse_tweet(text).weightedLength


@pytest.mark.parametrize("unit", ["a", "é", "选", "👍🏽", "https://kpu.go.id/berita "])
def test_the_sandbox_takes_exactly_what_the_parser_calls_valid(
    sandbox: str, keys: dict[str, Any], unit: str
) -> None:
    x = keys["x"]
    keys_of_ours = OAuth1(
        x["consumer_key"], x["consumer_secret"], x["access_token"], x["access_token_secret"]
    )
    longest = max(count for count in range(1, 281) if parse_tweet((unit * count).strip()).valid)

    for count, status in ((longest, 201), (longest + 1, 403)):
        text = (unit * count).strip()
        assert parse_tweet(text).valid is (status == 201)
        answer = requests.post(f"{sandbox}/x/2/tweets", json={"text": text}, auth=keys_of_ours, timeout=20)
        assert answer.status_code == status, answer.text
