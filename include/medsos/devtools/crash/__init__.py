"""Kills the publishing protocol at every place where a worker can die, under every fault of a platform."""
