"""Requests that are being written: what was typed, the uploaded files, and the way to a cycle."""
