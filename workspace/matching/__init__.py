"""Scoring of record pairs: which delivered records are one customer, product, site or supplier.

Here are normalisation, blocking, comparison and training. Which pairs end up in one cluster, what
a steward decided and which golden id a cluster has is decided elsewhere, from these scores.
"""
