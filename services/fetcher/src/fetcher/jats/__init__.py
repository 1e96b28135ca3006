"""Reads JATS and NLM journal article XML."""

from fetcher.jats.article import Reading, read_jats, read_tree

__all__ = ["Reading", "read_jats", "read_tree"]
