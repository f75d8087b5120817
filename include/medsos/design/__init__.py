"""From layouts written as data to finished pictures."""
