"""What a job has paid for, as the ledger's rows have it and as events do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from hiddenhill.v1.events_pb2 import Costs


def calls_of(costs: Costs) -> list[dict[str, Any]]:
    """The calls, as rows have them."""
    calls = [
        MessageToDict(call, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        for call in costs.calls
    ]
    return [call | {"state": _state(call["state"])} for call in calls]


def with_calls(costs: Costs, calls: Iterable[Mapping[str, Any]]) -> Costs:
    """The costs with calls of the ledger's rows added to them, in place."""
    for call in calls:
        stated = {**call, "state": f"CALL_STATE_{call['state'].upper()}"}
        ParseDict(stated, costs.calls.add(), ignore_unknown_fields=True)
    return costs


def _state(state: str | int) -> str:
    """The name of a call's state; one that only a newer version knows, which is a number here, counts as open."""
    return "open" if isinstance(state, int) else state.removeprefix("CALL_STATE_").lower()
