"""What a caller may do with jobs, whatever door they come through."""
