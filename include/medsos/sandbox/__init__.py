"""Stand-in platforms for training and tests; imports nothing from the other rooms."""
