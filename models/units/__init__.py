"""Units of measure: what one unit of an item is worth in another, exactly, or why nobody knows."""
