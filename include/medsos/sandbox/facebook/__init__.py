"""The imitated Facebook Page."""
