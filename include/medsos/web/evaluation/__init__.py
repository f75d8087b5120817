"""The evaluation tables and their exports."""
