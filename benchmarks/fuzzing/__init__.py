"""Mutated files for ingest, and what must hold of each."""
