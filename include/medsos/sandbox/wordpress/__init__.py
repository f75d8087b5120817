"""The imitated WordPress site."""
