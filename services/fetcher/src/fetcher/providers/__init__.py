"""Where papers come from: one module for each service."""
