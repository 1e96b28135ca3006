"""The plain way, to compare with: Flask on werkzeug's threaded server, a thread and a queue per stream."""

from __future__ import annotations

import asyncio
import json
import queue
import resource
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator

import nats
from flask import Flask, Response
from hiddenhill.v1.events_pb2 import Progress
from nats.aio.msg import Msg
from werkzeug.serving import make_server

app = Flask(__name__)
clients: defaultdict[str, list[queue.Queue[str]]] = defaultdict(list)


@app.get("/jobs/<job_id>/events")
def stream(job_id: str) -> Response:
    """All that is told of a job."""
    mine: queue.Queue[str] = queue.Queue()
    clients[job_id].append(mine)

    def told() -> Iterator[str]:
        yield "event: snapshot\ndata: {}\n\n"
        while True:
            yield mine.get()

    return Response(told(), mimetype="text/event-stream")


async def listen(url: str) -> None:
    """Put progress into the queues."""

    async def heard(message: Msg) -> None:
        body = Progress.FromString(message.data)
        data = {"job": body.job_id, "stage": body.stage, "fraction": body.fraction, "note": body.note}
        for each in clients.get(body.job_id, ()):
            each.put(f"event: progress\ndata: {json.dumps(data)}\n\n")

    client = await nats.connect(url)
    await client.subscribe("progress.>", cb=heard)
    await asyncio.Event().wait()


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    threading.Thread(target=asyncio.run, args=(listen(sys.argv[1]),), daemon=True).start()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.port, flush=True)
    server.serve_forever()
