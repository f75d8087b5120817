"""The list of cycles, and one page per cycle."""
