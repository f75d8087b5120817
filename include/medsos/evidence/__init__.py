"""Proof that a post was up: screenshots, the archive with checksums, the manifest of a cycle."""
