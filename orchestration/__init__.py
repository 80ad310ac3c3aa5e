"""WHEN things run: the only package that knows Dagster and starts dbt."""
