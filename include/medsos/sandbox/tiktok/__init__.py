"""The imitated TikTok."""
