"""The interface for programs: its OpenAPI document, and the same as a page."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_openapi3 import OpenAPI

from gateway.context import public

pages = Blueprint("reference", __name__, url_prefix="/api")
_METHODS = ("get", "post", "put", "patch", "delete")


@pages.get("/openapi.json")
@public
def document() -> Response:
    """The document, made from the code."""
    return jsonify(_document())


@pages.get("/openapi")
@public
def show() -> str:
    """The document as a page."""
    found = _document()
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in found["tags"]}
    for path, item in found["paths"].items():
        for method in _METHODS:
            if operation := item.get(method):
                groups[operation["tags"][0]].append(_row(method, path, operation))
    about = {tag["name"]: tag.get("description", "") for tag in found["tags"]}
    return render_template(
        "reference.html", info=found["info"], groups=groups, about=about, schemas=found["components"]["schemas"]
    )


def _row(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    takes = operation.get("requestBody", {}).get("content", {})
    return {
        "id": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [one | {"kind": _kind(one["schema"])} for one in operation.get("parameters", [])],
        "takes": [(media, _kind(body["schema"])) for media, body in takes.items()],
        "answers": [
            (
                status,
                answer.get("description", ""),
                [_kind(body["schema"]) for body in answer.get("content", {}).values()],
            )
            for status, answer in sorted(operation["responses"].items())
        ],
    }


def _contents(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer.get("content", {}).values())


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, in a word or a few; the name of its schema where it has one."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if several := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_kind(one) for one in several))
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kind = schema.get("type", "anything")
    return str(schema.get("format", kind) if kind == "string" else kind)


def _document() -> dict[str, Any]:
    return cast("OpenAPI", current_app).api_doc
