"""What the sandbox remembers: documents, settings and the clock, in one SQLite file.

A document is a JSON object with a kind and an id. Documents of a kind keep the order in which they were made.
Everything survives a restart of the server.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL,
    UNIQUE (kind, id));
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, status INTEGER, fault TEXT);
CREATE TABLE IF NOT EXISTS hits (rule TEXT NOT NULL, time REAL NOT NULL);
CREATE INDEX IF NOT EXISTS hits_by_rule ON hits (rule, time);
"""

DEFAULT_SETTINGS: dict[str, Any] = {
    # Seconds that a container, a video or a post is being processed (platform contract, section 9, point 5).
    "processing_seconds": 1.0,
    # False: the first look at a processing state is never the final one.
    "ready_on_first_read": False,
    # Seconds before a new post shows in the list endpoints (section 9, point 6).
    "visibility_delay_seconds": 0.0,
    # Seconds from PUBLISH_COMPLETE until TikTok tells the public id (section 6.6).
    "tiktok_moderation_seconds": 1.0,
    # Address prefixes verified for the app, besides the sandbox's own website (section 6.4).
    "tiktok_verified_prefixes": [],
    "tiktok_audited": True,
    "tiktok_max_video_seconds": 600,
    # What the creator may choose from, and which of comment, duet and stitch are switched off (section 6.3).
    "tiktok_privacy_levels": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "tiktok_interactions_disabled": [],
    # Direct posts in 24 hours; "about 15" on the platform (section 6.7). 0: no limit.
    "tiktok_posts_per_day": 0,
    "instagram_quota_total": 50,
    "instagram_containers_per_day": 400,
    "facebook_require_appsecret_proof": False,
    # Section 3.3: the answer to a reel's finish may or may not carry the post id.
    "facebook_reel_answers_post_id": True,
    # Only posts of text or link alone are compared: the guard is partial (section 0.3). 0 turns it off.
    "facebook_duplicate_window_seconds": 600,
    "x_duplicate_window_seconds": 86400,
    "x_text_limit": 280,
    # Hosts that clients sign OAuth 1.0a requests for although they reach this server (section 8).
    "x_signature_base_urls": ["https://api.x.com", "https://api.twitter.com"],
    "x_max_chunk_bytes": 8 * 1024 * 1024,
    "x_video_seconds": 140,
    # Prepaid credits gone: POST /2/tweets answers 402 (section 5.8).
    "x_credits_depleted": False,
    # Processing that ends badly although the media are fine (section 9, point 7): a `fail_reason` for
    # "tiktok" (section 6.6), a name of `instagram_rules.ERRORS` for "instagram", any text for "x" and
    # "facebook"; for "web" the message of the 500 after a file was stored (section 2.4).
    "fail_processing": {},
    # What people did with the posts: {"<platform>": {"views": n, "reach": n, "likes": n, "comments": n,
    # "shares": n}}, the same for every post; what is not given is 0.
    "counts": {},
    # Permissions that the Meta token lacks (sections 3.1 and 4.1), and when it ends, unix seconds; 0: never.
    "meta_missing_permissions": [],
    "meta_token_expires_at": 0,
    # Application passwords of the website that no longer open it (section 2.1).
    "web_password_revoked": False,
    # Larger uploads get 413 and a page of HTML (section 2.4).
    "web_upload_max_bytes": 64 * 1024 * 1024,
    # Insights that Meta has withdrawn since (section 3.6).
    "meta_withdrawn_insights": [],
    # Small limits for tests: {"<rule name in rates.py>": requests per window} (section 9, point 10).
    "rate_limits": {},
    # Longest wait for a media address given by a client, seconds.
    "fetch_timeout_seconds": 20.0,
}


_read_shared = lru_cache(maxsize=20_000)(json.loads)


