"""The Kasubbag's form."""
