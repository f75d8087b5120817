"""The page Perlu tindakan."""
