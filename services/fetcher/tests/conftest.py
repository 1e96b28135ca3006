"""What the tests of the readers write their PDFs with."""

import textwrap
from pathlib import Path

import pytest

SENTENCES = (
    "The hill was hidden behind a wall of fog for most of the year, and nobody had measured it. "
    "We walked around it with a calibrated barometer and wrote down the pressure at every bend of the path. "
    "The measured height was larger than the older maps had suggested, by about twelve metres in total. "
    "Such a difference cannot be explained by the weather alone, because the readings were repeated on dry days. "
)


class Pdf:
    """Just enough of a PDF writer: Times, Times-Bold and Helvetica, placed by baseline from the top."""

    def __init__(self, width: float = 595, height: float = 842) -> None:
        self.width, self.height = width, height
        self.pages: list[list[str]] = [[]]

    def turn(self) -> None:
        self.pages.append([])

    def text(
        self, x: float, y: float, text: str, font: str = "F1", size: float = 10, *, matrix: str = "1 0 0 1"
    ) -> None:
        escaped = text.encode("cp1252").decode("latin-1").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self.pages[-1].append(f"BT /{font} {size} Tf {matrix} {x:.2f} {self.height - y:.2f} Tm ({escaped}) Tj ET")

    def column(self, x: float, y: float, lines: list[str], leading: float = 12, size: float = 10) -> float:
        for line in lines:
            self.text(x, y, line, size=size)
            y += leading
        return y

    def prose(self, x: float, y: float, width: int = 92, times: int = 1, *, size: float = 10) -> float:
        """Sentences in lines of so many characters; returns where the next line would be."""
        return self.column(x, y, textwrap.wrap(SENTENCES * times, width), size=size)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self.pages[-1].append(f"0.2 0.4 0.8 rg {x} {self.height - y - height} {width} {height} re f 0 g")

    def image(self, x: float, y: float, width: float, height: float) -> None:
        """A grey picture of one pixel, stretched."""
        place = f"q {width} 0 0 {height} {x} {self.height - y - height} cm"
        self.pages[-1].append(f"{place} BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q")

    def write(self, path: Path) -> Path:
        count = len(self.pages)
        fonts = "".join(
            f"/{name} << /Type /Font /Subtype /Type1 /BaseFont /{base} /Encoding /WinAnsiEncoding >> "
            for name, base in (("F1", "Times-Roman"), ("F2", "Times-Bold"), ("F3", "Helvetica"))
        )
        kids = " ".join(f"{3 + 2 * index} 0 R" for index in range(count))
        objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"]
        for index, page in enumerate(self.pages):
            stream = "\n".join(page)
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {self.width} {self.height}] "
                f"/Resources << /Font << {fonts}>> >> /Contents {4 + 2 * index} 0 R >>"
            )
            objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        body, offsets = "%PDF-1.4\n", []
        for number, item in enumerate(objects, 1):
            offsets.append(len(body))
            body += f"{number} 0 obj\n{item}\nendobj\n"
        table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
        start = len(body)
        body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        path.write_bytes(body.encode("latin-1"))
        return path


@pytest.fixture
def pdf() -> Pdf:
    """An empty PDF of one page."""
    return Pdf()
