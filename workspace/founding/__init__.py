"""Founding a workspace: the folder of a company that has none yet, with comments to go on from."""
