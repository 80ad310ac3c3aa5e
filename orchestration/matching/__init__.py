"""Which delivered records are one object."""
