"""Paper in, script and scene briefs out."""
