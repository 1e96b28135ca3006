"""Who uses the gateway: users, their sessions and tokens, and what they did."""
