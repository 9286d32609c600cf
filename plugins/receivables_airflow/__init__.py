"""Receivables on Airflow: the only code of the product that imports Airflow."""
