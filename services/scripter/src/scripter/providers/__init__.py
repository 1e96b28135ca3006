"""Script writers, one module each, and what they ask of their vendors."""
