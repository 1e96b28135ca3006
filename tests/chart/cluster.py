"""The part of a Kubernetes API server that helm needs: it keeps the objects that it is given, in memory."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

RESOURCES = {
    "v1": {"secrets": "Secret", "services": "Service", "serviceaccounts": "ServiceAccount", "configmaps": "ConfigMap"},
    "apps/v1": {"deployments": "Deployment", "statefulsets": "StatefulSet"},
    "batch/v1": {"cronjobs": "CronJob"},
    "autoscaling/v2": {"horizontalpodautoscalers": "HorizontalPodAutoscaler"},
    "keda.sh/v1alpha1": {"scaledobjects": "ScaledObject"},
    "networking.k8s.io/v1": {"networkpolicies": "NetworkPolicy"},
    "policy/v1": {"poddisruptionbudgets": "PodDisruptionBudget"},
}


class Cluster:
    """Listens on a free port of loopback while it is a context."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        """By path."""
        self.changed: list[str] = []
        """Paths of objects that a patch changed, helm's own records left out."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def kubeconfig(self) -> str:
        address = f"http://127.0.0.1:{self._server.server_port}"
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "here", "cluster": {"server": address}}],
                "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
                "users": [{"name": "me", "user": {}}],
                "current-context": "here",
            }
        )

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """The object of that kind and name. Raises KeyError."""
        found = [each for each in self.objects.values() if (each["kind"], each["metadata"]["name"]) == (kind, name)]
        if not found:
            raise KeyError(name)
        return found[0]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Status and JSON."""
        if method == "GET" and (told := _discovery(path)) is not None:
            return 200, told
        if method == "POST":
            path = f"{path}/{body['metadata']['name']}"
            if path in self.objects:
                return 409, _status(409, "AlreadyExists")
            self.objects[path] = body
            return 201, body
        if method == "GET" and "labelSelector" in query:
            wanted = dict(each.split("=") for each in query["labelSelector"][0].split(","))
            items = [each for at, each in self.objects.items() if at.startswith(path) and _labelled(each, wanted)]
            return 200, {"kind": "SecretList", "apiVersion": "v1", "metadata": {}, "items": items}
        if path not in self.objects:
            return 404, _status(404, "NotFound")
        if method == "DELETE":
            self.objects.pop(path)
            return 200, _status(200, "")
        if method in ("PATCH", "PUT"):
            now = body if method == "PUT" else _merged(self.objects[path], body)
            if now != self.objects[path] and "sh.helm.release" not in path:
                self.changed.append(path)
            self.objects[path] = now
        return 200, self.objects[path]


def _discovery(path: str) -> Any:
    groups = [version for version in RESOURCES if "/" in version]
    if path == "/version":
        return {"major": "1", "minor": "31", "gitVersion": "v1.31.0"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        listed = [{"groupVersion": each, "version": each.partition("/")[2]} for each in groups]
        named = [{"name": each["groupVersion"].partition("/")[0], "versions": [each]} for each in listed]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": named}
    version = path.removeprefix("/apis/").removeprefix("/api/")
    if version in RESOURCES:
        verbs = ["create", "delete", "get", "list", "patch", "update"]
        listed = [
            {"name": plural, "singularName": kind.lower(), "kind": kind, "namespaced": True, "verbs": verbs}
            for plural, kind in RESOURCES[version].items()
        ]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}
    return None


def _labelled(each: dict[str, Any], wanted: dict[str, str]) -> bool:
    return wanted.items() <= each["metadata"].get("labels", {}).items()


def _merged(old: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7386): enough for maps; lists are replaced."""
    if not isinstance(patch, dict):
        return patch
    both = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            both.pop(key, None)
        else:
            both[key] = _merged(both.get(key), value)
    return both


def _status(code: int, reason: str) -> dict[str, Any]:
    said = "Success" if code == 200 else "Failure"
    return {"kind": "Status", "apiVersion": "v1", "status": said, "reason": reason, "code": code, "message": reason}


def _handler(cluster: Cluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked = urlsplit(self.path)
            status, answer = cluster.answer(self.command, asked.path, parse_qs(asked.query), body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that the library calls

        def log_message(self, *_: object) -> None:
            pass

    return Handler
