"""What a file is, told by its content alone; what cannot be read is refused by its own name."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from typing import TYPE_CHECKING, Literal

from chassis.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["jats", "docx", "pdf"]

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_JATS = re.compile(r"<!doctype\s+(article|pmc-articleset|oai-pmh)|<(\w+:)?(article|pmc-articleset|OAI-PMH)[\s>]")
_OTHERS = "please give the paper as PDF, DOCX or JATS XML."


def identify(path: Path) -> Kind:
    """The kind of paper that the file holds.

    Raises:
        SourceError: the file is of another kind, empty, protected or cut off.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise SourceError("source.empty", "This file is empty; please download or save it again.")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_OLE):
        raise _compound(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _archive(path)
    return _text(path, head)


def _compound(path: Path) -> SourceError:
    """Which of the old compound files it is, by the names in its directory."""
    content = path.read_bytes()

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return SourceError(
            "source.encrypted", "This document is protected by a password; please remove it and try again."
        )
    if holds("DRMContent") or holds("\tDRMDataSpace"):
        return SourceError(
            "source.drm", "This document is locked by rights management; please give a copy that is not."
        )
    if holds("WordDocument"):
        return SourceError(
            "source.legacy-doc",
            "This is a Word document in the format of before 2007; please save it as DOCX or PDF and try again.",
        )
    return SourceError(
        "source.office", f"This is an old office file (a spreadsheet, slides or a message), not a paper; {_OTHERS}"
    )


def _archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            "source.truncated", "This document is cut off or damaged; please download or save it again.", str(error)
        ) from error
    if any(name.startswith("word/") for name in names) or ("_rels/.rels" in names and "document.xml" in str(names)):
        return "docx"
    if any(name.startswith(("xl/", "ppt/", "visio/")) for name in names):
        raise SourceError("source.office", f"This is a spreadsheet or a presentation, not a paper; {_OTHERS}")
    if "mimetype" in names:
        raise SourceError("source.unsupported", f"This is an OpenDocument or e-book file; {_OTHERS}")
    raise SourceError(
        "source.archive",
        "This is an archive of files; please take the paper out of it and give the PDF, DOCX or XML alone.",
    )


def _text(path: Path, head: bytes) -> Kind:
    text = _decoded(head)
    if text is None:
        if b"endobj" in path.read_bytes():
            # A PDF whose beginning is damaged: its reader says what can be done.
            return "pdf"
        raise _unknown(head)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        if _JATS.search(text):
            return "jats"
        if _HTML.search(text):
            raise SourceError(
                "source.html",
                "This is a web page, not a paper, often a login or error page saved in the paper's place;"
                " please open the link in your browser and download the paper itself.",
            )
        return "jats"
    if start.startswith("{\\rtf"):
        raise SourceError(
            "source.unsupported", "This is a rich text file; please save it as DOCX or PDF and try again."
        )
    if "\\documentclass" in text:
        raise SourceError("source.latex", "This is LaTeX source; please give the PDF that it makes.")
    raise SourceError("source.plain-text", f"This is a plain text file, not a formatted paper; {_OTHERS}")


def _decoded(head: bytes) -> str | None:
    """The head as text, or None where it is binary."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if head.startswith((b"<\0", b"\0<")):
        return head.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return head.decode("utf-32", "replace")
    if b"\0" in head or sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 50:
        return None
    return head.decode("utf-8", "replace")


def _unknown(head: bytes) -> SourceError:
    import filetype  # type: ignore[import-untyped]  # noqa: PLC0415 - only unusable files get here

    guess = filetype.guess(head)
    if guess is None:
        return SourceError(
            "source.unknown-type", f"This file is of no known kind, or damaged; {_OTHERS}", head[:16].hex()
        )
    if guess.mime.startswith("image/"):
        return SourceError("source.image", f"This is a picture ({guess.extension}), not a paper; {_OTHERS}")
    if guess.mime.startswith(("application/gzip", "application/x-")):
        return SourceError(
            "source.archive", f"This is an archive or program ({guess.extension}), not a paper; {_OTHERS}"
        )
    return SourceError("source.unsupported", f"This is a file of type {guess.mime}, not a paper; {_OTHERS}")
