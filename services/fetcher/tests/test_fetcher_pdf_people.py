"""Lists of authors as publishers print them."""

import pytest
from fetcher.pdf import read_pdf
from fetcher.pdf.people import names


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Jane A. Doe1,2,*, John Q. Public3†, María Gil-Paz4 ✉", ["Jane A. Doe", "John Q. Public", "María Gil-Paz"]),
        ("Jane Doe (https://orcid.org/0000-0001-2345-6789), J. Smith (0000-0002-1825-0097)", ["Jane Doe", "J. Smith"]),
        ("Jane Doe iD 1, John Smith iD 2,3", ["Jane Doe", "John Smith"]),
        ("JANE A. DOE AND JOHN SMITH", ["Jane A. Doe", "John Smith"]),
        ("Smith JA1, Doe AB2", ["Smith JA", "Doe AB"]),
        ("Jane Doe a,b,*, John Smith b, Ann Lee c", ["Jane Doe", "John Smith", "Ann Lee"]),
        ("Jane Doeᵃ, John Smithᵇ", ["Jane Doe", "John Smith"]),
        ("Jane Doe <jane@x.org>, John Smith <john@y.org>", ["Jane Doe", "John Smith"]),
        ("Doe, Jane; Smith, John", ["Jane Doe", "John Smith"]),
        ("Jane Doe, MD; John Smith, PhD", ["Jane Doe", "John Smith"]),
        ("Jan van 't Hooft, Sean O'Brien", ["Jan van 't Hooft", "Sean O'Brien"]),
        ("João Lima e Silva e Ana Souza", ["João Lima e Silva", "Ana Souza"]),
        ("J. Doe, K. L. Smith and the ATLAS Collaboration", ["J. Doe", "K. L. Smith", "the ATLAS Collaboration"]),
        ("Mary–Anne Evans, Björk Guðmundsdóttir", ["Mary-Anne Evans", "Björk Guðmundsdóttir"]),
        ("The Boeing Company, Airworthiness Directives", []),
    ],
)  # fmt: skip
def test_names_are_freed_of_marks_degrees_and_addresses(printed, expected):
    assert names(printed)[0] == expected


def test_authors_in_columns_with_address_and_mail_below_each_are_found(pdf, tmp_path):
    pdf.text(140, 80, "A Method for Measuring Quiet Hills", "F2", 18)
    for index, (name, place) in enumerate(
        (("Jane Doe", "Hill Lab"), ("Wei Zhang", "Fog Group"), ("Ann Lee", "Valley"))
    ):
        x = 80 + 170 * index
        pdf.text(x, 120, name, "F2", 11)
        pdf.text(x, 134, place, size=10)
        pdf.text(x, 148, "University of Somewhere", size=10)
        pdf.text(x, 162, f"{name.split()[0].lower()}@hills.org", size=10)
    pdf.text(270, 190, "Abstract", "F2", 12)
    y = pdf.prose(90, 206)
    pdf.text(60, y + 10, "1 Introduction", "F2", 12)
    pdf.prose(60, y + 28, times=3)
    paper = read_pdf(pdf.write(tmp_path / "columns.pdf"), tmp_path)
    assert paper.authors == ["Jane Doe", "Wei Zhang", "Ann Lee"]
    assert paper.title == "A Method for Measuring Quiet Hills"
    assert paper.abstract.startswith("The hill was hidden")


def test_a_name_torn_between_two_lines_is_one_name(pdf, tmp_path):
    pdf.text(60, 80, "A Method for Measuring Quiet Hills", "F2", 18)
    pdf.text(60, 110, "Jane A. Doe, John Smith, Maria Silva, Chloe van der Berg, Patrick", size=11)
    pdf.text(60, 124, "P. Pomeroy and Wei Zhang", size=11)
    pdf.text(60, 150, "Abstract", "F2", 12)
    y = pdf.prose(60, 166)
    pdf.text(60, y + 10, "1 Introduction", "F2", 12)
    pdf.prose(60, y + 28, times=3)
    paper = read_pdf(pdf.write(tmp_path / "torn.pdf"), tmp_path)
    assert paper.authors[-3:] == ["Chloe van der Berg", "Patrick P. Pomeroy", "Wei Zhang"]


def test_short_columns_below_a_long_abstract_are_told_apart(pdf, tmp_path):
    pdf.text(60, 60, "A Method for Measuring Quiet Hills", "F2", 18)
    pdf.text(60, 90, "Abstract", "F2", 12)
    y = pdf.prose(60, 106, 100, 6) + 20
    pdf.text(60, y, "1 Background", "F2", 12)
    end = pdf.prose(60, y + 14, 46)
    pdf.column(310, y, ["RIGHT and so it went on."])
    pdf.prose(310, y + 12, 46)
    assert end < 700
    paper = read_pdf(pdf.write(tmp_path / "short.pdf"), tmp_path)
    assert [section.title for section in paper.sections] == ["1 Background"]
    assert paper.passages[-1].text.count("RIGHT") + paper.passages[-2].text.count("RIGHT") == 1


def test_authors_stand_in_the_title_s_column_although_the_abstract_goes_on_beside_them(pdf, tmp_path):
    pdf.text(60, 70, "Measuring Quiet Hills", "F2", 16)
    pdf.text(60, 90, "in the Fog", "F2", 16)
    pdf.text(60, 120, "Jane Doe, John Smith", size=11)
    pdf.text(60, 150, "Abstract", "F2", 12)
    pdf.prose(60, 166, 46, 3)
    y = pdf.prose(310, 70, 46)
    pdf.text(310, y + 20, "1 Introduction", "F2", 12)
    pdf.prose(310, y + 40, 46, 3)
    paper = read_pdf(pdf.write(tmp_path / "beside.pdf"), tmp_path)
    assert (paper.title, paper.authors) == ("Measuring Quiet Hills in the Fog", ["Jane Doe", "John Smith"])
    assert paper.abstract.count("nobody had measured it") == 4
