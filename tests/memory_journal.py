"""The journal of a publication without the record."""

from __future__ import annotations

import json
from typing import Any


class MemoryJournal(dict[str, Any]):
    """A journal that keeps what a JSON column would keep."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, json.loads(json.dumps(value)))
