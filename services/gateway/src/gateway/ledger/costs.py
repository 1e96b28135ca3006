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
    return [call | {"state": call["state"].removeprefix("CALL_STATE_").lower()} for call in calls]


def with_calls(costs: Costs, calls: Iterable[Mapping[str, Any]]) -> Costs:
    """The costs with calls of the ledger's rows added to them, in place."""
    for call in calls:
        ParseDict({**call, "state": f"CALL_STATE_{call['state'].upper()}"}, costs.calls.add())
    return costs
