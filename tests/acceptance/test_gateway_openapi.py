"""The served OpenAPI document, held against the gateway that serves it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.stack]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "positive_data_acceptance",
    "negative_data_rejection",
)
REVOKING = r"^/api/v1/tokens/\{id\}$"
"""Finds the token that it uses in the list, and revokes it: comes last, with a token of its own."""


@pytest.fixture(scope="module")
def conforms(gateway_up, tmp_path_factory):
    """Run Schemathesis with a token on the operations whose path matches; returns how many it tested."""
    folder = tmp_path_factory.mktemp("schemathesis")

    def run(token, *which):
        report = folder / "report.ndjson"
        argv = [str(Path(sys.executable).with_name("schemathesis")), "--config-file"]
        argv += [str(Path(__file__).with_name("gateway_openapi.toml")), "run", f"{gateway_up.url}/api/openapi.json"]
        argv += ["--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS), *which]
        argv += ["--phases", "examples,coverage,fuzzing", "--mode", "all", "-n", "10", "--seed", "1", "--no-color"]
        report.unlink(missing_ok=True)
        done = subprocess.run(argv, capture_output=True, text=True, timeout=80, cwd=folder, check=False)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "Authentication failed" not in done.stdout, done.stdout[-3000:]
        assert "Unresolvable" not in done.stdout, done.stdout[-3000:]
        return int(re.search(r"Tested: (\d+)", done.stdout)[1])

    return run


def test_every_operation_answers_a_user_as_documented(gateway_up, conforms, person):
    operations = sum(
        method in ("get", "post", "put", "patch", "delete")
        for item in gateway_up.document()["paths"].values()
        for method in item
    )
    tested = conforms(person().token(), "--exclude-path-regex", REVOKING)
    tested += conforms(person().token(), "--include-path-regex", REVOKING)
    assert tested == operations > 30


def test_every_operation_of_administration_answers_an_administrator_as_documented(gateway_up, conforms):
    assert conforms(gateway_up.token, "--include-path-regex", "^/api/v1/admin/") >= 9


def test_document_is_openapi_3_1_whose_references_all_lead_somewhere(gateway_up):
    document = gateway_up.document()
    assert document["openapi"].startswith("3.1.")
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))):
        assert reference.startswith("#/components/schemas/"), reference
        assert reference.rpartition("/")[2] in document["components"]["schemas"], reference
    names = [
        item[method]["operationId"]
        for item in document["paths"].values()
        for method in item
        if "operationId" in item[method]
    ]
    assert len(names) == len(set(names))
    import schemathesis  # noqa: PLC0415 - slow to import, and this is the one that needs it

    schemathesis.openapi.from_dict(document).validate()


def test_document_is_a_page_too_that_names_every_operation_and_runs_no_inline_code(gateway_up):
    answer = httpx.get(f"{gateway_up.url}/api/openapi", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|(src|href)=\"(https?:)?//", answer.text)
    for path, item in gateway_up.document()["paths"].items():
        for method in item:
            assert f"{method.upper()} {path}" in answer.text
