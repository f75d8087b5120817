"""The compose file is valid, keeps no secret, and every setting of it is explained."""

import json
import re
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml
from cryptography.fernet import Fernet

from medsos.stack import placeholders
from medsos.stack.airflow_env import RECOVERY
from medsos.stack.analyst import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yaml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text()

INTERPOLATION = re.compile(r"(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}")


def env_file(text: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return dict(pairs)  # type: ignore[arg-type]


def texts(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return [str(node)]


def test_the_file_follows_the_compose_specification():
    schema = json.loads(
        (resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text()
    )
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_or_ends_by_itself(name):
    service = SERVICES[name]
    assert ("healthcheck" in service) != (service.get("restart") == "no")


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_a_fixed_version(name):
    _, _, version = SERVICES[name]["image"].partition(":")
    assert re.match(r"\d+\.\d+", version)


@pytest.mark.parametrize("name", SERVICES)
def test_services_wait_for_services_that_exist_and_say_for_what(name):
    for other, wish in SERVICES[name].get("depends_on", {}).items():
        healthy = wish["condition"] == "service_healthy"
        assert healthy == ("healthcheck" in SERVICES[other])


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "check"])
def test_nothing_starts_before_the_secrets_are_checked(name):
    def before(service: str) -> set[str]:
        direct = set(SERVICES[service].get("depends_on", {}))
        return direct.union(*(before(other) for other in direct))

    assert "check" in before(name)


def test_every_volume_is_declared_and_used():
    used = {
        mount.split(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
        if isinstance(mount, str)
    }
    assert used == set(COMPOSE["volumes"])


def test_every_variable_is_explained_in_the_example_and_the_reverse():
    asked = {name for name, _, _ in INTERPOLATION.findall(COMPOSE_TEXT)}
    assert asked == set(env_file(EXAMPLE))
    blocks = EXAMPLE.split("\n\n")
    for name in asked:
        (block,) = [block for block in blocks if re.search(rf"^{name}=", block, re.MULTILINE)]
        assert block.lstrip().startswith("#"), f"{name} is not explained"


def test_settings_without_a_secret_default_to_what_the_example_says():
    example = env_file(EXAMPLE)
    for name, operator, default in INTERPOLATION.findall(COMPOSE_TEXT):
        if operator == "-":
            assert default == example[name]


def test_secrets_stand_nowhere_in_the_file_and_have_no_default():
    for name, operator, _ in INTERPOLATION.findall(COMPOSE_TEXT):
        assert (operator == "?") == (name in placeholders.SECRETS)
    keys = re.compile(r"(PASSWORD|SECRET|FERNET_KEY|AUTH)$")
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if keys.search(key):
                assert re.fullmatch(INTERPOLATION, value), f"{key} is written out"
    assert not [text for text in texts(SERVICES) if re.search(r"://[^/$]*:[^/$@]+@", text)]


def test_only_the_check_and_init_get_the_analyst_s_password():
    given = {name for name, service in SERVICES.items() if PASSWORD in service.get("environment", {})}
    assert given == {"check", "init"}


def test_the_example_itself_is_refused_with_one_sentence_per_secret(capsys):
    assert placeholders.check_environment(env_file(EXAMPLE)) == 2
    told = capsys.readouterr().err
    for name in placeholders.SECRETS:
        assert f"• {name} masih berisi nilai contoh" in told
    assert placeholders.PLACEHOLDER not in told


def test_fresh_settings_are_accepted_and_differ_each_time():
    first, second = (env_file(placeholders.fresh_env()) for _ in range(2))
    assert placeholders.problems(first) == []
    assert all(first[name] != second[name] for name in placeholders.SECRETS)
    assert {k: v for k, v in first.items() if k not in placeholders.SECRETS} == {
        k: v for k, v in env_file(EXAMPLE).items() if k not in placeholders.SECRETS
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("POSTGRES_PASSWORD", "", "belum diisi"),
        ("POSTGRES_PASSWORD", "airflow", "nilai contoh"),
        ("REDIS_PASSWORD", "kurang", "terlalu pendek"),
        ("REDIS_PASSWORD", "dua puluh huruf dan @", "huruf, angka"),
        ("MEDSOS_ANALYST_PASSWORD", "analis", "terlalu pendek"),
        ("MEDSOS_FERNET_KEY", "x" * 44, "bukan kunci Fernet"),
        ("MEDSOS_JWT_SECRET", "ganti_saya_dong_ya_nanti", "nilai contoh"),
    ],
)
def test_an_unfit_secret_is_named_but_not_shown(name, value, said):
    good = dict.fromkeys(placeholders.SECRETS, "a" * 32) | {
        "MEDSOS_FERNET_KEY": Fernet.generate_key().decode()
    }
    (sentence,) = placeholders.problems({**good, name: value})
    assert sentence.startswith(name)
    assert said in sentence
    assert not value or value not in sentence


def test_kills_are_made_up_for_as_fast_as_on_one_machine():
    given = SERVICES["scheduler"]["environment"]
    for key, value in RECOVERY.items():
        assert given[f"AIRFLOW__SCHEDULER__{key.upper()}"] == value
