"""A part is one delivered file as typed rows under one contract: made once, kept by content."""
