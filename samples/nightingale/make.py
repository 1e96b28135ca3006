"""Write nightingale.xml, .pdf and .docx from paper.md and mortality.csv."""

from pathlib import Path

import jats
import pages
import word
from figures import draw
from text import read_text


def main() -> None:
    """Write the three files beside this one."""
    folder = Path(__file__).parent
    text, pictures = read_text(), draw()
    folder.joinpath("nightingale.xml").write_text(jats.write(text, pictures))
    folder.joinpath("nightingale.pdf").write_bytes(pages.write(text, pictures))
    folder.joinpath("nightingale.docx").write_bytes(word.write(text, pictures))
    for file in sorted(folder.glob("nightingale.*")):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
