"""What every imitated platform needs at hand: memory, files and the address of this server."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medsos.sandbox import accounts
from medsos.sandbox.media import Files
from medsos.sandbox.state import Document, State


@dataclass
class Sandbox:
    """One running sandbox. `base_url` has no slash at its end; `mail_port` is None while it takes no mail."""

    state: State
    files: Files
    base_url: str
    mail_port: int | None = None

    @classmethod
    def open(cls, state_dir: Path, base_url: str) -> Sandbox:
        state = State(state_dir)
        accounts.seed_tokens(state)
        return cls(state, Files(state_dir / "files", state), base_url.rstrip("/"))

    def url(self, path: str) -> str:
        return f"{self.base_url}{path}"

    def reset(self, *, keep_files: bool = False) -> None:
        """Back to an empty sandbox with the first keys.

        :param keep_files: media that were looked into stay known, so that they need not be again.
        """
        with self.state.transaction():
            self.state.clear(keep_kinds=("file",) if keep_files else ())
            accounts.seed_tokens(self.state)
        if not keep_files:
            self.files.clear()

    # -- posts -----------------------------------------------------------------------------------------------

    def add_post(self, platform: str, id_: str, path: str, text: str, **more: Any) -> Document:
        """Record a post. `more`: `public`, `visible_at`, `media`, `alt_texts`, the platform's own keys."""
        post = {
            "platform": platform,
            "id": id_,
            "path": path,
            "text": text,
            "title": "",
            "media": [],
            "alt_texts": [],
            "public": True,
            "created_at": self.state.time(),
            "visible_at": self.state.time(),
            **more,
        }
        return self.state.put(f"post:{platform}", id_, post)

    def post(self, platform: str, id_: str) -> Document | None:
        return self.state.get(f"post:{platform}", id_)

    def posts(self, platform: str) -> list[Document]:
        """All posts of a platform that exist, newest first, whoever may see them."""
        return self.state.all(f"post:{platform}")

    def visible_posts(self, platform: str) -> list[Document]:
        """The posts that anybody can see at this moment, newest first."""
        now = self.state.time()
        return [
            post for post in self.posts(platform)
            if post["public"] and post["visible_at"] <= now < post.get("ends_at", math.inf)
        ]  # fmt: skip

    def listed_posts(self, platform: str) -> list[Document]:
        """As `visible_posts`, but new posts show only after the settable delay (section 9, point 6)."""
        newest = self.state.time() - float(self.state.setting("visibility_delay_seconds"))
        return [post for post in self.visible_posts(platform) if post["visible_at"] <= newest]

    def is_ready(self, kind: str, id_: str) -> bool:
        """Whether the processing of a document with `ready_at` is over, as a reader is told.

        The first look never says ready, unless the settings ask for that.
        """
        with self.state.transaction():
            document = self.state.get(kind, id_) or {}
            reads = int(document.get("reads", 0))
            self.state.update(kind, id_, reads=reads + 1)
        first_ok = bool(self.state.setting("ready_on_first_read"))
        return self.state.time() >= document["ready_at"] and (reads > 0 or first_ok)

    def ready_at(self) -> float:
        """When a processing that starts now will be over."""
        return self.state.time() + float(self.state.setting("processing_seconds"))
