"""Whether an address that a person typed can be a post on the right platform and account."""

from __future__ import annotations

from urllib.parse import urlsplit

HOSTS: dict[str, tuple[str, ...]] = {
    "facebook": ("facebook.com", "fb.watch"),
    "instagram": ("instagram.com",),
    "x": ("x.com", "twitter.com"),
    "tiktok": ("tiktok.com",),
}
"""Domains of the platforms' posts; the website's comes from the office."""

ACCOUNT_SHOWS = frozenset({"x", "tiktok"})
"""Platforms whose addresses begin with the account's name."""


def address_problem(channel: str, address: str, *, account: str, website: str, training: bool) -> str | None:
    """One Indonesian sentence that says what is wrong with the address; None when it fits.

    :param training: the channel leads to training platforms, whose addresses carry the domain in the path.
    """
    if not address:
        return "Alamat postingan masih kosong. Salin dari kanalnya."
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "Alamat itu tidak lengkap. Salin seluruhnya, mulai dari https://"
    host, path = parts.hostname, parts.path.strip("/")
    if training:
        host, _, path = path.partition("/")
    allowed = ("web",) if training and channel == "web" else HOSTS.get(channel) or (_host(website),)
    if not any(host == domain or host.endswith(f".{domain}") for domain in allowed):
        return f"Alamat itu bukan dari {allowed[0]}. Periksa kanalnya, lalu salin ulang."
    if not path:
        return "Alamat itu halaman depan, bukan satu postingan. Buka postingannya, lalu salin alamatnya."
    if channel in ACCOUNT_SHOWS and path.split("/")[0].lstrip("@").lower() != account.lstrip("@").lower():
        return f"Alamat itu bukan dari akun {account}. Periksa akunnya, lalu salin ulang."
    return None


def _host(website: str) -> str:
    return urlsplit(website).hostname or website
