"""The front door: one file per command group; nothing heavy is imported before it is needed."""
