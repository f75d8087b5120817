"""What developers run: generated documentation and benchmarks."""
