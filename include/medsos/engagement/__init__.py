"""How published posts are doing: when their numbers are read, reading them, and the newest of them."""
