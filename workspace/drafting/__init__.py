"""Drafts of contracts: what delivered files look like, written down for a person to review.

A draft measures and states; it decides nothing by itself. What cannot be told from the values is
left open in a way that `tierwise check` refuses.
"""
