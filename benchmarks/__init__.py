"""Numbers of a night, measured where they are printed: bench, its floor, and a soak with faults."""
