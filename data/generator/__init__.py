"""Hollin Trading: a wholesaler that does not exist, with the truth about it written beside it."""
