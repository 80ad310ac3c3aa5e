"""The exact partition of all inputs of a set of rules: what lint proves and flips search."""
