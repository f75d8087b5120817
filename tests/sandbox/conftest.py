"""Fixtures of this folder; they are made in `sandbox_kit` and `x_kit`."""

from sandbox_kit import keys, sandbox, visible
from x_kit import oauth

__all__ = ["keys", "oauth", "sandbox", "visible"]
