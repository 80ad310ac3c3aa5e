"""Units that are not as usual: values that stand in for others, exceptions, and decision cases."""
