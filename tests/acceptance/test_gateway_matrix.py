"""Who may do what: every route, method and call, asked by everybody who may not. A new one must be put into a list."""

import json
import re
from dataclasses import dataclass

import grpc
import httpx
import pytest
from gateway.app import create_app
from gateway.context import Gateway
from gateway.settings import GatewaySettings
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc
from httpx_sse import connect_sse

pytestmark = [pytest.mark.stack]

PUBLIC = """
GET /healthz  GET /readyz  GET /static/<path:name>  GET /favicon.ico  GET /robots.txt
GET /  GET /sent  GET /mail
GET /register  POST /register  GET /login  POST /login  GET /forgot  POST /forgot
GET /verify/<secret>  POST /verify/<secret>  GET /reset/<secret>  POST /reset/<secret>
GET /s/<share>  GET /s/<share>/<any(video, thumbnail, vtt):name>
GET /api/openapi.json  GET /api/openapi
GET /api/v1/providers  POST /api/v1/estimate
"""
"""May be used by anybody; each is documented in services/gateway/README.md."""

ONES_OWN = """
POST /new  GET /videos  POST /logout
GET /account  POST /account/profile  POST /account/password  POST /account/email  POST /account/confirmation
POST /account/tokens  POST /account/sessions/end-others  POST /account/delete
POST /api/v1/jobs  GET /api/v1/jobs  POST /api/v1/uploads  GET /api/v1/events
GET /api/v1/me  PATCH /api/v1/me  GET /api/v1/me/audit
GET /api/v1/tokens  POST /api/v1/tokens  GET /api/v1/sessions  DELETE /api/v1/sessions
GET /api/v1/account/keys  PUT /api/v1/account/keys/<provider>  DELETE /api/v1/account/keys/<provider>
POST /account/keys  POST /account/keys/<provider>/remove
"""
"""Concern whoever asks and name nothing of anybody's."""

SOMEBODY_S = """
GET /jobs/<job_id>  GET /api/v1/jobs/<job_id>  DELETE /api/v1/jobs/<job_id>  GET /api/v1/jobs/<job_id>/events
POST /api/v1/jobs/<job_id>/retry  POST /api/v1/jobs/<job_id>/cancel  POST /api/v1/jobs/<job_id>/approve
POST /api/v1/jobs/<job_id>/budget  POST /jobs/<job_id>/force
PATCH /api/v1/jobs/<job_id>/scenes/<int:scene>  PATCH /api/v1/jobs/<job_id>/script
PUT /api/v1/jobs/<job_id>/share  DELETE /api/v1/jobs/<job_id>/share
GET /api/v1/jobs/<job_id>/artifacts/<artifact>  GET /api/v1/jobs/<job_id>/trace  GET /jobs/<job_id>/timeline
DELETE /api/v1/tokens/<id>  DELETE /api/v1/sessions/<id>
POST /account/tokens/<token_id>/revoke  POST /account/sessions/<session_id>/end
"""
"""Name a thing that belongs to somebody: for all others it is not there."""

ADMINISTRATORS = """
GET /api/v1/admin/users  PATCH /api/v1/admin/users/<id>  GET /api/v1/admin/codes  POST /api/v1/admin/codes
DELETE /api/v1/admin/codes/<code>  GET /api/v1/admin/jobs  GET /api/v1/admin/failures
POST /api/v1/admin/jobs/<job_id>/retry  GET /api/v1/admin/health  GET /api/v1/admin/audit
GET /admin  GET /admin/users  GET /admin/users/<user_id>  POST /admin/users/<user_id>/role
POST /admin/users/<user_id>/quota  POST /admin/users/<user_id>/block  GET /admin/codes  POST /admin/codes
POST /admin/codes/withdraw  GET /admin/jobs  POST /admin/jobs/<job_id>/retry  GET /admin/failures  GET /admin/health
"""
"""For administrators; others do not find them."""

