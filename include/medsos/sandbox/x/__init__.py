"""The imitated X."""
