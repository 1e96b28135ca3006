"""The sd_notify protocol: tell whoever started this process that it is ready."""

import os
import socket


def ready() -> None:
    """Say READY=1 on $NOTIFY_SOCKET, where there is one."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(f"READY=1\nMAINPID={os.getpid()}".encode(), address.replace("@", "\0", 1))
