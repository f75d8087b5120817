"""What the journal keeps locked can be read with the account's secret and with no other."""

from __future__ import annotations

from medsos.channels.vault import Vault

ADDRESS = "https://open-upload.tiktokapis.com/video/?upload_id=1&upload_token=Xza123"


def test_the_same_secret_opens_it_in_another_process() -> None:
    locked = Vault("rahasia-aplikasi").lock(ADDRESS)
    assert "upload_token" not in locked
    assert Vault("rahasia-aplikasi").unlock(locked) == ADDRESS


def test_another_secret_and_a_damaged_text_open_nothing() -> None:
    vault = Vault("rahasia-aplikasi")
    locked = vault.lock(ADDRESS)
    assert Vault("rahasia-lain").unlock(locked) is None
    assert vault.unlock(locked[:-4]) is None
    assert vault.unlock("") is None
