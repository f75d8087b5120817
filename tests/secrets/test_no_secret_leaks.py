"""Whatever a platform does, no secret gets into an error, a log line at any level, or the record."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle, product
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests
from PIL import Image

from builders import make_cycle
from leak_search import SECRET_KEYS, Leak, Secrets, forms, search_files
from medsos.channels.base import Media, Post
from medsos.channels.metrics import METRICS
from medsos.clock import utc_now
from medsos.errors import ChannelError, MedsosError
from medsos.hooks import client_for
from medsos.hooks.diagnosis import examine
from medsos.hooks.registry import hook_class
from medsos.offices.model import load_office
from medsos.publishing.ledger import Ledger, open_publication
from medsos.publishing.protocol import publish
from medsos.settings import DEFAULT_DATA_DIR
from medsos.store.session import engine_for, transaction

TRIES = 2
"""How often a worker comes back to a publication after a fault."""

KINDS = ("drop_before", "process_then_drop", "truncated", "process_then_status")
PREFIX = {
    "web": "/web/",
    "facebook": "/graph",
    "instagram": "/graph|/rupload",
    "x": "/x/",
    "tiktok": "/tiktok",
}
CLIENTS = ("web", "facebook", "instagram", "x", "x_oauth2", "tiktok")
MEDIA = ("picture", "video")


class Watch(logging.Handler):
    """Gathers all log records, formatted with their tracebacks, and all errors."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter("%(name)s %(message)s").format(record)
        self.seen.append((f"log {record.name}", f"{text} {record.args!r}"))

    def error(self, error: BaseException) -> None:
        chain = "".join(traceback.format_exception(error))
        self.seen.append((f"error {type(error).__name__}", f"{error!r} {vars(error)} {chain}"))

    def leaks(self, secrets: Secrets) -> set[Leak]:
        return {leak for place, text in self.seen for leak in secrets.search(place, text)}


@pytest.fixture
def watch(home: Path) -> Iterator[Watch]:
    seen, root = Watch(), logging.getLogger()
    before = root.level
    root.addHandler(seen)
    root.setLevel(logging.DEBUG)
    yield seen
    root.removeHandler(seen)
    root.setLevel(before)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Media]:
    """A picture, a video, and one large enough for several chunks on TikTok."""
    folder = tmp_path_factory.mktemp("media")
    picture = folder / "foto.jpg"
    Image.new("RGB", (1080, 1080), "#a01414").save(picture, quality=85)
    made = {"picture": _media(picture, "image/jpeg", width=1080, height=1080, alt_text="Foto")}
    for name, noisy in (("video", False), ("long video", True)):
        path = folder / f"{name}.mp4"
        _film(path, noisy)
        made[name] = _media(path, "video/mp4", width=720, height=1280, duration_seconds=4.0)
    assert made["long video"].size_bytes > 20_000_000 > made["video"].size_bytes
    return made


def _film(path: Path, noisy: bool) -> None:
    noise = np.random.default_rng(7)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 720, 1280, "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0", "qp": "10"}
        for number in range(96):
            small = np.full((160, 90, 3), number, np.uint8)
            if noisy:
                small = noise.integers(0, 255, small.shape, dtype=np.uint8)
            pixels = small.repeat(8, axis=0).repeat(8, axis=1)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode(None))


def _media(path: Path, media_type: str, **facts: Any) -> Media:
    data = path.read_bytes()
    return Media(path, media_type, hashlib.sha256(data).hexdigest(), len(data), **facts)


@pytest.fixture
def go_through(
    clients: dict[str, str], files: dict[str, Media], watch: Watch
) -> Callable[[str, str, str], None]:
    """Publish one content, coming back after every error as the Airflow task does."""
    number = iter(range(10_000))

    def run(name: str, medium: str, title: str) -> None:
        channel = name.split("_")[0]
        key = f"rapat-{name.replace('_', '-')}-{next(number)}"
        post = Post(key=key, text=f"{title} {key}", title=title, media=(files[medium],))
        with transaction() as session:
            row = open_publication(
                session, cycle_id=1, channel=channel, seal=hashlib.sha256(key.encode()).hexdigest(),
                mode="api", now=utc_now(),
            )  # fmt: skip
        for attempt in range(TRIES):
            try:
                client = client_for(channel, clients[name], web_connection_id="medsos_web")
                publish(
                    Ledger(row.id, holder=f"w{attempt}", clock=utc_now), client, post,
                    give_up_after=timedelta(hours=1), read_back_waits=[timedelta(0)] * 2,
                )  # fmt: skip
                return
            except ChannelError as error:
                watch.error(error)

    make_cycle()
    return run


