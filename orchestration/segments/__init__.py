"""The segments of the night: their units, cuts and reasons, what holds them still, what moved."""