class State:
    """One sandbox's memory. Methods may be called from any thread; `lock` makes several calls one step."""

    def __init__(self, state_dir: Path) -> None:
        state_dir.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self._db = sqlite3.connect(state_dir / "sandbox.db", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        # What every request asks for is kept at hand as well; one process owns the file.
        self._values: dict[str, Any] = {}
        self._hits: dict[str, deque[float]] = {}
        self._load()

    def _load(self) -> None:
        rows = self._db.execute("SELECT name, value FROM settings")
        self._values = {name: json.loads(value) for name, value in rows}
        self._hits = {}
        for rule, moment in self._db.execute("SELECT rule, time FROM hits ORDER BY time"):
            self._hits.setdefault(rule, deque()).append(moment)

    def close(self) -> None:
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock and write everything inside, or nothing."""
        with self.lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                self._load()
                raise
            self._db.execute("COMMIT")

    # -- time ------------------------------------------------------------------------------------------------

    def time(self) -> float:
        """Unix seconds by the sandbox's clock, which `POST /_inspect/clock` can set ahead."""
        return time.time() + float(self._read_setting("clock_offset", 0.0))

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def advance(self, step: timedelta) -> None:
        offset = float(self._read_setting("clock_offset", 0.0)) + step.total_seconds()
        self._write_setting("clock_offset", offset)

    # -- settings --------------------------------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        return self._read_setting(name, DEFAULT_SETTINGS[name])

    def settings(self) -> dict[str, Any]:
        return {name: self.setting(name) for name in DEFAULT_SETTINGS}

    def set_setting(self, name: str, value: Any) -> None:
        """:raises KeyError: the sandbox has no such setting."""
        DEFAULT_SETTINGS[name]
        self._write_setting(name, value)

    def count(self, platform: str, name: str) -> int:
        """How often the people of this training world did something with a post of `platform`."""
        return int((self.setting("counts").get(platform) or {}).get(name, 0))

    def _read_setting(self, name: str, default: Any) -> Any:
        with self.lock:
            return self._values.get(name, default)

    def _write_setting(self, name: str, value: Any) -> None:
        with self.lock:
            self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
            self._values[name] = value

    # -- documents -------------------------------------------------------------------------------------------

    def get(self, kind: str, id_: str) -> Document | None:
        with self.lock:
            row = self._db.execute(
                "SELECT data FROM documents WHERE kind = ? AND id = ?", (kind, str(id_))
            ).fetchone()
        return None if row is None else json.loads(row[0])

    def put(self, kind: str, id_: str, data: Document) -> Document:
        """Store a new document or replace it in place."""
        with self.lock:
            self._db.execute(
                "INSERT INTO documents (kind, id, data) VALUES (?, ?, ?) "
                "ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data",
                (kind, str(id_), json.dumps(data)),
            )
        return data

    def update(self, kind: str, id_: str, **changes: Any) -> Document:
        """Change some keys of an existing document."""
        with self.transaction():
            data = self.get(kind, id_)
            if data is None:
                raise KeyError(f"{kind} {id_}")
            return self.put(kind, id_, {**data, **changes})

    def delete(self, kind: str, id_: str) -> None:
        with self.lock:
            self._db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, str(id_)))

    def forget(self, kind: str, before: float) -> None:
        """Delete the documents of a kind whose `until`, in unix seconds, lies before a moment."""
        with self.lock:
            self._db.execute(
                "DELETE FROM documents WHERE kind = ? AND json_extract(data, '$.until') < ?", (kind, before)
            )

    def all(self, kind: str) -> list[Document]:
        """Every document of a kind, newest first. They are shared: to be read, not changed."""
        with self.lock:
            rows = self._db.execute(
                "SELECT data FROM documents WHERE kind = ? ORDER BY seq DESC", (kind,)
            ).fetchall()
        return [_read_shared(row[0]) for row in rows]

    def next_number(self, name: str, start: int = 1) -> int:
        """A number that was never given out under this name."""
        with self.transaction():
            number = int(self._read_setting(f"counter:{name}", start))
            self._write_setting(f"counter:{name}", number + 1)
        return number

    # -- ledger of requests and rate windows -----------------------------------------------------------------

    def log_request(
        self, began: float, method: str, path: str, query: str, status: int | None, fault: str | None
    ) -> None:
        """Remember a request that is over, under the moment when it came."""
        with self.lock:
            self._db.execute(
                "INSERT INTO requests (time, method, path, query, status, fault) VALUES (?, ?, ?, ?, ?, ?)",
                (began, method, path, query, status, fault),
            )

    def requests(self) -> list[Document]:
        """Every request so far, oldest first."""
        with self.lock:
            rows = self._db.execute(
                "SELECT time, method, path, query, status, fault FROM requests ORDER BY time, seq"
            ).fetchall()
        keys = ("time", "method", "path", "query", "status", "fault")
        return [dict(zip(keys, row, strict=True)) for row in rows]

    def hits_since(self, rule: str, since: float) -> list[float]:
        """When requests counted under `rule`, oldest first; older ones than `since` are forgotten."""
        with self.lock:
            hits = self._hits.setdefault(rule, deque())
            if hits and hits[0] < since:
                while hits and hits[0] < since:
                    hits.popleft()
                self._db.execute("DELETE FROM hits WHERE rule = ? AND time < ?", (rule, since))
            return list(hits)

    def add_hit(self, rule: str) -> None:
        moment = self.time()
        with self.lock:
            self._db.execute("INSERT INTO hits VALUES (?, ?)", (rule, moment))
            self._hits.setdefault(rule, deque()).append(moment)

    def clear(self, keep_kinds: tuple[str, ...] = ()) -> None:
        """Forget everything, settings and clock included, but for the documents of `keep_kinds`."""
        with self.transaction():
            kept = ", ".join("?" * len(keep_kinds))
            self._db.execute(f"DELETE FROM documents WHERE kind NOT IN ({kept})", keep_kinds)  # noqa: S608
            for table in ("settings", "requests", "hits"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608
            self._load()
