"""One client per platform, and what each platform allows."""
