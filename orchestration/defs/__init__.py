"""Dagster definitions, one file per step of the night; each file either decorates or builds."""
