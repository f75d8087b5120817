"""The record: the project's own database."""
