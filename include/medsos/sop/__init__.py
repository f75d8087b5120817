"""The procedure as data."""
