"""What a choice of scheme rests on, from the tables of the night."""
