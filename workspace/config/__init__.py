"""Typed configuration: one module per kind of file, and the loading that gives errors a place."""
