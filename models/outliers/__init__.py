"""Values far from the rest, found by measures that the values themselves cannot pull along."""
