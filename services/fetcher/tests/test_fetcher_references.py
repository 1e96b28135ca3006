"""References are recognised in every form that people paste."""

import pytest
from chassis.errors import SourceError
from fetcher.references import Target, parse


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("23180797", "pmid", "23180797"),
        ("PMID: 23180797", "pmid", "23180797"),
        ("https://pubmed.ncbi.nlm.nih.gov/23180797/", "pmid", "23180797"),
        ("pmc4521097", "pmcid", "PMC4521097"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4521097/pdf/x.pdf", "pmcid", "PMC4521097"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC4521097.2/", "pmcid", "PMC4521097"),
        ("https://europepmc.org/article/MED/23180797", "pmid", "23180797"),
        ("10.7554/eLife.00007", "doi", "10.7554/eLife.00007"),
        (" doi:10.7554/eLife.00007. ", "doi", "10.7554/eLife.00007"),
        ("https://doi.org/10.1016/S0140-6736(24)02600-X", "doi", "10.1016/S0140-6736(24)02600-X"),
        ("https://dx.doi.org/10.1002%2Fana.27128", "doi", "10.1002/ana.27128"),
        ("10.48550/arXiv.1605.08386", "arxiv", "1605.08386"),
        ("arXiv:1605.08386v1", "arxiv", "1605.08386v1"),
        ("1605.08386", "arxiv", "1605.08386"),
        ("quant-ph/0201082v1", "arxiv", "quant-ph/0201082v1"),
        ("https://arxiv.org/pdf/math.GT/0309136.pdf", "arxiv", "math.GT/0309136"),
        ("https://www.biorxiv.org/content/10.1101/2022.07.21.500925v1.full", "doi", "10.1101/2022.07.21.500925"),
        ("https://example.org/paper.pdf", "url", "https://example.org/paper.pdf"),
        ("www.example.org/paper", "url", "https://www.example.org/paper"),
        ("journals.example.org/paper", "url", "https://journals.example.org/paper"),
    ],
)
def test_reference_is_recognised(text, kind, value):
    assert parse(text) == Target(kind, value)


@pytest.mark.parametrize("text", ["bees and flowers", "", "ftp://example.org/x", "file:///etc/passwd", "123456789012"])
def test_anything_else_is_refused_with_advice(text):
    with pytest.raises(SourceError) as raised:
        parse(text)
    assert raised.value.code == "source.unknown-reference"
