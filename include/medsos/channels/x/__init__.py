"""An account on X."""
