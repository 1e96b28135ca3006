"""Scene brief in, narration with word times out."""
