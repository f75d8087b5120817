"""The archive: search, and a cycle as one file."""
