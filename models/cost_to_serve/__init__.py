"""What it costs to serve: activities, their capacity, and what of it each order line used."""
