"""The check of a record before it is saved: accept, warn or reject, each with its reasons."""
