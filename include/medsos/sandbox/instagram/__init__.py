"""The imitated Instagram account."""
