"""Ways to people, as Airflow notifiers."""
