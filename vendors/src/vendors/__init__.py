"""Paid providers: settings, prices, limits, clients and errors that several services need to know alike.

What a stage asks of a provider is the stage's own, in its `providers/`.
"""
