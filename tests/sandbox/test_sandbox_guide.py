"""The page about the sandbox names everything that can be set, asked and broken, and all its keys."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from sandbox_kit import tell

from medsos.sandbox import accounts, faults, rates
from medsos.sandbox.fault_answers import PRESETS
from medsos.sandbox.inspection import router
from medsos.sandbox.state import DEFAULT_SETTINGS
from medsos.sandbox.wordpress.users import USERS

GUIDE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()


def named(name: str) -> bool:
    return f"`{name}`" in GUIDE


@pytest.mark.parametrize("name", [*DEFAULT_SETTINGS, *faults.KINDS, *(rule.name for rule in rates.RULES)])
def test_settings_kinds_of_faults_and_rates_are_named(name):
    assert named(name)


def test_keys_of_faults_are_named():
    assert [key for key in faults.KEYS if not named(key)] == []


def test_every_address_of_the_control_is_named():
    paths = {route.path.removeprefix("/_inspect/") for route in router.routes}
    assert [path for path in paths if not re.search(rf"`[^`]*\b{path}\b[^`]*`", GUIDE)] == []


def test_every_key_that_opens_the_sandbox_is_named():
    keys = [
        *accounts.FACEBOOK.values(), *accounts.INSTAGRAM.values(), *accounts.X.values(),
        *accounts.TIKTOK.values(), *(user["password"] for user in USERS.values()), *USERS,
    ]  # fmt: skip
    assert [key for key in keys if not named(key)] == []


def test_examples_of_faults_and_presets_are_taken(sandbox):
    examples = [json.loads(text) for text in re.findall(r"`(\{\"(?:preset|kind)\".*?\})`", GUIDE)]
    assert len(examples) >= 5
    for example in examples:
        tell(sandbox, "faults", **example)
    presets = set(re.findall(r"`((?:x|graph|tiktok|html|bare|retry)_[a-z0-9_]+)`", GUIDE))
    known = set(PRESETS) | set(DEFAULT_SETTINGS) | {rule.name for rule in rates.RULES}
    assert presets - known == set()


def test_requests_can_be_sifted(sandbox, keys):
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    requests.get(f"{sandbox}/x/2/users/me", headers=header, timeout=10)
    requests.post(f"{sandbox}/x/2/tweets", headers=header, json={"text": "a"}, timeout=10)
    sifted = requests.get(
        f"{sandbox}/_inspect/requests", params={"path": "tweets$", "method": "POST"}, timeout=10
    ).json()
    assert [entry["path"] for entry in sifted] == ["/x/2/tweets"]
    assert requests.get(f"{sandbox}/_inspect/requests?path=(", timeout=10).status_code == 400


def test_the_sandbox_loads_nothing_of_the_rest():
    """Section 9, point 11: no knowledge shared with what it checks."""
    look = (
        "import sys, medsos.sandbox.server\n"
        "print([n for n in sys.modules if n.startswith('medsos.') and not n.startswith('medsos.sandbox')])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, timeout=60
    )
    assert shown.stdout.strip() == "[]"
