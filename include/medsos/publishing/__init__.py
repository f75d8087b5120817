"""The ledger and the publish-exactly-once protocol."""
