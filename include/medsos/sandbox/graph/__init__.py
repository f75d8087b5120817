"""The Graph host that Facebook and Instagram share."""
