"""Clients that break a promise on purpose, to show that the matrix would notice."""

from __future__ import annotations

from medsos.channels.base import Committed, Journal, Post
from medsos.channels.facebook.client import FacebookClient
from medsos.channels.progress import forget_commit
from medsos.devtools.crash import clients
from medsos.devtools.crash.clients import Surroundings
from medsos.errors import ContentInvalid, UnknownOutcome


class PostsAgain(FacebookClient):
    """Takes a lost answer for proof that nothing was posted."""

    def resolve(self, post: Post, journal: Journal) -> Committed | None:
        forget_commit(journal)
        return None


class CallsItAFailure(FacebookClient):
    """Takes a lost answer for a refusal."""

    def commit(self, post: Post, journal: Journal) -> Committed:
        try:
            return super().commit(post, journal)
        except UnknownOutcome as error:
            raise ContentInvalid(str(error)) from None


class ClaimsSuccess(FacebookClient):
    """Takes a lost request for a post."""

    def commit(self, post: Post, journal: Journal) -> Committed:
        try:
            return super().commit(post, journal)
        except UnknownOutcome:
            return Committed(post_id="104589211773650_1")


def _as(kind: type[FacebookClient], around: Surroundings) -> FacebookClient:
    client = clients.facebook(around)
    client.__class__ = kind
    return client


def posts_again(around: Surroundings) -> FacebookClient:
    return _as(PostsAgain, around)


def calls_it_a_failure(around: Surroundings) -> FacebookClient:
    return _as(CallsItAFailure, around)


def claims_success(around: Surroundings) -> FacebookClient:
    return _as(ClaimsSuccess, around)
