"""Secrets are taken out of every text, whatever it looks like."""

from __future__ import annotations

import pytest

from medsos.channels.facebook.client import FacebookSettings
from medsos.channels.http import redact
from medsos.channels.instagram.client import InstagramSettings
from medsos.channels.tiktok.client import TikTokSettings
from medsos.channels.tokens import TokenPair
from medsos.channels.wordpress.api import WordPressSettings
from medsos.channels.x.client import XSettings


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://graph.facebook.com/me?fields=id&access_token=EAAB123abc&x=1", "EAAB123abc"),
        ("https://h/?access_token%3DAbC123&b=2", "AbC123"),
        ('{"access_token": "act.example12345", "expires_in": 7200}', "act.example12345"),
        ('{"refresh_token":"rft \\" odd", "a": 1}', "odd"),
        ("{'client_secret': 'S3cr3tValue'}", "S3cr3tValue"),
        ("Authorization: Bearer abcdefgh12345678", "abcdefgh12345678"),
        ("headers={'Authorization': 'Basic YWRtaW46c2FuZGk='}", "YWRtaW46c2FuZGk="),
        ('OAuth oauth_consumer_key="ck9", oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"', "tnnArxj06cW"),
        ("upload_url https://up/video/?upload_id=5&upload_token=Xza123", "Xza123"),
        ("https://admin:rahasia77@situs.go.id/wp-json", "rahasia77"),
        ("token EAAGm0PX4ZCpsBAKZC8zZAX is bad", "EAAGm0PX4ZCpsBAKZC8zZAX"),
        ("sandi aplikasi abcd EFGH 1234 ijkl MNOP 5678 ditolak", "EFGH 1234"),
        ("appsecret_proof=9f86d081884c7d659a2feaa0", "9f86d081884c7d659a2feaa0"),
    ],
)
def test_a_secret_is_masked_by_its_place_or_look(text: str, secret: str) -> None:
    cleaned = redact(text)

    assert secret not in cleaned
    assert "***" in cleaned


def test_a_known_secret_is_masked_wherever_it_stands() -> None:
    assert redact("jalur /kunci-bebas-7/ditolak", ["kunci-bebas-7"]) == "jalur /***/ditolak"


@pytest.mark.parametrize(
    "text",
    [
        "Error validating access token: Session has expired on Friday, 21-Nov-25 14:00:00 PST.",
        "Media upload has failed with error code 2207026",
        "Rapat Pleno Terbuka Rekapitulasi Hasil Pemilu",
        "https://kota-bengkulu.kpu.go.id/berita?id=7",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_settings_and_tokens_do_not_show_their_secrets() -> None:
    secret = "rahasia-12345"
    things = [
        WordPressSettings(site="https://h", user="u", password=secret),
        FacebookSettings(page_id="1", token=secret, app_secret=secret),
        InstagramSettings(account_id="1", token=secret, app_secret=secret),
        XSettings(
            consumer_secret=secret,
            access_token=secret,
            access_secret=secret,
            bearer_token=secret,
            refresh_token=secret,
            client_secret=secret,
        ),
        TikTokSettings(access_token=secret, refresh_token=secret, client_secret=secret),
        TokenPair(access=secret, refresh=secret),
    ]

    assert all(secret not in f"{thing!r} {thing}" for thing in things)
