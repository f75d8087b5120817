"""The content cycle of an election office's social media, by its written procedure."""
