"""What the pages say to Airflow and hear from it."""