NATIVE = {"GET /api/v1/jobs/<job_id>/events", "GET /api/v1/events"}
"""Answered before Flask: the streams of events."""

BODIES = {
    "PATCH /api/v1/jobs/<job_id>/scenes/<int:scene>": {"text": "Mine now."},
    "PATCH /api/v1/jobs/<job_id>/script": {"scenes": {"1": {"text": "Mine now."}}},
    "POST /api/v1/jobs/<job_id>/budget": {"dollars": 0},
    "PUT /api/v1/account/keys/<provider>": {"key": "mine-and-mine-alone"},
    "PATCH /api/v1/me": {"name": "x"},
    "POST /api/v1/tokens": {"name": "x"},
    "POST /api/v1/jobs": {"reference": "10.1000/182"},
    "POST /api/v1/admin/codes": {},
    "PATCH /api/v1/admin/users/<id>": {"role": "admin"},
}
CALLS = {
    "SubmitJob": lambda _: iter([pb.SubmitJobRequest(header=pb.SubmitJobHeader(reference="10.1000/182"))]),
    "ListJobs": lambda _: pb.ListJobsRequest(),
    "GetJob": lambda job: pb.GetJobRequest(job_id=job),
    "WatchJob": lambda job: pb.WatchJobRequest(job_id=job),
    "CancelJob": lambda job: pb.CancelJobRequest(job_id=job),
    "RetryJob": lambda job: pb.RetryJobRequest(job_id=job),
    "ApproveJob": lambda job: pb.ApproveJobRequest(job_id=job),
    "EditScene": lambda job: pb.EditSceneRequest(job_id=job, scene=1, text="Mine now."),
    "SetBudget": lambda job: pb.SetBudgetRequest(job_id=job, dollars=0),
    "EstimateJob": lambda _: pb.EstimateJobRequest(),
    "ListProviders": lambda _: pb.ListProvidersRequest(),
    "ListProviderKeys": lambda _: pb.ListProviderKeysRequest(),
    "SetProviderKey": lambda _: pb.SetProviderKeyRequest(provider="gemini", key="mine-and-mine-alone"),
    "DeleteProviderKey": lambda _: pb.DeleteProviderKeyRequest(provider="gemini"),
    "DeleteJob": lambda job: pb.DeleteJobRequest(job_id=job),
    "GetTrace": lambda job: pb.GetTraceRequest(job_id=job),
    "GetArtifact": lambda job: pb.GetArtifactRequest(job_id=job, artifact="source"),
}
ONES_OWN_CALLS = {"SubmitJob", "ListJobs", "EstimateJob", "ListProviders"}
ONES_OWN_CALLS |= {"ListProviderKeys", "SetProviderKey", "DeleteProviderKey"}


def routes(text):
    return re.findall(r"[A-Z]+ /(?:<[^>]*>|[^\s<]+)*", text)


def calls(which=()):
    return sorted(set(CALLS) - set(which))


@dataclass
class Owner:
    """Somebody with a job, a token and a session, and these by their names in routes."""

    person: object
    token: str
    things: dict

    def path(self, route):
        path = route.partition(" ")[2]
        named = "token_id" if "/tokens/" in path else "session_id" if "/sessions/" in path else "user_id"
        for name, value in (self.things | {"id": self.things[named]}).items():
            path = re.sub(rf"<(?:[a-z]+:)?{name}>", value, path)
        assert "<" not in path, path
        return path


@pytest.fixture(scope="module")
def owner(gateway_up, person):
    somebody = person()
    token = somebody.token()
    with httpx.Client(base_url=f"{gateway_up.url}/api/v1", headers={"Authorization": f"Bearer {token}"}) as client:
        job = client.post("/jobs", json={"reference": "10.1000/182"}).raise_for_status().json()["id"]
        upload = client.post("/uploads").raise_for_status().json()["upload"]
        things = {
            "job_id": job,
            "upload": upload,
            "artifact": "source",
            "scene": "1",
            "provider": "gemini",
            "code": gateway_up.code,
            "token_id": client.get("/tokens").json()["tokens"][0]["id"],
            "session_id": client.get("/sessions").json()["sessions"][0]["id"],
            "user_id": client.get("/me").json()["id"],
        }
    return Owner(somebody, token, things)


