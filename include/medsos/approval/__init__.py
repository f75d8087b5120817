"""Who may approve, and the seal over exactly what is approved."""
