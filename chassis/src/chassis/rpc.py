"""gRPC servers: any services, with health, reflection behind a flag, a span per call, and errors as statuses."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from opentelemetry import propagate
from opentelemetry.trace import Span, SpanKind

from chassis import metrics, telemetry
from chassis.errors import Error, classify
from chassis.statuses import abort, code_of

log = logging.getLogger(__name__)
Add = Callable[[Any], None]
"""Adds a servicer to a `grpc.aio.Server`."""
_OPTIONS = (
    ("grpc.so_reuseport", 0),  # a second process on the port is an error, no silent sharing
    ("grpc.max_receive_message_length", 2 << 20),  # files come in chunks of at most 1 MiB
    ("grpc.max_metadata_size", 16 << 10),
    ("grpc.keepalive_time_ms", 60_000),  # finds watchers that are gone without a word
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),  # and lets them look for us
)
_INTERNAL = frozenset({grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN})


@dataclass(frozen=True)
class Visit:
    """A call that begins: the method's full name, its metadata in lower case, and the peer's address."""

    method: str
    metadata: Mapping[str, str]
    peer: str


Admit = Callable[[Visit], Awaitable[None]]
"""Lets a call in, and may set context variables for it; raises an Error to refuse it."""


@dataclass(frozen=True)
class Tls:
    """PEM files of the server's certificate chain and of its key. Each connection has them read: they may change."""

    certificate: Path
    key: Path

    def credentials(self) -> Any:
        """What the server is made with. Raises OSError, ValueError where the files are of no use."""
        return grpc.dynamic_ssl_server_credentials(self._read(), self._read_again, require_client_authentication=False)

    def _read(self) -> Any:
        return grpc.ssl_server_certificate_configuration([(self.key.read_bytes(), self.certificate.read_bytes())])

    def _read_again(self) -> Any:
        try:
            return self._read()
        except OSError as error:
            log.warning("certificate kept", extra={"error": repr(error)})
            return None


class _Wrap(grpc.aio.ServerInterceptor):
    """Around every call to our services: a span, the admission, and a status for whatever is raised."""

    def __init__(self, ours: frozenset[str], admit: Admit | None, find_error: Callable[[BaseException], Error]) -> None:
        self._ours = ours
        self._admit = admit
        self._find_error = find_error

    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = await continuation(details)
        service, _, _ = details.method.strip("/").rpartition("/")
        if handler is None or service not in self._ours:
            return handler
        metadata = {key: value for key, value in details.invocation_metadata or () if isinstance(value, str)}
        make = _maker(handler)
        return make(
            self._around(_behaviour(handler), details.method.strip("/"), metadata),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _around(self, behave: Any, method: str, metadata: dict[str, str]) -> Any:
        async def answer(request: Any, call: Any) -> Any:
            began, code = time.perf_counter(), grpc.StatusCode.OK
            with _span(method, metadata) as span:
                try:
                    if self._admit:
                        await self._admit(Visit(method, metadata, _address(call.peer())))
                    if not inspect.isasyncgenfunction(behave):
                        return await behave(request, call)
                    # Written here rather than yielded, so that a call that breaks off ends the generator at once.
                    async with contextlib.aclosing(behave(request, call)) as answers:
                        async for each in answers:
                            await call.write(each)
                except grpc.aio.AbortError:
                    code = call.code()
                    raise
                except asyncio.CancelledError:
                    code = grpc.StatusCode.CANCELLED
                    raise
                except Exception as exception:  # noqa: BLE001 - becomes a status
                    code = code_of(self._find_error(exception))
                    await self._refuse(call, exception, span)
                finally:
                    metrics.rpc(method, code.name, time.perf_counter() - began)

        return answer

    async def _refuse(self, call: Any, exception: Exception, span: Span) -> None:
        error = self._find_error(exception)
        code = code_of(error)
        span.set_attribute("rpc.grpc.status_code", code.value[0])
        if code in _INTERNAL:
            telemetry.failed(span, exception)
            log.error("call failed", extra={"code": error.code, "detail": error.detail}, exc_info=exception)
        await abort(call, error)


def _behaviour(handler: Any) -> Any:
    return handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream


def _maker(handler: Any) -> Any:
    incoming = "stream" if handler.request_streaming else "unary"
    outgoing = "stream" if handler.response_streaming else "unary"
    return getattr(grpc, f"{incoming}_{outgoing}_rpc_method_handler")


@contextlib.contextmanager
def _span(method: str, metadata: Mapping[str, str]) -> Iterator[Span]:
    service, _, name = method.rpartition("/")
    with telemetry.tracer.start_as_current_span(
        method,
        context=propagate.extract(dict(metadata)),
        kind=SpanKind.SERVER,
        attributes={"rpc.system": "grpc", "rpc.service": service, "rpc.method": name, "rpc.grpc.status_code": 0},
        record_exception=False,  # a call that is aborted or cancelled is no failure of ours
        set_status_on_exception=False,
    ) as span:
        yield span


def _address(peer: str) -> str:
    """The host of a peer such as `ipv4:127.0.0.1:4711` or `ipv6:[::1]:4711`, whose brackets may be quoted."""
    kind, _, rest = peer.replace("%5B", "[").replace("%5D", "]").partition(":")
    return rest.rpartition(":")[0].strip("[]") if kind in ("ipv4", "ipv6") else peer


class RpcServer:
    """A gRPC server of services, on the running loop.

    Args:
        services: what adds each to the server, by its full name.
        listen: address; port 0 takes a free one.
        with_reflection: whether clients may ask what there is.
        admit: decides which calls to the services are let in; None: all. Health and reflection are open to all.
        find_error: gives an exception its place in the tree.
        tls: None: without encryption.
    """

    def __init__(
        self,
        services: Mapping[str, Add],
        listen: str,
        *,
        with_reflection: bool,
        admit: Admit | None = None,
        find_error: Callable[[BaseException], Error] = classify,
        tls: Tls | None = None,
    ) -> None:
        self._names = tuple(services)
        wrap = _Wrap(frozenset(services), admit, find_error)
        self.server = grpc.aio.server(interceptors=(wrap,), options=_OPTIONS)
        self.health = health.aio.HealthServicer()
        for add in services.values():
            add(self.server)
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        if with_reflection:
            shown = (*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(shown, self.server)
        self.port = self._listen(listen, tls)

    def _listen(self, listen: str, tls: Tls | None) -> int:
        if tls is None:
            return int(self.server.add_insecure_port(listen))
        return int(self.server.add_secure_port(listen, tls.credentials()))

    async def start(self) -> None:
        await self.server.start()
        for name in ("", *self._names):
            await self.health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def leave(self) -> None:
        """Say to those who watch our health that we are going; calls are still answered."""
        await self.health.enter_graceful_shutdown()

    async def stop(self, grace: float) -> None:
        """Say that we are going, let calls end, stop."""
        await self.leave()
        await self.server.stop(grace)