@pytest.fixture(scope="module")
def other(person):
    """Another user, and a token of theirs."""
    somebody = person()
    somebody.bearer = {"Authorization": f"Bearer {somebody.token()}"}
    return somebody


@pytest.fixture(scope="module")
def service(gateway_up):
    with grpc.insecure_channel(gateway_up.rpc) as channel:
        yield pb_grpc.JobServiceStub(channel)


def ask(client, route, path, **more):
    """Ask for it without reading on: a stream has no end."""
    body = {"json": BODIES[route]} if route in BODIES else {}
    with client.stream(route.partition(" ")[0], path, follow_redirects=False, **body, **more) as answer:
        return answer.status_code, answer.headers


def code_of(call):
    """How a call ends."""
    try:
        answer = call()
        for _ in answer if hasattr(answer, "__iter__") and not hasattr(answer, "DESCRIPTOR") else ():
            break
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def test_every_route_is_in_exactly_one_list():
    settings = GatewaySettings(
        **dict.fromkeys(("nats_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "postgres_url"), "x" * 8),
        secret_key="x" * 32,
    )
    app = create_app(Gateway(settings, None, None, None, None, None, None))
    known = {
        f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = [route for text in (PUBLIC, ONES_OWN, SOMEBODY_S, ADMINISTRATORS) for route in routes(text)]
    assert sorted(listed) == sorted(known | NATIVE)
    methods = pb.DESCRIPTOR.services_by_name["JobService"].methods
    assert set(CALLS) == {method.name for method in methods}
    assert set(pb.DESCRIPTOR.services_by_name) == {"JobService"}


@pytest.mark.parametrize("route", routes(ONES_OWN + SOMEBODY_S + ADMINISTRATORS))
def test_nobody_gets_nothing_but_the_way_to_the_login(gateway_up, owner, route):
    path = owner.path(route)
    with httpx.Client(base_url=gateway_up.url, headers={"Accept": "text/html"}) as nobody:
        status, headers = ask(nobody, route, path)
        if path.startswith("/api/"):
            assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
            assert ask(nobody, route, path, headers={"Authorization": "Bearer hh_invented"})[0] == 401
        else:
            assert status == 302
            assert headers["Location"].startswith("/login?")


@pytest.mark.parametrize("route", routes(PUBLIC))
def test_what_is_public_is_documented_and_shows_nothing_of_anybody(gateway_up, owner, readme, route):
    method, _, rule = route.partition(" ")
    assert re.sub("<any.*", "", rule).replace("<path:name>", "…").replace("<secret>", "…") in readme
    path = re.sub("<any.*", "video", rule).replace("<share>", "x" * 22).replace("<secret>", "x" * 43)
    answer = httpx.request(method, f"{gateway_up.url}{path.replace('<path:name>', 'app.css')}", timeout=10)
    assert answer.status_code < 500
    mine = [owner.things["job_id"], owner.token] + ([] if rule == "/mail" else [owner.person.email])
    assert not [secret for secret in mine if secret in answer.text], "the page of mails alone names addresses, here"


@pytest.fixture(scope="module")
def readme(request):
    text = (request.config.rootpath / "services/gateway/README.md").read_text()
    return text.partition("## Without login")[2].partition("\n## ")[0]


@pytest.mark.parametrize("route", routes(SOMEBODY_S + ADMINISTRATORS))
def test_another_user_does_not_find_it(gateway_up, owner, other, route):
    path = owner.path(route)
    csrf = {"X-CSRFToken": other.csrf()}
    assert ask(other.http, route, path, headers=csrf)[0] == 404, "with a session"
    if path.startswith("/api/"):
        with httpx.Client(base_url=gateway_up.url, headers=other.bearer) as program:
            assert ask(program, route, path)[0] == 404, "with a token"


def test_lists_streams_and_uploads_of_another_user_hold_nothing_of_ours(gateway_up, owner, other):
    job = owner.things["job_id"]
    with httpx.Client(base_url=f"{gateway_up.url}/api/v1", headers=other.bearer, timeout=10) as program:
        for path in ("/jobs", "/tokens", "/sessions", "/me/audit"):
            text = program.get(path).raise_for_status().text
            assert not [thing for name, thing in owner.things.items() if name.endswith("_id") and thing in text], path
        with connect_sse(program, "GET", f"{gateway_up.url}/api/v1/events") as feed:
            assert job not in {one["id"] for one in json.loads(next(feed.iter_sse()).data)["jobs"]}
        assert program.post("/jobs", json={"upload": owner.things["upload"]}).status_code == 404
    assert job not in other.http.get("/videos").text
    with httpx.Client(base_url=gateway_up.url, headers={"Authorization": f"Bearer {owner.token}"}) as still:
        assert still.get(f"/api/v1/jobs/{job}").json()["share"] is None
        assert still.get("/api/v1/me").json()["role"] == "user"


@pytest.mark.parametrize("name", calls())
def test_call_without_a_token_is_refused(service, owner, name):
    request = CALLS[name](owner.things["job_id"])
    assert code_of(lambda: getattr(service, name)(request, timeout=10)) is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("name", calls(ONES_OWN_CALLS))
def test_call_of_another_user_does_not_find_the_job(service, owner, other, name):
    request, login = CALLS[name](owner.things["job_id"]), [("authorization", other.bearer["Authorization"])]
    assert code_of(lambda: getattr(service, name)(request, timeout=10, metadata=login)) is grpc.StatusCode.NOT_FOUND


def test_list_over_grpc_holds_ones_own_jobs_alone(service, owner, other):
    mine = service.ListJobs(pb.ListJobsRequest(), timeout=10, metadata=[("authorization", f"Bearer {owner.token}")])
    assert [job.id for job in mine.jobs] == [owner.things["job_id"]]
    theirs = [("authorization", other.bearer["Authorization"])]
    assert not service.ListJobs(pb.ListJobsRequest(), timeout=10, metadata=theirs).jobs


def test_user_whose_address_is_not_confirmed_starts_nothing(person):
    somebody = person(confirmed=False)
    somebody.log_in()
    assert somebody.http.get("/account").status_code == 200, "logged in"
    for path in ("/api/v1/jobs", "/api/v1/tokens"):
        answer = somebody.scripted("POST", path, json=BODIES[f"POST {path}"])
        assert (answer.status_code, answer.json()["code"]) == (403, "usage.unverified")
    assert somebody.post("/new", reference="10.1000/182").status_code == 403


def test_blocked_user_is_out_everywhere(gateway_up, service, person):
    somebody = person()
    token = somebody.token()
    bearer = {"Authorization": f"Bearer {token}"}
    me = httpx.get(f"{gateway_up.url}/api/v1/me", headers=bearer).raise_for_status().json()["id"]
    admin = {"Authorization": f"Bearer {gateway_up.token}"}
    httpx.patch(f"{gateway_up.url}/api/v1/admin/users/{me}", headers=admin, json={"blocked": True}).raise_for_status()
    assert httpx.get(f"{gateway_up.url}/api/v1/me", headers=bearer).status_code == 401
    assert somebody.http.get("/videos").headers["Location"].startswith("/login")
    assert somebody.log_in().status_code == 403
    login = [("authorization", f"Bearer {token}")]
    listed = code_of(lambda: service.ListJobs(pb.ListJobsRequest(), timeout=10, metadata=login))
    assert listed is grpc.StatusCode.UNAUTHENTICATED
