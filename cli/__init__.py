"""The front door: one file per command group; nothing heavy is imported until a command needs it."""
