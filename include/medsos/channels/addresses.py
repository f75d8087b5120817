"""Finds web addresses in what people write."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
"""A full stop or bracket that closes a sentence is no part of it."""
