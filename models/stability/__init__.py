"""Classes that hold still: a night's step, replays of history, and what holding still costs."""
