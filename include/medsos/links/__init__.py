"""The links of a cycle: a page to forward, share texts, a QR code, and whether each link answers."""
