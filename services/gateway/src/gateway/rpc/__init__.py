"""The gRPC interface: JobService."""
