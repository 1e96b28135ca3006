"""The one place that runs ffmpeg: the program of imageio-ffmpeg, as a child process with an argument list."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

from chassis import Defect, Transient


@functools.lru_cache(maxsize=1)
def program() -> str:
    """Path of the program."""
    import imageio_ffmpeg  # noqa: PLC0415 - looks for the program when it is imported

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(*args: str | Path, timeout: float = 300) -> str:
    """Run ffmpeg and return what it says on stderr. Raises Defect with its last words, Transient when it hangs."""
    argv = [program(), "-hide_banner", "-nostdin", "-nostats", "-y", *map(str, args)]
    try:
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise Transient("unavailable.ffmpeg", "Putting the video together took too long; trying again.") from error
    if done.returncode:
        detail = done.stderr[-2000:]
        raise Defect("internal.ffmpeg", "The video could not be put together; please retry the job.", detail)
    return done.stderr
