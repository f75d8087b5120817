"""Keys and passwords are made once, kept, and readable by their owner only."""

import json
import stat

from cryptography.fernet import Fernet

from medsos.stack import secret_files
from medsos.stack.airflow_env import airflow_environment
from medsos.stack.config import USERS, StackConfig


def test_keys_stay_the_same_and_work(tmp_path):
    path = tmp_path / "rahasia" / "kunci.json"
    first = secret_files.keys(path)
    assert secret_files.keys(path) == first
    Fernet(first["fernet"])
    assert len(set(first.values())) == 3


def test_files_are_for_their_owner_only(tmp_path):
    path = tmp_path / "rahasia" / "sandi.json"
    secret_files.passwords(path, ["admin"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_new_user_gets_a_password_and_the_others_keep_theirs(tmp_path):
    path = tmp_path / "rahasia" / "sandi.json"
    before = secret_files.passwords(path, ["admin"])
    after = secret_files.passwords(path, ["admin", "kasubbag"])
    assert after["admin"] == before["admin"]
    assert len(after["kasubbag"]) == 16


def test_airflow_gets_the_same_keys_and_users_on_every_start(tmp_path):
    config = StackConfig(home=tmp_path)
    first = airflow_environment(config, {})
    assert airflow_environment(config, {}) == first
    assert json.loads((tmp_path / "rahasia" / "sandi.json").read_text()).keys() == USERS.keys()


def test_one_machine_listens_to_itself_only_unless_told_otherwise(tmp_path):
    assert airflow_environment(StackConfig(home=tmp_path), {})["AIRFLOW__API__HOST"] == "127.0.0.1"
    opened = airflow_environment(StackConfig(home=tmp_path, host="10.0.0.7"), {})
    assert opened["AIRFLOW__API__HOST"] == "10.0.0.7"
