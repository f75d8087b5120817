"""A typed address must be one post on the right platform and account."""

from __future__ import annotations

import pytest

from medsos.links.platforms import address_problem

ACCOUNT, WEBSITE = "@kpukotabengkulu", "https://kota-bengkulu.kpu.go.id"


def problem(channel: str, address: str, *, training: bool = False) -> str | None:
    return address_problem(channel, address, account=ACCOUNT, website=WEBSITE, training=training)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("web", "https://kota-bengkulu.kpu.go.id/rapat-pleno/"),
        ("facebook", "https://www.facebook.com/kpubengkulu/posts/122"),
        ("facebook", "https://fb.watch/abc/"),
        ("instagram", "https://www.instagram.com/p/DzQFl3AHqrM/"),
        ("x", "https://x.com/KPUKotaBengkulu/status/2124666600928837634"),
        ("tiktok", "https://www.tiktok.com/@kpukotabengkulu/video/7711162662373039855"),
    ],
)
def test_a_post_of_the_office_is_accepted(channel: str, address: str) -> None:
    assert problem(channel, address) is None


@pytest.mark.parametrize(
    ("channel", "address", "says"),
    [
        ("facebook", "", "masih kosong"),
        ("facebook", "facebook.com/kpu/posts/1", "tidak lengkap"),
        ("facebook", "javascript:alert(1)", "tidak lengkap"),
        ("facebook", "https://facebook.com.evil.test/kpu/posts/1", "bukan dari facebook.com"),
        ("instagram", "https://www.instagram.com/", "halaman depan"),
        ("x", "https://x.com/oranglain/status/1", "bukan dari akun @kpukotabengkulu"),
        ("tiktok", "https://www.tiktok.com/@oranglain/video/1", "bukan dari akun"),
        ("web", "https://kpu.go.id/rapat/", "bukan dari kota-bengkulu.kpu.go.id"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(channel: str, address: str, says: str) -> None:
    assert says in str(problem(channel, address))


def test_on_the_training_platforms_the_domain_stands_in_the_path() -> None:
    base = "http://127.0.0.1:8091"
    assert problem("facebook", f"{base}/facebook.com/kpukotabengkulu/posts/1", training=True) is None
    assert problem("web", f"{base}/web/rapat-k1/", training=True) is None
    assert "bukan dari facebook.com" in str(problem("facebook", f"{base}/x.com/a/status/1", training=True))
