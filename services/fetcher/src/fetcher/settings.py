"""Settings of the fetcher, read from the environment once for each run."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Limits and addresses. Every variable is prefixed HIDDENHILL_FETCHER_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_FETCHER_", frozen=True)

    max_bytes: int = 100_000_000
    """Largest paper that is taken."""
    reading_memory_mb: int = 1024
    """Address space of the process that reads a paper."""
    reading_seconds: float = 19.0
    """Wall and processor time of the process that reads a paper."""
    contact_email: str = ""
    """Sent to the literature services, so that they can reach whoever runs this."""
    ncbi_api_key: str = ""
    """Raises NCBI's limit from 3 to 10 requests a second."""
    request_seconds: float = 20.0
    """Longest wait for one answer of a literature service."""
    attempts: int = 3
    """Tries of one request to a literature service."""
    most_pictures: int = 12
    """Figures whose pictures are fetched for a paper from PubMed Central."""
    allow_private_addresses: bool = False
    """Whether links may point into the private network; only for tests and closed networks."""
    ncbi_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    idconv_url: str = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"
    pmc_bucket_url: str = "https://pmc-oa-opendata.s3.amazonaws.com"
    europepmc_url: str = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    arxiv_api_url: str = "https://export.arxiv.org/api/query"
    arxiv_pdf_url: str = "https://arxiv.org/pdf"
    crossref_url: str = "https://api.crossref.org"
    biorxiv_url: str = "https://api.biorxiv.org"
    doi_url: str = "https://doi.org"
