"""Workspaces, and the generator that fills the demo one."""
