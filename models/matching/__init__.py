"""Which delivered records are one thing, and under which golden id it goes from night to night."""
