"""How goods come in: lead times, and how much hangs on one source."""
