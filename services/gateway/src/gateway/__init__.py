"""Accepts jobs, shows them, streams their progress; keeps the ledger."""
