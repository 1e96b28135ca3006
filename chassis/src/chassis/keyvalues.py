"""Small values that processes tell the others, in key-value buckets of the message server."""

from __future__ import annotations

import logging
from typing import Any, TypeVar

from nats.js import JetStreamContext, api
from nats.js.errors import NoKeysError, NotFoundError
from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")
log = logging.getLogger(__name__)


async def bucket(stream: JetStreamContext, name: str, replicas: int) -> Any:
    """The bucket, made where there is none."""
    try:
        return await stream.key_value(name)
    except NotFoundError:
        return await stream.create_key_value(api.KeyValueConfig(bucket=name, replicas=replicas))


async def tell(told: Any, key: str, value: bytes) -> None:
    """Put a value, unless it is there."""
    if (await look(told, key))[0] != value:
        await told.put(key, value)


async def look(told: Any, key: str) -> tuple[bytes, int]:
    """A value and its revision; nothing and 0: there is none."""
    try:
        entry = await told.get(key)
    except NotFoundError:
        return b"", 0
    return entry.value, entry.revision


async def values(told: Any, kind: TypeAdapter[T]) -> list[T]:
    """All values of a bucket in the order of their keys.

    What cannot be read is left out: a version that has little in common with ours must stop nobody.
    """
    try:
        keys = await told.keys()
    except NoKeysError:
        return []
    found = []
    for key in sorted(keys):
        value, revision = await look(told, key)
        try:
            if revision:
                found.append(kind.validate_json(value))
        except ValidationError as error:
            log.warning("unreadable value", extra={"key": key, "error": repr(error.errors(include_url=False))})
    return found
