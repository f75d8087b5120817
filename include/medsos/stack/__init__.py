"""Runs everything on one machine, prepares the production databases, and speaks to a running Airflow."""
