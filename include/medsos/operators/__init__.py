"""What Airflow runs: forms, rendering, publishing, evidence, evaluation."""
