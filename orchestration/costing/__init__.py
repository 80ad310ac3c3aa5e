"""What serving an order line costs, and what margins are worth."""
