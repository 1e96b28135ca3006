"""Narration in, captions out; everything in, video out."""
