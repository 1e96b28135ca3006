"""The gRPC server of the gateway's process."""

from __future__ import annotations

from chassis.rpc import RpcServer, Tls

from gateway.accounts.callers import Callers
from gateway.accounts.counters import Counters
from gateway.accounts.guests import Guests
from gateway.accounts.limits import Requests
from gateway.context import Gateway
from gateway.ledger.hub import Hub
from gateway.problems import error_of
from gateway.rpc.admission import Admission
from gateway.rpc.servicer import NAME, JobServicer


def rpc_server(gateway: Gateway, hub: Hub, guests: Guests) -> RpcServer:
    """JobService for programs with tokens; made on the running loop. Raises RuntimeError where the port is taken."""
    settings, database = gateway.settings, gateway.database
    requests = Requests(Counters(database=database), settings.requests_a_minute)
    admit = Admission(Callers(database, lambda _: None), requests)
    tls = Tls(settings.rpc_tls_cert, settings.rpc_tls_key) if settings.rpc_tls_cert and settings.rpc_tls_key else None
    return RpcServer(
        {NAME: JobServicer(gateway, hub, guests).add_to},
        settings.rpc_listen,
        with_reflection=settings.grpc_reflection,
        admit=admit,
        find_error=error_of,
        tls=tls,
    )
