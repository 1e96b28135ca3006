"""Files are told apart by content; the unreadable are named for what they are."""

import io
import zipfile

import pytest
from chassis.errors import SourceError
from fetcher.identify import identify

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x" * 500)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"junk before\n%PDF-1.4", "pdf"),
        (b"\0damaged head\n" * 900 + b"1 0 obj <<>> endobj", "pdf"),
        (archive("[Content_Types].xml", "word/document.xml"), "docx"),
        (b"<?xml version='1.0'?><article/>", "jats"),
        ("\ufeff<article><front/></article>".encode(), "jats"),
        ("<?xml version='1.0' encoding='UTF-16'?><article/>".encode("utf-16"), "jats"),
        (b"<article><front><p>an &lt;html&gt; word</p></front></article>", "jats"),
    ],
)
def test_readable_kinds_are_recognised_whatever_the_name(tmp_path, content, kind):
    file = tmp_path / "source.bin"
    file.write_bytes(content)
    assert identify(file) == kind


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "source.empty"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "source.html"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>', "source.html"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "source.encrypted"),
        (OLE + "WordDocument".encode("utf-16-le") + "\tDRMContent".encode("utf-16-le"), "source.drm"),
        (OLE + "WordDocument".encode("utf-16-le"), "source.legacy-doc"),
        (OLE + "Workbook".encode("utf-16-le"), "source.office"),
        (archive("word/document.xml")[:300], "source.truncated"),
        (archive("xl/workbook.xml"), "source.office"),
        (archive("mimetype", "content.xml"), "source.unsupported"),
        (archive("a.pdf", "b.pdf"), "source.archive"),
        (b"{\\rtf1 text}", "source.unsupported"),
        (b"\\documentclass{article}\\begin{document}", "source.latex"),
        (b"Just some words.", "source.plain-text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300, "source.image"),
        (b"\x1f\x8b\x08" + b"\0" * 300, "source.archive"),
        (bytes(range(256)) * 4, "source.unknown-type"),
    ],
)
def test_unusable_file_is_named_for_what_it_is(tmp_path, content, code):
    file = tmp_path / "paper.pdf"
    file.write_bytes(content)
    with pytest.raises(SourceError) as raised:
        identify(file)
    assert raised.value.code == code
    assert raised.value.message.endswith(".")
