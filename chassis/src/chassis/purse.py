"""The purse: paid calls of a job. Nothing is paid twice that was received once, and nothing beyond the budget.

Before a call its estimate is set aside in the job's costs, by compare-and-set, so that workers which pay at the same
time cannot exceed the budget together. The answer is kept before the costs say that it is paid: whoever is killed in
between finds it. Only a call whose end nobody saw is made again, and the costs say so.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hiddenhill.v1.events_pb2 import Call, CallState, Costs
from opentelemetry import context

from chassis import calls, events, metrics, telemetry
from chassis.blobs import Blobs
from chassis.bus import Bus, Conflict
from chassis.errors import Fatal
from chassis.folder import canonical_json
from chassis.limits import Limit, Taker

T = TypeVar("T")
Change = Callable[[Costs], None]
"""Changes a job's costs in place, or raises to leave them."""
Keep = Callable[[Change], None]
"""Applies a change to the job's costs as they are now; it may be applied again when another worker was faster."""
OPEN, PAID, KNOWN, REFUSED = (
    CallState.CALL_STATE_OPEN,
    CallState.CALL_STATE_PAID,
    CallState.CALL_STATE_KNOWN,
    CallState.CALL_STATE_REFUSED,
)
_CENT = 1e-6
"""Dollars by which sums of fractions may be off."""


class BudgetSpent(Fatal):
    """The call would exceed what the job may cost: it was not made."""


@dataclass(frozen=True)
class Purchase:
    """A paid call. Equal requests (JSON values) to one provider are one call.

    Args:
        provider, model, request: what is asked of whom.
        estimate: what it costs at most, in dollars.
        leave: dollars of the budget that must be left for others after it.
        limit: the provider's limit that the call keeps to; a known answer takes nothing out of it.
        operation, output, server: what its span says is asked for, of what kind, and of which host.
    """

    provider: str
    model: str
    request: Any
    estimate: float
    leave: float = 0.0
    limit: Limit | None = None
    operation: str = "chat"
    output: str = "json"
    server: str = ""

    @property
    def key(self) -> str:
        digest = hashlib.sha256(canonical_json([self.model, self.request])).hexdigest()
        return f"memo/{self.provider}/{digest}"


@dataclass(frozen=True)
class Answer:
    """What was received, and what it cost in dollars."""

    data: bytes
    dollars: float
    tokens: tuple[int, int] | None = None
    """Of the question and of the answer, where the vendor counts them."""


