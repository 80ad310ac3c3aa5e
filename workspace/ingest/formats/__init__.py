"""One module for each way a file may be written: how its records are found, read and shown."""
