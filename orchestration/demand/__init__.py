"""Demand of the night: cleansed, profiled, and what needs a person."""
