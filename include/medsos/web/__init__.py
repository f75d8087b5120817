"""The pages that people see inside the Airflow UI."""
