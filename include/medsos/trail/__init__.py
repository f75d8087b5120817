"""Holds record, archive and audit trail against each other: whatever was changed past the system shows."""
