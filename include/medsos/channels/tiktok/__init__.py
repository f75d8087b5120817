"""A TikTok account."""
