"""Walks in a real browser, as the people who use the system, and photographs them for the guides."""
