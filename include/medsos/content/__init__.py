"""What is to be said: the request, the materials taken in, the captions per channel."""
