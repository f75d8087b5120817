"""The page Pejabat: who holds which role, and who stands in."""
