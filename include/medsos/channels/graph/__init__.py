"""The Graph API, which Facebook and Instagram share."""