class Purse:
    """Pays for one run of a stage.

    Args:
        blobs: where answers are kept.
        keep: changes the job's costs.
        stage, scene: who pays.
        taker: the run's way through limits.
    """

    def __init__(self, blobs: Blobs, keep: Keep, stage: str, scene: int | None, taker: Taker) -> None:
        self._blobs = blobs
        self._keep = keep
        self._stage = stage
        self._scene = scene
        self._taker = taker
        self._above = context.get_current()

    def buy(self, purchase: Purchase, call: Callable[[], Answer]) -> bytes:
        """The kept answer to the request, or else `call`'s.

        An error that `call` raises means that nothing was paid, but for a ConnectionError or TimeoutError, of which
        nobody knows. Raises BudgetSpent.
        """
        with calls.within(self._above):
            return self._once(purchase, lambda: self._made(purchase, call))

    def buy_task(self, purchase: Purchase, create: Callable[[], str], wait: Callable[[str], Answer]) -> bytes:
        """As `buy`, of a vendor with tasks: `create` gives the task's id, `wait` its result; a known task is resumed.

        When the vendor has failed or lost a task, `wait` calls `forget` before it raises.
        """

        def resumed() -> Answer:
            task = (self._find(f"{purchase.key}/task") or b"").decode()
            telemetry.event("resumed" if task else "asked")
            if not task:
                task = self._made(purchase, create)
                if not task:
                    raise ConnectionError(f"{purchase.provider} took a task and did not name it")
                self._blobs.put_bytes(f"{purchase.key}/task", task.encode())
            return wait(task)

        with calls.within(self._above):
            return self._once(purchase, resumed)

    def forget(self, purchase: Purchase, dollars: float = 0.0) -> None:
        """Let the next call create a new task: the vendor failed or lost this one, and charged this much for it."""
        metrics.paid(purchase.provider, purchase.model, dollars)
        self._blobs.put_bytes(f"{purchase.key}/task", b"")
        self._keep(lambda costs: _refused(self._entry(costs, purchase), dollars))

    def _once(self, purchase: Purchase, call: Callable[[], Answer]) -> bytes:
        """The kept answer, or else `call`'s, made within the limit and kept before its place is left."""
        data = self._find(f"{purchase.key}/answer")
        if data is not None:
            with calls.spanned(purchase, known=True):
                self._keep(lambda costs: _known(self._entry(costs, purchase)))
            return data
        with self._taker.calling(purchase.limit) if purchase.limit else contextlib.nullcontext():
            with calls.spanned(purchase) as span, metrics.call(purchase.provider, purchase.model, unmade=BudgetSpent):
                answer = call()
                calls.tell(span, answer)
            metrics.paid(purchase.provider, purchase.model, answer.dollars)
            self._blobs.put_bytes(f"{purchase.key}/answer", answer.data)
        self._keep(lambda costs: _paid(self._entry(costs, purchase), answer.dollars))
        return answer.data

    def _made(self, purchase: Purchase, call: Callable[[], T]) -> T:
        """What the call gives, noted as open before it begins."""
        cut_off = 0

        def begun(costs: Costs) -> None:
            nonlocal cut_off
            entry = self._entry(costs, purchase)
            _begin(costs, entry, purchase)
            cut_off = entry.cut_off

        self._keep(begun)
        if cut_off:
            telemetry.note(cut_off=cut_off)
        try:
            return call()
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            self._keep(lambda costs: _refused(self._entry(costs, purchase), 0.0))
            raise

    def _entry(self, costs: Costs, purchase: Purchase) -> Call:
        """The call's entry, made where there is none."""
        for call in costs.calls:
            if call.key == purchase.key:
                return call
        more = {"stage": self._stage, "scene": self._scene or 0}
        return costs.calls.add(key=purchase.key, provider=purchase.provider, model=purchase.model, **more)

    def _find(self, key: str) -> bytes | None:
        try:
            return self._blobs.get_bytes(key)
        except KeyError:
            return None


async def charge(bus: Bus, job_id: str, change: Change) -> None:
    """Apply a change to the job's costs as they are now, again where another worker was faster."""
    while True:
        costs, seq = await bus.costs(job_id)
        before = costs.SerializeToString(deterministic=True)
        change(costs)
        if costs.SerializeToString(deterministic=True) == before:
            return
        with contextlib.suppress(Conflict):
            await bus.announce([events.costs(costs)], {events.COSTS: seq})
            return


def spent(costs: Costs) -> float:
    """Dollars that were paid, or are set aside for what is on its way."""
    return sum(call.dollars + (call.estimate if call.state == OPEN else 0.0) for call in costs.calls)


def _begin(costs: Costs, call: Call, purchase: Purchase) -> None:
    if call.state == OPEN:  # nobody saw how it ended: it was perhaps paid
        call.cut_off += 1
        call.dollars += call.estimate
    call.state = REFUSED
    if spent(costs) + purchase.estimate + purchase.leave > costs.budget + _CENT:
        left = max(0.0, costs.budget - spent(costs))
        raise BudgetSpent(
            "budget.spent",
            f"The next call to {purchase.provider.capitalize()} may cost ${purchase.estimate:.2f}, and ${left:.2f} is"
            f" left of the job's budget of ${costs.budget:.2f}; raise the budget, and retry.",
            purchase.key,
        )
    call.state, call.estimate = OPEN, purchase.estimate


def _paid(call: Call, dollars: float) -> None:
    call.state = PAID
    call.dollars += dollars


def _refused(call: Call, dollars: float) -> None:
    call.state = REFUSED
    call.dollars += dollars


def _known(call: Call) -> None:
    """An answer was found: paid by this job, as a killed worker could not say any more, or by another."""
    if call.state == OPEN:
        _paid(call, call.estimate)
    elif call.state != PAID:
        call.state = KNOWN
