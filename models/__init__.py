"""How numbers are made: pure mathematics on arrays and frames; no I/O, clock or environment."""
