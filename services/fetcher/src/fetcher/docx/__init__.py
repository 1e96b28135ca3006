"""Reads word processor documents (Office Open XML, transitional and strict)."""

from fetcher.docx.document import read_docx

__all__ = ["read_docx"]
