# ruff: noqa: E501 - documents and addresses are written out
"""Papers are found by reference; a small server on this machine answers as the literature services do."""

import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from chassis.errors import RateLimited, SourceError, Transient
from fetcher.client import Client
from fetcher.remote import fetch_paper
from fetcher.settings import Settings
from PIL import Image

WORDS = "Bees visit flowers in the meadow and carry pollen home to their nests. " * 20
LICENCE = '<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"/></permissions>'
ARTICLE = f"""<pmc-articleset><article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="research-article"><front><article-meta>
<article-id pub-id-type="pmcid">PMC77</article-id><article-id pub-id-type="doi">10.1234/bees</article-id>
<title-group><article-title>Bees at home</article-title></title-group>{LICENCE}</article-meta></front>
<body><sec><title>Results</title><p>{WORDS}</p><fig id="f1"><label>Figure 1</label><caption><p>A bee.</p></caption>
<graphic xlink:href="bee-f1"/></fig></sec></body></article></pmc-articleset>"""
CLOSED = ARTICLE[: ARTICLE.index("<body>")] + "</article></pmc-articleset>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/abs/1605.08386v1</id><title>Walks
 of bees</title><summary>We walk.</summary><published>2016-05-26T17:59:46Z</published><category term="math.CO"/>
<author><name>Caprice Stanley</name></author></entry></feed>"""
PUBMED = """<PubmedArticleSet><PubmedArticle><MedlineCitation><Article><ArticleTitle>Closed bees.</ArticleTitle></Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1234/closed</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"""


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "gold").save(buffer, "JPEG")
    return buffer.getvalue()


def document() -> bytes:
    """A DOCX, which stands for any file that a link leads to."""
    buffer = io.BytesIO()
    styles = (
        '<w:styles xmlns:w="w"><w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style></w:styles>'
    )
    title = '<w:p><w:pPr><w:pStyle w:val="T"/></w:pPr><w:r><w:t>Bees in Word</w:t></w:r></w:p>'
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/styles.xml", styles)
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="w"><w:body>{title}<w:p><w:r><w:t>Curie et al. saw {WORDS}</w:t></w:r></w:p></w:body></w:document>',
        )
    return buffer.getvalue()


class Literature:
    """A server that answers by path; `answers` maps a path (with `?id=` where that matters) to status, headers and body."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        literature = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                literature.reply(self)

            def log_message(self, *_) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = parse_qs(parts.query)
        asked = unquote(parts.path)
        for name in ("id", "ids", "id_list", "query", "prefix"):
            asked += f"?{query[name][0]}" if name in query else ""
        self.asked.append(asked)
        self.headers.append(dict(handler.headers))
        queue = self.answers.get(asked, [(404, {}, b"nothing here")])
        status, headers, body = queue.pop(0) if len(queue) > 1 else queue[0]
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def say(self, asked: str, body: str | bytes | dict, status: int = 200, **headers: str) -> None:
        content = (
            json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.setdefault(asked, []).append((status, named, content))


@pytest.fixture
def literature():
    served = Literature()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def fetch(literature, tmp_path):
    def fetcher(reference: str, **changes):
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        return fetch_paper(reference, tmp_path, out, settings(literature, **changes), lambda note: None)

    return fetcher


def settings(literature, **changes) -> Settings:
    url = literature.url
    known = {"ncbi_url": f"{url}/eutils", "idconv_url": f"{url}/idconv", "pmc_bucket_url": f"{url}/bucket", "europepmc_url": f"{url}/europe",
             "arxiv_api_url": f"{url}/arxiv", "arxiv_pdf_url": f"{url}/arxivpdf", "crossref_url": f"{url}/crossref",
             "biorxiv_url": f"{url}/biorxiv", "doi_url": f"{url}/doi", "allow_private_addresses": True, "attempts": 2,
             "contact_email": "bees@example.org", "request_seconds": 2.0}  # fmt: skip
    return Settings(**(known | changes))


def refusal(fetch, reference: str, **changes) -> SourceError:
    with pytest.raises(SourceError) as raised:
        fetch(reference, **changes)
    return raised.value


def test_pmcid_is_read_from_pubmed_central_with_its_pictures(literature, fetch, tmp_path):
    literature.say("/eutils/efetch.fcgi?77", ARTICLE)
    keys = "".join(
        f"<Contents><Key>{key}</Key></Contents>"
        for key in ("PMC77.1/bee-f1.jpg", "PMC77.2/PMC77.2.xml", "PMC77.2/bee-f1.jpg")
    )
    literature.say(
        "/bucket/?PMC77.",
        f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{keys}</ListBucketResult>',
    )
    literature.say("/bucket/PMC77.2/bee-f1.jpg", picture())
    paper = fetch("PMC77")
    assert (paper.title, paper.licence, paper.doi) == ("Bees at home", "CC-BY-4.0", "10.1234/bees")
    assert paper.figures[0].image is not None
    assert (tmp_path / "out" / "figure.1.jpg").read_bytes() == picture()
    assert "mailto:bees@example.org" in literature.headers[0]["User-Agent"]


def test_pictures_without_a_free_licence_stay_where_they_are(literature, fetch):
    literature.say("/eutils/efetch.fcgi?77", ARTICLE.replace(LICENCE, ""))
    assert fetch("PMC77").figures[0].image is None
    assert not [asked for asked in literature.asked if asked.startswith("/bucket")]


def test_paper_that_pubmed_central_withholds_is_taken_from_europe(literature, fetch):
    literature.say("/eutils/efetch.fcgi?77", CLOSED)
    literature.say(
        "/europe/PMC77/fullTextXML", ARTICLE.replace("<pmc-articleset>", "").replace("</pmc-articleset>", "")
    )
    assert fetch("PMC77").title == "Bees at home"


def test_pmcid_without_full_text_anywhere_is_not_open(literature, fetch):
    literature.say("/eutils/efetch.fcgi?77", CLOSED)
    literature.say(
        "/europe/search?PMCID:PMC77", {"resultList": {"result": [{"title": "Closed bees.", "pmcid": "PMC77"}]}}
    )
    error = refusal(fetch, "PMC77")
    assert error.code == "source.not-open-access"
    assert "Closed bees" in error.message


def test_unknown_pmcid_is_not_found(literature, fetch):
    literature.say(
        "/eutils/efetch.fcgi?77", "<pmc-articleset><Reply Id='77' error='id is not available'/></pmc-articleset>"
    )
    literature.say("/europe/search?PMCID:PMC77", {"resultList": {"result": []}})
    assert refusal(fetch, "PMC77").code == "source.not-found"


def test_pmid_and_doi_lead_to_the_same_full_text(literature, fetch):
    record = {"records": [{"pmcid": "PMC77", "pmid": 555, "doi": "10.1234/bees"}]}
    literature.say("/idconv?555", record)
    literature.say("/idconv?10.1234/bees", record)
    literature.say(
        "/crossref/works/10.1234/bees", {"message": {"title": ["Bees at home"], "updated-by": [{"type": "retraction"}]}}
    )
    literature.say("/eutils/efetch.fcgi?77", ARTICLE)
    assert fetch("555").pmid == "555"
    assert [notice.kind for notice in fetch("doi:10.1234/bees").notices] == ["retracted"]


def test_closed_paper_is_named_and_asks_for_an_upload(literature, fetch):
    literature.say("/idconv?555", {"records": [{"pmid": 555, "status": "error"}]})
    literature.say("/eutils/efetch.fcgi?555", PUBMED)
    literature.say("/crossref/works/10.1234/closed", {"message": {"title": ["Closed bees"]}})
    error = refusal(fetch, "555")
    assert error.code == "source.not-open-access"
    assert "Closed bees" in error.message


def test_unknown_pmid_is_not_found(literature, fetch):
    literature.say("/idconv?99999999", {"records": [{"status": "error"}]})
    literature.say("/eutils/efetch.fcgi?99999999", "<PubmedArticleSet></PubmedArticleSet>")
    assert refusal(fetch, "99999999").code == "source.not-found"


def test_unregistered_doi_is_not_found(fetch):
    assert refusal(fetch, "10.1234/nothing").code == "source.not-found"


def test_landing_page_leads_to_the_file_it_names(literature, fetch):
    page = '<html><head><meta name="citation_title" content="Bees"><meta name="citation_doi" content="10.1234/w"/><meta name="citation_pdf_url" content="/file.docx"></head></html>'
    literature.say("/paper", page, Content_Type="text/html")
    literature.say("/file.docx", document())
    paper = fetch(f"{literature.url}/paper")
    assert (paper.title, paper.doi) == ("Bees in Word", "10.1234/w")


def test_login_page_behind_a_landing_page_is_not_open(literature, fetch):
    literature.say("/paper", '<meta name="citation_pdf_url" content="/file.pdf">')
    literature.say("/file.pdf", "<html>Please log in</html>")
    assert refusal(fetch, f"{literature.url}/paper").code == "source.not-open-access"


@pytest.mark.parametrize(
    ("status", "code"), [(404, "source.not-found"), (403, "source.not-open-access"), (200, "source.no-full-text")]
)
def test_page_without_a_paper_says_why(literature, fetch, status, code):
    literature.say("/x", "<html>hello</html>", status)
    assert refusal(fetch, f"{literature.url}/x").code == code


def test_link_into_the_private_network_is_refused_before_it_is_opened(literature, fetch):
    assert refusal(fetch, f"{literature.url}/x", allow_private_addresses=False).code == "source.bad-link"
    assert literature.asked == []


def test_service_that_redirects_into_the_private_network_is_not_followed(literature, fetch):
    elsewhere = literature.url.replace("127.0.0.1", "localhost")
    literature.say("/eutils/efetch.fcgi?77", b"", 302, Location=f"{elsewhere}/secret")
    assert refusal(fetch, "PMC77", allow_private_addresses=False).code == "source.bad-link"
    assert "/secret" not in literature.asked


def test_redirects_in_circles_end(literature, fetch):
    literature.say("/x", b"", 302, Location="/x")
    assert refusal(fetch, f"{literature.url}/x").code == "source.bad-link"


def test_answer_that_is_too_large_is_dropped(literature, fetch):
    literature.say("/x", b"%PDF-" + b"0" * 300_000)
    assert refusal(fetch, f"{literature.url}/x", max_bytes=100_000).code == "source.too-large"


def test_busy_service_is_asked_again_when_it_said(literature, fetch):
    literature.say("/eutils/efetch.fcgi?77", b"busy", 429, Retry_After="0.1")
    literature.say("/eutils/efetch.fcgi?77", ARTICLE.replace(LICENCE, ""))
    assert fetch("PMC77").title == "Bees at home"


def test_long_wait_is_left_to_the_runner(literature):
    literature.say("/x", b"busy", 429, Retry_After="120")
    with Client(settings(literature)) as client, pytest.raises(RateLimited) as raised:
        client.ask(f"{literature.url}/x")
    assert raised.value.retry_after == 120.0


def test_broken_service_is_transient(literature):
    literature.say("/x", b"oops", 503, Retry_After="0")
    with Client(settings(literature)) as client, pytest.raises(Transient) as raised:
        client.ask(f"{literature.url}/x")
    assert raised.value.code == "unavailable.provider"
    assert literature.asked == ["/x", "/x"]


def test_unreachable_service_is_transient(literature):
    with Client(settings(literature)) as client, pytest.raises(Transient):
        client.ask("http://127.0.0.1:9/x")


def test_arxiv_knows_its_papers(literature, fetch):
    literature.say("/arxiv?1605.08386", ATOM)
    literature.say("/arxivpdf/1605.08386v1", "<html>no PDF</html>")
    assert refusal(fetch, "arXiv:1605.08386").code == "source.no-full-text"
    literature.say("/arxiv?0000.0000", '<feed xmlns="http://www.w3.org/2005/Atom"></feed>')
    assert refusal(fetch, "0000.0000").code == "source.not-found"


def test_preprint_server_gives_its_own_xml(literature, fetch):
    doi = "10.1101/2022.07.21.500925"
    record = {"title": "Bees", "authors": "Nguyen, P. T.; Yarov-Yarovoy, V.", "date": "2022-07-22", "license": "cc_by",
              "server": "bioRxiv", "version": "1", "jatsxml": f"{literature.url}/source.xml"}  # fmt: skip
    literature.say(f"/biorxiv/details/biorxiv/{doi}/na/json", {"collection": [record]})
    literature.say("/source.xml", ARTICLE.replace(LICENCE, "").replace("10.1234/bees", doi))
    paper = fetch(f"https://www.biorxiv.org/content/{doi}v1")
    assert (paper.doi, paper.licence, paper.published) == (doi, "CC-BY", "2022-07-22")
    assert paper.authors == ["P. T. Nguyen", "V. Yarov-Yarovoy"]
    assert [notice.kind for notice in paper.notices] == ["preprint"]


def test_one_silent_service_does_not_keep_the_paper_from_another(literature, fetch):
    literature.say("/idconv?10.1234/bees", {"records": [{"pmcid": "PMC77"}]})
    literature.say("/crossref/works/10.1234/bees", b"oops", 503, Retry_After="0")
    literature.say("/eutils/efetch.fcgi?77", ARTICLE.replace(LICENCE, ""))
    assert fetch("10.1234/bees").title == "Bees at home"


def test_while_a_service_is_silent_no_paper_is_called_closed(literature, fetch):
    literature.say("/idconv?10.1234/bees", b"oops", 503, Retry_After="0")
    literature.say("/crossref/works/10.1234/bees", {"message": {"title": ["Bees"]}})
    with pytest.raises(Transient):
        fetch("10.1234/bees")
