"""Who reads: everything that opens a release, read-only, and shows it to people and programs."""
