"""Minutes, plan and revision on pages of our own."""
