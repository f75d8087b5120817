"""tweepy, the most used client of X, works against the sandbox (contract section 8).

Its host is a constant, so an adapter on the session carries the requests here; OAuth 1.0a signatures stay the
ones for the platform's own address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

HOST = "https://api.twitter.com"


class Carrier(HTTPAdapter):
    """Sends what is meant for the platform to the sandbox."""

    def __init__(self, sandbox: str) -> None:
        super().__init__()
        self._sandbox = sandbox

    def send(self, request: requests.PreparedRequest, *how: Any, **more: Any) -> requests.Response:
        request.url = str(request.url).replace(HOST, f"{self._sandbox}/x", 1)
        return super().send(request, *how, **more)


def connected(sandbox: str, **keys: Any) -> tweepy.Client:
    client = tweepy.Client(**keys)
    client.session.mount(HOST, Carrier(sandbox))
    return client


class As:
    """tweepy that signs every call the one way or the other, which it has to be told each time."""

    def __init__(self, client: tweepy.Client, *, user_auth: bool) -> None:
        self._client, self._user_auth = client, user_auth

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)
        return lambda *given, **more: call(*given, **{"user_auth": self._user_auth, **more})


def oauth1(sandbox: str, x: dict[str, str], **other: str) -> As:
    keys = {
        name: x[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    }
    return As(connected(sandbox, **{**keys, **other}), user_auth=True)


def oauth2(sandbox: str, x: dict[str, str]) -> As:
    """With the token of a person as bearer."""
    return As(connected(sandbox, bearer_token=x["oauth2_access_token"]), user_auth=False)


@pytest.fixture(params=[oauth1, oauth2], ids=["OAuth 1.0a", "OAuth 2.0"])
def client(request: pytest.FixtureRequest, sandbox: str, keys: dict[str, Any]) -> Any:
    return request.param(sandbox, keys["x"])


def test_this_is_the_version_that_was_chosen() -> None:
    assert version("tweepy") == "4.17.0"


def test_a_post_is_written_read_and_deleted(client: Any, keys: dict[str, Any], visible: Any) -> None:
    made = client.create_tweet(text="Rapat & pleno #KPU https://kpu.go.id").data

    assert [post["id"] for post in visible("x")] == [made["id"]]
    read = client.get_tweet(
        made["id"], tweet_fields=["created_at", "entities", "author_id", "public_metrics"],
        expansions=["author_id"], user_fields=["public_metrics", "created_at"],
    )  # fmt: skip
    assert read.data.text.startswith("Rapat &amp; pleno #KPU https://t.co/")
    assert read.data.entities["urls"][0]["expanded_url"] == "https://kpu.go.id"
    assert read.data.entities["hashtags"][0]["tag"] == "KPU"
    assert read.data.public_metrics["retweet_count"] == 0
    assert abs(read.data.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert read.includes["users"][0].username == keys["x"]["username"]
    assert read.includes["users"][0].public_metrics["tweet_count"] == 1
    assert client.delete_tweet(made["id"]).data == {"deleted": True}
    assert visible("x") == []
    gone = client.get_tweet(made["id"])
    assert gone.data is None
    assert gone.errors[0]["type"].endswith("/resource-not-found")


def test_who_it_is_and_what_it_posted_page_by_page(client: Any, keys: dict[str, Any]) -> None:
    made = [client.create_tweet(text=f"Kabar {number}").data["id"] for number in range(12)]

    account = client.get_me(user_fields=["description", "profile_image_url"]).data
    pages = list(tweepy.Paginator(client.get_users_tweets, account.id, max_results=5))

    assert account.username == keys["x"]["username"]
    assert account.description
    assert [len(page.data) for page in pages] == [5, 5, 2]
    assert [str(post.id) for page in pages for post in page.data] == made[::-1]
    assert pages[1].meta["previous_token"]
    back = client.get_users_tweets(
        account.id, max_results=5, pagination_token=pages[1].meta["previous_token"]
    )
    assert [post.id for post in back.data] == [post.id for post in pages[0].data]
    since = client.get_users_tweets(account.id, since_id=made[9], max_results=10).data
    assert [str(post.id) for post in since] == made[:9:-1]
    many = client.get_tweets([made[0], "1", made[3]])
    assert [str(post.id) for post in many.data] == [made[0], made[3]]
    assert many.errors[0]["resource_id"] == "1"


def test_pictures_uploaded_elsewhere_come_with_the_post(
    client: Any, sandbox: str, keys: dict[str, Any], picture: bytes
) -> None:
    """tweepy cannot upload by v2; an id made by another client serves."""
    header = {"Authorization": f"Bearer {keys['x']['oauth2_access_token']}"}
    upload = requests.post(
        f"{sandbox}/x/2/media/upload", headers=header, data={"media_category": "tweet_image"},
        files={"media": ("foto.jpg", picture)}, timeout=20,
    ).json()["data"]  # fmt: skip
    body = {"id": upload["id"], "metadata": {"alt_text": {"text": "Rapat"}}}
    requests.post(f"{sandbox}/x/2/media/metadata", headers=header, json=body, timeout=20).raise_for_status()

    made = client.create_tweet(text="Foto", media_ids=[upload["id"]]).data
    read = client.get_tweet(
        made["id"], expansions=["attachments.media_keys"], tweet_fields=["attachments"],
        media_fields=["alt_text", "url", "width", "height"],
    )  # fmt: skip

    assert read.data.attachments["media_keys"] == [upload["media_key"]]
    [shown] = read.includes["media"]
    assert (shown.media_key, shown.type, shown.alt_text) == (upload["media_key"], "photo", "Rapat")
    assert (shown.width, shown.height) == (1080, 1080)
    assert requests.get(shown.url, timeout=20).content == picture


def test_a_thread_and_a_poll(client: Any, visible: Any) -> None:
    first = client.create_tweet(text="Satu").data
    second = client.create_tweet(text="Dua", in_reply_to_tweet_id=first["id"]).data
    client.create_tweet(text="Jajak", poll_options=["Ya", "Tidak"], poll_duration_minutes=60)

    read = client.get_tweet(second["id"], tweet_fields=["conversation_id", "referenced_tweets"]).data
    assert str(read.conversation_id) == first["id"]
    assert [(link.type, str(link.id)) for link in read.referenced_tweets] == [("replied_to", first["id"])]
    assert len(visible("x")) == 3
    with pytest.raises(tweepy.Forbidden):
        client.create_tweet(text="Balasan kepada orang lain", in_reply_to_tweet_id="20")
    with pytest.raises(tweepy.Forbidden):
        client.create_tweet(text="Kutipan", quote_tweet_id=first["id"])


def test_refusals_are_the_errors_that_tweepy_knows(
    client: Any, sandbox: str, tell: Any, visible: Any
) -> None:
    client.create_tweet(text="Sama")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client.create_tweet(text="Sama")
    with pytest.raises(tweepy.BadRequest, match="media IDs are invalid"):
        client.create_tweet(text="Foto", media_ids=["1880028106020515840"])
    with pytest.raises(tweepy.Forbidden, match="too long"):
        client.create_tweet(text="a" * 281)
    tell("settings", x_credits_depleted=True)
    with pytest.raises(tweepy.HTTPException) as credits_gone:
        client.create_tweet(text="Lain")
    assert credits_gone.value.response.status_code == 402
    tell("settings", x_credits_depleted=False, rate_limits={"x_create": 6})
    client.create_tweet(text="Lain")
    with pytest.raises(tweepy.TooManyRequests) as busy:
        client.create_tweet(text="Lagi")
    assert int(busy.value.response.headers["x-rate-limit-remaining"]) == 0
    assert busy.value.reset_time > datetime.now(UTC).timestamp()
    tell("faults", preset="x_503", path="/2/tweets")
    with pytest.raises(tweepy.TwitterServerError):
        client.create_tweet(text="Lagi")
    assert len(visible("x")) == 2


def test_wrong_keys_are_unauthorized(sandbox: str, keys: dict[str, Any], visible: Any) -> None:
    strangers = [
        oauth1(sandbox, keys["x"], access_token_secret="salah"),
        oauth1(sandbox, keys["x"], consumer_key="salah"),
        oauth2(sandbox, {"oauth2_access_token": "salah"}),
    ]
    for stranger in strangers:
        with pytest.raises(tweepy.Unauthorized):
            stranger.create_tweet(text="Pengumuman")
    assert visible("x") == []


def test_signatures_for_another_host_are_refused_when_the_setting_does_not_name_it(
    sandbox: str, keys: dict[str, Any], tell: Any
) -> None:
    client = oauth1(sandbox, keys["x"])
    assert client.get_me().data
    tell("settings", x_signature_base_urls=["https://api.x.com"])
    with pytest.raises(tweepy.Unauthorized):
        client.get_me()


def test_the_apps_own_token_reads_but_does_not_post(sandbox: str, keys: dict[str, Any], visible: Any) -> None:
    person = oauth1(sandbox, keys["x"])
    made = person.create_tweet(text="Pengumuman").data
    app = connected(sandbox, bearer_token=keys["x"]["app_bearer_token"])

    assert str(app.get_tweet(made["id"]).data.id) == made["id"]
    assert app.get_user(username=keys["x"]["username"]).data.id == int(keys["x"]["user_id"])
    assert app.get_users(ids=[keys["x"]["user_id"], "12"]).errors[0]["resource_id"] == "12"
    assert len(app.get_users_tweets(keys["x"]["user_id"]).data) == 1
    with pytest.raises(tweepy.Forbidden, match="Application-Only"):
        app.create_tweet(text="Lain", user_auth=False)
    with pytest.raises(tweepy.Forbidden):
        app.get_tweet(made["id"], tweet_fields=["non_public_metrics"])
    assert len(visible("x")) == 1


def test_a_consent_of_pkce_gives_a_token_that_posts(
    sandbox: str, keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch, visible: Any
) -> None:
    # tweepy's OAuth library asks for this where the address is not https.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    handler = tweepy.OAuth2UserHandler(
        client_id=keys["x"]["client_id"], client_secret=keys["x"]["client_secret"],
        redirect_uri="http://127.0.0.1/kembali",
        scope=["tweet.read", "tweet.write", "users.read", "offline.access"],
    )  # fmt: skip
    handler.mount("https://api.x.com", Carrier(sandbox))
    handler.mount(HOST, Carrier(sandbox))
    asked = handler.get_authorization_url()
    consent = requests.get(
        f"{sandbox}/x.com/i/oauth2/authorize?{asked.partition('?')[2]}", allow_redirects=False, timeout=20
    )
    assert consent.headers["location"].startswith("http://127.0.0.1/kembali?")

    token = handler.fetch_token(consent.headers["location"])

    assert token["refresh_token"]
    oauth2(sandbox, {"oauth2_access_token": token["access_token"]}).create_tweet(text="Dengan izin")
    assert len(visible("x")) == 1
    with pytest.raises(tweepy.Forbidden):
        oauth2(sandbox, {"oauth2_access_token": token["access_token"]}).create_tweet(text="x" * 281)
