"""The reading process: `python -m fetcher.child INPUT FOLDER MEGABYTES SECONDS` reads one untrusted file within limits.

It writes `answer.json` into the folder: the paper and what pictures it names, or an error of the tree.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.errors import Error

ANSWER = "answer.json"
_LARGEST_FILE = 200_000_000
_MOST_FILES = 256


def main() -> int:
    """Read the file named on the command line."""
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    _limit(int(sys.argv[3]), float(sys.argv[4]))
    answer = _answer(source, folder)
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")
    sys.stdout.flush()
    # Readers in C may crash while Python tears them down; the answer is complete.
    os._exit(0)


def _limit(megabytes: int, seconds: float) -> None:
    memory, processor = megabytes * 1024 * 1024, math.ceil(seconds)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(source: Path, folder: Path) -> dict[str, object]:
    from chassis.errors import Error, SourceError  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    from fetcher.reading import read  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    try:
        reading = read(source, folder)
    except Error as error:
        return _told(error)
    except (MemoryError, RecursionError) as error:
        return _told(
            SourceError(
                "source.too-complex",
                "This file needs far more memory than a paper should;"
                " please give a simpler copy, such as one printed to PDF again.",
                repr(error),
            )
        )
    except Exception as error:  # noqa: BLE001 - whatever a reader trips over in a hostile file, the file is at fault
        return _told(
            SourceError(
                "source.unreadable",
                "This file is damaged in a way that cannot be read around; please download or save it again.",
                repr(error),
            )
        )
    return {"paper": reading.paper.model_dump(mode="json"), "pictures": reading.pictures}


def _told(error: Error) -> dict[str, object]:
    return {"error": {"kind": type(error).__name__, "arguments": [error.code, error.message, error.detail]}}


if __name__ == "__main__":
    sys.exit(main())
