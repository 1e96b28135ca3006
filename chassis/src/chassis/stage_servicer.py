"""The gRPC service of every stage service: describes its stages, and runs them on blobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from hiddenhill.v1 import stage_service_pb2 as pb
from hiddenhill.v1 import stage_service_pb2_grpc as pb_grpc
from hiddenhill.v1.events_pb2 import Progress

from chassis.blobs import Blobs
from chassis.errors import UsageError
from chassis.on_blobs import work_on_blobs
from chassis.stage import Service, Stage

NAME = pb.DESCRIPTOR.services_by_name["StageService"].full_name


class StageServicer(pb_grpc.StageServiceServicer):
    """Describes the service's stages and runs them on request."""

    def __init__(self, service: Service, blobs: Blobs) -> None:
        self._service = service
        self._blobs = blobs

    def add_to(self, server: Any) -> None:
        """Add it to a gRPC server."""
        pb_grpc.add_StageServiceServicer_to_server(self, server)  # type: ignore[no-untyped-call]

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

    async def Run(self, request: pb.RunRequest, call: Any) -> AsyncIterator[pb.RunResponse]:  # noqa: N802, ARG002
        """Run a stage on blobs; answers progress, then the result."""
        progress: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def report(fraction: float, note: str) -> None:
            loop.call_soon_threadsafe(progress.put_nowait, (fraction, note))

        stage, scene = self._stage(request.stage), request.scene or None
        inputs = stage.inputs({blob.artifact: blob for blob in request.inputs}, scene)
        run = asyncio.to_thread(work_on_blobs, stage, self._blobs, inputs.values(), scene, report)
        work = asyncio.create_task(run)
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

    def _stage(self, name: str) -> Stage:
        for stage in self._service.stages:
            if stage.name == name:
                return stage
        raise UsageError("usage.stage", f"{self._service.name} has no stage {name!r}.")
