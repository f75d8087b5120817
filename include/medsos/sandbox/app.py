"""Puts the five imitated platforms, their pages and the inspection into one web application."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from medsos.sandbox import inspection, mailbox_pages, pages
from medsos.sandbox.context import Sandbox
from medsos.sandbox.facebook import account as facebook_account
from medsos.sandbox.facebook import insights as facebook_insights
from medsos.sandbox.facebook import posts as facebook
from medsos.sandbox.facebook import read as facebook_read
from medsos.sandbox.facebook import reels as facebook_reels
from medsos.sandbox.facebook import video as facebook_video
from medsos.sandbox.facebook import video_read as facebook_video_read
from medsos.sandbox.gate import Gate
from medsos.sandbox.graph import host as graph
from medsos.sandbox.instagram import account as instagram
from medsos.sandbox.instagram import containers as instagram_containers
from medsos.sandbox.instagram import media as instagram_media
from medsos.sandbox.mailbox import serve_mail
from medsos.sandbox.tiktok import oauth as tiktok_oauth
from medsos.sandbox.tiktok import outcome as tiktok_outcome
from medsos.sandbox.tiktok import photos as tiktok_photos
from medsos.sandbox.tiktok import read as tiktok_read
from medsos.sandbox.tiktok import videos as tiktok
from medsos.sandbox.wire import PlatformError
from medsos.sandbox.wordpress import comments as wordpress_comments
from medsos.sandbox.wordpress import host as wordpress
from medsos.sandbox.wordpress import media as wordpress_media
from medsos.sandbox.wordpress import posts as wordpress_posts
from medsos.sandbox.wordpress import reading as wordpress_reading
from medsos.sandbox.wordpress import site as wordpress_site
from medsos.sandbox.wordpress import terms as wordpress_terms
from medsos.sandbox.x import create as x_create
from medsos.sandbox.x import media as x_media
from medsos.sandbox.x import oauth2 as x_oauth2
from medsos.sandbox.x import read as x_read

# These have no router of their own: on import they register with `graph` or `wordpress`.
REGISTERED = (
    facebook, facebook_insights, facebook_read, facebook_video, facebook_video_read, instagram,
    instagram_media, wordpress_comments, wordpress_media, wordpress_posts, wordpress_reading,
    wordpress_site, wordpress_terms,
)  # fmt: skip


class SandboxApp(FastAPI):
    """The application; every request first passes the gate (ledger of requests, faults, rate windows)."""

    gate: Gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.gate(super().__call__, scope, receive, send)


def create_app(state_dir: Path, base_url: str, mail_listener: socket.socket | None = None) -> SandboxApp:
    """The sandbox as an ASGI application.

    :param state_dir: folder for its memory; made if missing, taken up again if not.
    :param base_url: address under which clients and the platforms' own fetches reach this server.
    :param mail_listener: socket on which the mailbox takes mail; without one it takes none.
    """
    sandbox = Sandbox.open(state_dir, base_url)
    if mail_listener is not None:
        sandbox.mail_port = mail_listener.getsockname()[1]

    @asynccontextmanager
    async def close_state(_: FastAPI) -> AsyncIterator[None]:
        mail = await serve_mail(sandbox, mail_listener) if mail_listener is not None else None
        yield
        if mail is not None:
            mail.close()
        sandbox.state.close()

    app = SandboxApp(title="Platform latihan", docs_url=None, redoc_url=None, openapi_url=None,
                     lifespan=close_state, redirect_slashes=False)  # fmt: skip
    app.state.sandbox = sandbox
    app.gate = Gate(sandbox)
    for router in (
        inspection.router, graph.router, facebook_account.router, facebook_reels.router,
        instagram_containers.router, x_oauth2.router, x_media.router, x_create.router, x_read.router,
        tiktok.router, tiktok_photos.router, tiktok_outcome.router, tiktok_read.router, tiktok_oauth.router,
        wordpress.router, mailbox_pages.router, pages.router,
    ):  # fmt: skip
        app.include_router(router)

    @app.exception_handler(PlatformError)
    async def refuse(_: Request, error: PlatformError) -> Response:
        return error.response()

    return app