@pytest.fixture
def fault(sandbox_url: str) -> Callable[..., None]:
    """Let the next requests fail; the faults of before are taken away."""

    def set_fault(**values: Any) -> None:
        requests.delete(f"{sandbox_url}/_inspect/faults", timeout=20).raise_for_status()
        requests.post(f"{sandbox_url}/_inspect/faults", json=values, timeout=20).raise_for_status()

    return set_fault


def assert_nothing_leaked(secrets: Secrets, watch: Watch, home: Path) -> None:
    engine_for(f"sqlite:///{home / 'medsos.db'}").dispose()
    assert len(secrets) > 5
    assert sorted(watch.leaks(secrets), key=str) == []
    assert search_files(secrets, home) == []


@pytest.mark.parametrize(("name", "medium"), list(product(CLIENTS, MEDIA)))
def test_a_quiet_day_leaks_nothing(
    name: str, medium: str, go_through: Any, secrets: Secrets, watch: Watch, home: Path
) -> None:
    go_through(name, medium, "Rapat pleno")
    assert any(place.startswith("log urllib3") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_no_fault_makes_a_secret_show(
    name: str,
    go_through: Any,
    fault: Callable[..., None],
    sandbox_url: str,
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    """Every ready-made answer of the platforms and every way to break a connection, early and late."""
    path = PREFIX[name.split("_")[0]]
    presets = requests.get(f"{sandbox_url}/_inspect/faults", timeout=20).json()["presets"]
    assert len(presets) > 20
    faults: list[dict[str, Any]] = [
        *({"preset": preset, "skip": number % 4} for number, preset in enumerate(presets)),
        *({"kind": kind, "skip": skip} for kind, skip in product(KINDS, (0, 1, 3))),
    ]
    for one, medium in zip(faults, cycle(MEDIA), strict=False):
        fault(path=path, times=2, **one)
        go_through(name, medium, f"Gangguan {one}")
    assert any(place.startswith("error ") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("kind", ["status", *KINDS])
def test_an_upload_in_chunks_that_breaks_in_the_middle_shows_no_upload_address(
    kind: str, go_through: Any, fault: Callable[..., None], secrets: Secrets, watch: Watch, home: Path
) -> None:
    """TikTok's address carries its own permission, and the journal keeps it from one try to the next."""
    fault(kind=kind, method="PUT", path="/tiktok-upload/", times=-1, skip=1)
    go_through("tiktok", "long video", "Terputus")
    assert any(name.startswith("upload address") for name in secrets.names())
    assert_nothing_leaked(secrets, watch, home)


ECHO = "Malformed key {} in the request"


@pytest.mark.parametrize("status", [400, 401, 503])
@pytest.mark.parametrize("name", CLIENTS)
def test_a_platform_that_repeats_our_keys_in_its_refusal_does_not_make_us_repeat_them(
    name: str,
    status: int,
    clients: dict[str, str],
    go_through: Any,
    fault: Callable[..., None],
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    channel = name.split("_")[0]
    definition = json.loads(os.environ[f"AIRFLOW_CONN_{clients[name].upper()}"])
    fields = {**definition, **definition["extra"]}
    keys = [str(value) for field, value in fields.items() if SECRET_KEYS.search(field)]
    said = ECHO.format(" ".join(keys))
    bodies: tuple[Any, ...] = (
        {"error": {"message": said, "code": 190 if channel != "tiktok" else "access_token_invalid"}},
        {"title": "Unauthorized", "detail": said, "status": status, "type": "about:blank"},
        {"code": "rest_forbidden", "message": said, "data": {"status": status}},
        f"<html><body>{said}</body></html>",
    )
    for body in bodies:
        fault(kind="status", status=status, body=body, path=PREFIX[channel], times=-1)
        go_through(name, "picture", "Gema")
    assert any(place.startswith("error ") for place, _ in watch.seen)
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("platform", ["x", "tiktok"])
def test_renewing_a_token_shows_neither_the_old_nor_the_new_pair(
    platform: str, go_through: Any, sandbox_url: str, secrets: Secrets, watch: Watch, home: Path
) -> None:
    before = secrets.names()
    body = {"platform": platform}
    requests.post(f"{sandbox_url}/_inspect/expire", json=body, timeout=20).raise_for_status()
    go_through({"x": "x_oauth2"}.get(platform, platform), "picture", "Token baru")
    assert {"answer/access_token", "answer/refresh_token"} <= secrets.names() - before
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_the_test_button_and_the_doctor_show_no_secret(
    name: str,
    clients: dict[str, str],
    fault: Callable[..., None],
    sandbox_url: str,
    secrets: Secrets,
    watch: Watch,
    home: Path,
) -> None:
    channel = name.split("_")[0]
    zone = load_office(DEFAULT_DATA_DIR / "offices", "kota-bengkulu").zone
    hook = hook_class(channel)(clients[name], web_connection_id="medsos_web")
    presets = requests.get(f"{sandbox_url}/_inspect/faults", timeout=20).json()["presets"]
    for preset in ("", *presets):
        if preset:
            fault(preset=preset, path=PREFIX[channel], times=2)
        found = examine(hook, utc_now(), zone)
        watch.seen.append(("doctor", f"{found!r} {found.short} {found.remarks}"))
    assert_nothing_leaked(secrets, watch, home)


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrong_key_is_named_by_its_field_and_not_by_its_value(
    name: str, clients: dict[str, str], monkeypatch: pytest.MonkeyPatch, watch: Watch, home: Path
) -> None:
    variable = f"AIRFLOW_CONN_{clients[name].upper()}"
    definition = json.loads(os.environ[variable])
    wrong = Secrets()
    for place in (definition, definition["extra"]):
        for field in list(place):
            if field in ("password", "access_token", "access_secret", "consumer_secret", "bearer_token",
                         "refresh_token", "client_secret", "app_secret"):  # fmt: skip
                place[field] = f"kunci-keliru-{field}-Zx81"
                wrong.add(field, place[field])
    monkeypatch.setenv(variable, json.dumps(definition))
    client = client_for(name.split("_")[0], clients[name], web_connection_id="medsos_web")
    with pytest.raises(MedsosError) as caught:
        client.whoami()
    watch.error(caught.value)
    assert_nothing_leaked(_more(wrong), watch, home)


def _more(secrets: Secrets) -> Secrets:
    """Enough names for the check of the check."""
    for number in range(6):
        secrets.add(f"spare {number}", f"tidak-pernah-dipakai-{number}")
    return secrets


def test_the_search_finds_a_secret_in_every_form_it_may_take() -> None:
    secret = 'rahasia/ku+dan "kutip" & 100%'
    known = Secrets()
    known.add("kunci", secret)
    for form in forms(secret):
        assert known.search("x", b"awal " + form + b" akhir") == [Leak("x", "kunci")]
    for before in ("", "a", "ab", "abc", "admin:"):
        text = base64.b64encode(f"{before}{secret}:sisa".encode())
        assert known.search("x", text) == [Leak("x", "kunci")], before
    assert known.search("x", "tidak ada apa-apa") == []


@pytest.mark.parametrize(
    "text",
    [
        "GET /me?access_token=EAABsbCS1iHgBA",
        "https://h/?a=1&access_token%3DEAABsbCS1iHgBA",
        'Authorization: OAuth oauth_consumer_key="c", oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D"',
        "PUT /video/?upload_id=1&upload_token=Xza123abc",
        "GET /me?appsecret_proof=9f86d081884c7d659a2feaa0c55ad015",
        "{'Authorization': 'Bearer abcdefgh12345678'}",
    ],
)
def test_the_search_finds_secrets_that_nobody_knew(text: str) -> None:
    assert Secrets().search("x", text) != []


def test_the_numbers_of_a_post_are_no_secrets() -> None:
    assert Secrets().search("x", " ".join(METRICS)) == []
