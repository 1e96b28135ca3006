"""Run a program that dies with its parent: `python -I -S leash.py PARENT SIGNAL UID:GID PROGRAM ARG...`.

A program of its own, because code between fork and exec of a process with threads may hang. It imports next to nothing:
every child pays for it. UID:GID `-` keeps the account.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Take the account, bind this process to its parent, become the program."""
    parent, signal, account, *program = sys.argv[1:]
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal))
    if os.getppid() != int(parent):  # it died before the line above
        sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606 - the whole point: no shell, the same pid


main()
