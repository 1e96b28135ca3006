"""The gRPC port of every stage service: StageService, health, and reflection behind a flag."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from hiddenhill.v1 import stage_service_pb2 as pb
from hiddenhill.v1 import stage_service_pb2_grpc as pb_grpc
from hiddenhill.v1.events_pb2 import Progress
from opentelemetry import context

from chassis import telemetry
from chassis.blobs import Blobs
from chassis.errors import Error, SourceError, UsageError, classify
from chassis.runner import work_on_blobs
from chassis.stage import Service, Stage

NAME = pb.DESCRIPTOR.services_by_name["StageService"].full_name


class StageServicer(pb_grpc.StageServiceServicer):
    """Describes the service's stages and runs them on request."""

    def __init__(self, service: Service, blobs: Blobs) -> None:
        self._service = service
        self._blobs = blobs

    async def Describe(self, request: pb.DescribeRequest, call: Any) -> pb.DescribeResponse:  # noqa: N802, ARG002
        """What the service's stages need and make."""
        stages = [
            pb.StageDescription(
                name=rule.name,
                version=rule.version,
                service=rule.service,
                needs=rule.needs,
                makes=rule.makes,
                per_scene=rule.per_scene,
                title=rule.title,
            )
            for rule in self._service.rules()
        ]
        return pb.DescribeResponse(service=self._service.name, stages=stages)

    async def Run(self, request: pb.RunRequest, call: Any) -> AsyncIterator[pb.RunResponse]:  # noqa: N802
        """Run a stage on blobs; answers progress, then the result."""
        token = telemetry.continued({key: str(value) for key, value in call.invocation_metadata() or ()})
        progress: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def report(fraction: float, note: str) -> None:
            loop.call_soon_threadsafe(progress.put_nowait, (fraction, note))

        try:
            stage = self._stage(request.stage)
            scene = request.scene or None
            inputs = stage.inputs({blob.artifact: blob for blob in request.inputs}, scene)
            work = asyncio.create_task(
                asyncio.to_thread(work_on_blobs, stage, self._blobs, inputs.values(), scene, report)
            )
            while not work.done() or not progress.empty():
                try:
                    fraction, note = await asyncio.wait_for(progress.get(), 0.1)
                except TimeoutError:
                    continue
                said = Progress(stage=stage.name, scene=request.scene, fraction=fraction, note=note)
                yield pb.RunResponse(progress=said)
            outputs = [
                pb.Blob(artifact=m.artifact, digest=m.digest, size=m.size, media_type=m.media_type) for m in await work
            ]
            yield pb.RunResponse(result=pb.RunResult(outputs=outputs))
        except Exception as error:  # noqa: BLE001 - becomes a status
            await _abort(call, classify(error))
        finally:
            context.detach(token)

    def _stage(self, name: str) -> Stage:
        for stage in self._service.stages:
            if stage.name == name:
                return stage
        raise UsageError("usage.stage", f"{self._service.name} has no stage {name!r}.")


async def _abort(call: Any, error: Error) -> None:
    unusable = isinstance(error, (SourceError, UsageError))
    code = grpc.StatusCode.UNAVAILABLE if error.retryable else grpc.StatusCode.FAILED_PRECONDITION
    code = grpc.StatusCode.INVALID_ARGUMENT if unusable else code
    await call.abort(code, error.message, (("hiddenhill-code", error.code),))


class RpcServer:
    """The service's gRPC server on its internal port."""

    def __init__(self, service: Service, blobs: Blobs, listen: str, *, with_reflection: bool) -> None:
        self.server = grpc.aio.server()
        self.health = health.aio.HealthServicer()
        pb_grpc.add_StageServiceServicer_to_server(StageServicer(service, blobs), self.server)  # type: ignore[no-untyped-call]
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        if with_reflection:
            reflection.enable_server_reflection((NAME, health.SERVICE_NAME, reflection.SERVICE_NAME), self.server)
        self.port = self.server.add_insecure_port(listen)

    async def start(self) -> None:
        await self.server.start()
        for name in ("", NAME):
            await self.health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, grace: float) -> None:
        """Say that we are going, let calls end, stop."""
        await self.health.enter_graceful_shutdown()
        await self.server.stop(grace)
