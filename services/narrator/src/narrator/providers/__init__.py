"""Voices: one module for each engine or vendor."""

from narrator.providers.voice import Utterance, Voice

__all__ = ["Utterance", "Voice"]
