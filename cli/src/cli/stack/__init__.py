"""The embedded stack: NATS, PostgreSQL, S3 and the services as child processes of one command, data in one folder."""

from cli.stack.homes import default_home, local_token, running
from cli.stack.processes import Process
from cli.stack.stack import Stack

__all__ = ["Process", "Stack", "default_home", "local_token", "running"]
