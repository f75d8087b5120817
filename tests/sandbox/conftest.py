"""Fixtures of this folder; what they are made of is in `sandbox_kit`."""

from sandbox_kit import keys, sandbox, visible

__all__ = ["keys", "sandbox", "visible"]
