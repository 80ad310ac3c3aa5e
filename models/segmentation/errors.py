"""What is wrong with a scheme, before anything runs."""


class SchemeError(ValueError):
    """A scheme that contradicts itself; the text names the part and the remedy."""
