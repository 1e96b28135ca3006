"""The projection of the stream's events in PostgreSQL, and what stands on it: outbox, reconciler, hub."""
