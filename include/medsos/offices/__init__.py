"""Who and where: an office, its people, channels and brand, as data."""
