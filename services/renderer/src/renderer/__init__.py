"""Brief, narration and captions in, encoded scene out."""
