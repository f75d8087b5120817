"""How a post is doing, under the same names on every platform, and None where a platform does not tell."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
import requests

from medsos.channels.base import Media, Post
from medsos.channels.facebook.numbers import parse_insights
from medsos.channels.metrics import METRICS, Missing, figures, number
from medsos.channels.x import numbers as x_numbers
from medsos.errors import AuthInvalid, ConfigError, PermissionMissing, PostGone

COUNTS = {"views": 412, "reach": 300, "likes": 57, "comments": 6, "shares": 9}
TOLD = {
    "facebook": COUNTS,
    "instagram": COUNTS,
    "x": {**COUNTS, "reach": None},
    "tiktok": {**COUNTS, "reach": None},
}
NOT_TOLD_WITHOUT_INSIGHTS = {
    "facebook": {**COUNTS, "views": None, "reach": None},
    "instagram": {**COUNTS, "views": None, "reach": None, "shares": None},
}
INSIGHTS_RIGHT = {"facebook": "read_insights", "instagram": "instagram_manage_insights"}


@pytest.fixture
def published(sandbox: Any, journal: Any, picture: Callable[..., Media]) -> Callable[[str], tuple[Any, str]]:
    """Publishes one picture and lets people react to it."""

    def publish(channel: str, **changes: Any) -> tuple[Any, str]:
        client = sandbox.client(channel, **changes)
        post = Post(key="kegiatan-7", text="Sosialisasi tahapan", title="Sosialisasi", media=(picture(),))
        client.prepare(post, journal)
        post_id = client.commit(post, journal).post_id
        sandbox.tell("settings", {"counts": {channel: COUNTS}})
        return client, post_id

    return publish


@pytest.mark.parametrize("channel", list(TOLD))
def test_the_numbers_have_the_same_names_on_every_platform(published: Any, channel: str) -> None:
    client, post_id = published(channel)

    told = client.metrics(post_id)
    assert told == TOLD[channel]
    assert tuple(told) == METRICS
    assert {told.why(name) for name in told if told[name] is None} <= {Missing.NOT_OFFERED}


@pytest.mark.parametrize("channel", list(TOLD))
def test_a_post_that_nobody_has_seen_has_zeros_and_not_gaps(
    sandbox: Any, published: Any, channel: str
) -> None:
    client, post_id = published(channel)
    sandbox.tell("settings", {"counts": {}})

    assert client.metrics(post_id) == {
        name: None if value is None else 0 for name, value in TOLD[channel].items()
    }


@pytest.mark.parametrize("channel", ["facebook", "instagram", "x", "tiktok"])
def test_numbers_of_a_post_that_does_not_exist_are_an_error_and_not_zeros(sandbox: Any, channel: str) -> None:
    with pytest.raises(PostGone):
        sandbox.client(channel).metrics("17000000000000001")


@pytest.mark.parametrize("fields_parameter", ["tweet.fields", "post.fields"])
def test_x_is_understood_in_both_vocabularies(published: Any, fields_parameter: str) -> None:
    client, post_id = published("x", fields_parameter=fields_parameter)

    assert client.metrics(post_id)["shares"] == 9


def test_quotations_on_x_count_as_shares_whatever_reposts_are_called() -> None:
    for word in ("retweet_count", "repost_count"):
        post = {"public_metrics": {word: 4, "quote_count": 3, "like_count": 1}}

        assert x_numbers.read_metrics(post) == figures(shares=7, likes=1)


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
def test_a_withdrawn_insight_leaves_only_its_own_gap(sandbox: Any, published: Any, channel: str) -> None:
    client, post_id = published(channel)
    withdrawn = {"facebook": "post_total_media_view_unique", "instagram": "reach"}[channel]
    sandbox.tell("settings", {"meta_withdrawn_insights": [withdrawn]})

    told = client.metrics(post_id)
    assert told == {**COUNTS, "reach": None}
    assert told.why("reach") is Missing.WITHDRAWN


@pytest.mark.parametrize("channel", ["facebook", "instagram"])
def test_without_the_right_to_insights_the_counts_still_come(
    sandbox: Any, published: Any, channel: str
) -> None:
    client, post_id = published(channel)
    sandbox.tell("settings", {"meta_missing_permissions": [INSIGHTS_RIGHT[channel]]})

    told = client.metrics(post_id)
    assert told == NOT_TOLD_WITHOUT_INSIGHTS[channel]
    assert {told.why(name) for name in told if told[name] is None} == {Missing.NO_RIGHT}


def test_insights_of_facebook_can_be_named_otherwise_in_the_connection(sandbox: Any, published: Any) -> None:
    client, post_id = published("facebook", insights={"views": "post_video_views"})

    assert client.metrics(post_id) == {**COUNTS, "reach": None}
    asked = [entry["query"] for entry in sandbox.ask("requests") if entry["path"].endswith("/insights")]
    assert asked
    assert all("post_total_media_view_unique" not in query for query in asked)


def test_a_wrong_proof_of_the_app_is_not_taken_for_missing_insights(sandbox: Any, published: Any) -> None:
    _, post_id = published("facebook")

    with pytest.raises((PermissionMissing, AuthInvalid), match="appsecret_proof"):
        sandbox.client("facebook", app_secret="rahasia-yang-salah").metrics(post_id)


def test_numbers_of_a_video_are_those_of_its_post(sandbox: Any, journal: Any, video: Media) -> None:
    client = sandbox.client("facebook")
    post = Post(key="video-7", text="Sosialisasi", title="Sosialisasi", media=(video,))
    client.prepare(post, journal)
    client.commit(post, journal)
    sandbox.tell("settings", {"counts": {"facebook": COUNTS}})

    assert client.metrics(journal["facebook_video_id"]) == COUNTS


def test_a_tiktok_post_that_is_not_public_has_no_numbers(
    sandbox: Any, journal: Any, picture: Callable[..., Media]
) -> None:
    client = sandbox.client("tiktok", privacy="SELF_ONLY")
    post = Post(key="kegiatan-8", text="Rapat", title="Rapat", media=(picture(),))
    client.prepare(post, journal)
    client.commit(post, journal)

    told = client.metrics(journal["tiktok_publish_id"])
    assert told == figures()
    assert (told.why("views"), told.why("reach")) == (Missing.NOT_YET, Missing.NOT_OFFERED)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        ("12", 12.0),
        ({"like": 2, "love": 3}, 5.0),
        ({}, 0.0),
        (None, None),
        (True, None),
        ("-", None),
    ],
)
def test_counts_are_read_in_the_forms_that_platforms_use(value: object, expected: float | None) -> None:
    assert number(value) == expected


def test_a_website_post_that_was_made_a_draft_again_is_gone_for_the_public(
    sandbox: Any, journal: Any, picture: Callable[..., Media]
) -> None:
    client = sandbox.client("web")
    post = Post(key="kegiatan-9", text="Sosialisasi tahapan", title="Sosialisasi", media=(picture(),))
    client.prepare(post, journal)
    post_id = client.commit(post, journal).post_id
    assert client.metrics(post_id) == figures(comments=0)
    key = base64.b64encode(b"admin-medsos:latihan-sandi-aplikasi-web").decode()
    requests.post(
        f"{sandbox.url}/web/wp-json/wp/v2/posts/{post_id}", json={"status": "draft"},
        headers={"Authorization": f"Basic {key}"}, timeout=20,
    ).raise_for_status()  # fmt: skip

    with pytest.raises(PostGone):
        client.metrics(post_id)


def test_a_name_that_is_no_metric_cannot_slip_in() -> None:
    with pytest.raises(TypeError, match="impressions"):
        figures(impressions=3)


def test_the_table_of_insights_is_read_from_one_line() -> None:
    text = "views=post_media_view, reach = post_total_media_view_unique"

    assert parse_insights(text, where="isian Metrik") == {
        "views": "post_media_view",
        "reach": "post_total_media_view_unique",
    }


@pytest.mark.parametrize("text", ["post_media_view", "tayangan=post_media_view", "views="])
def test_a_wrong_table_of_insights_is_said_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="views=post_media_view"):
        parse_insights(text, where="isian Metrik")
