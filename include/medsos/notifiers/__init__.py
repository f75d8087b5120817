"""Messages to people, sent through Airflow."""
