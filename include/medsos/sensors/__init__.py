"""What Airflow waits for: the decision of the Kasubbag."""
