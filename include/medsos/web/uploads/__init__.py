"""Uploads by hand and posts in doubt, on a phone."""
