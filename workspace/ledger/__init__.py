"""Governance events in the order they were recorded: an append-only chain that no night deletes."""
