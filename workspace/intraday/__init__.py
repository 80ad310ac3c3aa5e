"""The lane between two nights: event files become provisional signals, and nothing else changes."""
