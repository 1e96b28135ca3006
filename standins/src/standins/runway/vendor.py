"""Runway behind the server: what it recognises, checks, makes and charges."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from standins.exchange import Answer, Ledger, Price, Request, json_answer
from standins.faults import Fault, Faults
from standins.runway import checks
from standins.runway.clips import clip
from standins.runway.tasks import Pace, Task, Tasks, signature, view

VERSION = "2024-11-06"
DOCS = "https://docs.dev.runwayml.com/api"
CREATES = ("text_to_video", "image_to_video")
MESSAGES = {
    401: "The provided API key is not valid.",
    402: "You do not have enough credits to run this task.",
    403: "You do not have access to this resource.",
    404: "The requested resource was not found.",
    429: "You have exceeded the rate limit for this endpoint.",
    500: "An unexpected error occurred.",
    502: "Bad gateway",
    503: "The service is overloaded.",
    504: "The service did not answer in time.",
}


@dataclass(frozen=True)
class Settings:
    """How the stand-in behaves where nothing goes wrong."""

    credits: int = 100_000
    """The balance to begin with."""
    latency: float = 0.0
    """Seconds that a creation takes."""
    url_seconds: float = 86_400.0
    """How long an output's address holds."""
    pending: float = 0.05
    running: float = 0.2
    """Seconds that a task waits and runs."""
    concurrency: int = 64
    """Tasks that run at a time; more are throttled."""

    @property
    def pace(self) -> Pace:
        return Pace(self.pending, self.running, self.concurrency)


@dataclass
class Runway:
    """The stand-in for Runway."""

    settings: Settings = field(default_factory=Settings)
    name: str = "runway"
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    tasks: Tasks = field(init=False)

    def __post_init__(self) -> None:
        self.tasks = Tasks(self.settings.pace)

    def recognise(self, request: Request) -> None:
        parts = request.path.strip("/").split("/")
        match [request.method, *parts]:
            case ["POST", "v1", name] if name in CREATES:
                request.operation = name
                body = request.json()
                request.model = str(body.get("model", "")) if isinstance(body, dict) else ""
            case ["GET" | "DELETE", "v1", "tasks", _]:
                request.operation = "tasks.get" if request.method == "GET" else "tasks.delete"
            case ["GET", "v1", "organization"]:
                request.operation = "organization"
            case ["POST", "v1", "organization", "usage"]:
                request.operation = "organization.usage"
            case ["GET" | "HEAD", "outputs", _]:
                request.operation = "output"

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        if request.operation == "output":
            return self._output(request, fault)
        refusal = self._refusal(request)
        if refusal:
            return refusal
        match request.operation:
            case "tasks.get":
                return self._task(request, fault)
            case "tasks.delete":
                task = self.tasks.cancel(request.path.rsplit("/", 1)[1])
                return Answer(204, note=self._settled(task)) if task else self.refuse(404, "", {})
            case "organization":
                return json_answer(200, self._organization())
            case "organization.usage":
                return json_answer(200, self._usage())
            case "text_to_video" | "image_to_video":
                return self._create(request, fault)
            case _:
                return self.refuse(404, "", {})

    def refuse(self, status: int, message: str, headers: dict[str, str]) -> Answer:
        return json_answer(status, {"error": message or MESSAGES.get(status, "Error")}, headers=headers)

    def views(self) -> dict[str, Any]:
        self.settle()
        return {
            "tasks": [self._row(task) for task in self.tasks.all.values()],
            "balance": {"credits": self._balance()},
            "prices": {name: {"credits": model.credits} for name, model in checks.MODELS.items()},
            "settings": asdict(self.settings),
        }

    def change(self, name: str, value: Any) -> None:
        if name != "settings" or not set(value) <= {one.name for one in fields(Settings)}:
            raise ValueError(name)
        self.settings = replace(self.settings, **value)
        self.tasks.pace = self.settings.pace

    def reset(self) -> None:
        self.tasks = Tasks(self.settings.pace)

    def _refusal(self, request: Request) -> Answer | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not key.startswith("key_"):
            return self.refuse(401, "", {})
        if request.headers.get("x-runway-version") != VERSION:
            return self.refuse(400, f"The X-Runway-Version header must be {VERSION}.", {})
        return None

    def _create(self, request: Request, fault: Fault | None) -> Answer:
        body = request.json()
        issues = checks.issues_with(request.operation, body)
        if issues:
            found = [issue.view() for issue in issues]
            return json_answer(400, {"error": "Validation of body failed", "issues": found, "docUrl": DOCS})
        credits_ = checks.credits_of(body)
        with self.tasks.lock:
            if credits_ > self._balance():
                return self.refuse(400, MESSAGES[402], {})
            task = self.tasks.create(request.number, request.operation, body, credits_, fault)
        time.sleep(self.settings.latency)
        content = {"id": task.id, "estimatedCost": {"credits": credits_}}
        return json_answer(200, content, price=_price(task), note={"task": task.id})

    def _task(self, request: Request, fault: Fault | None) -> Answer:
        task = self.tasks.find(request.path.rsplit("/", 1)[1])
        if task and fault and fault.kind == "vanish":
            task.deleted = True
        if task is None or task.deleted:
            return self.refuse(404, "", {})
        task.looks += 1
        self.settle()
        shown = view(task, time.time(), self.tasks.pace)
        if task.status == "SUCCEEDED":
            shown["output"] = [self._signed(request.base, task, fault)]
        return json_answer(200, shown, note={"task": task.id, "status": task.status})

    def _signed(self, base: str, task: Task, fault: Fault | None) -> str:
        """A new address for the output each time; the fault `expire` gives one whose time is over."""
        faults = [one for one in (fault, task.fault if not task.signatures else None) if one and one.kind == "expire"]
        signed = signature(task)
        task.signatures[signed] = time.time() + (faults[0].seconds if faults else self.settings.url_seconds)
        return f"{base}/outputs/{task.id}.mp4?_jwt={signed}"

    def _output(self, request: Request, fault: Fault | None) -> Answer:
        task = self.tasks.all.get(request.path.rsplit("/", 1)[1].removesuffix(".mp4"))
        holds = task.signatures.get(request.query.get("_jwt", ""), 0.0) if task else 0.0
        if task is None or task.deleted or time.time() >= holds or (fault and fault.kind == "expire"):
            return Answer(401, b"Token expired", {"Content-Type": "text/plain"})
        width, height = map(int, task.body["ratio"].split(":"))
        prompt = f"{task.body.get('promptText', '')}{checks.picture_of(task.body)}"
        film = clip(prompt, checks.seconds_of(task.body), width, height)
        return Answer(200, film, {"Content-Type": "video/mp4"}, note={"task": task.id})

    def settle(self) -> None:
        """Give back to the ledger what tasks were not charged in the end."""
        with self.tasks.lock:
            self.tasks.advance(time.time())
            for task in self.tasks.all.values():
                if task.charged != task.credits:
                    self.ledger.settle(task.exchange, _price(task))

    def _settled(self, task: Task) -> dict[str, Any]:
        self.settle()
        return {"task": task.id, "charged": task.charged}

    def _balance(self) -> int:
        return self.settings.credits - sum(task.charged for task in self.tasks.all.values())

    def _organization(self) -> dict[str, Any]:
        made = [task.body["model"] for task in self.tasks.all.values()]
        limits = {"maxConcurrentGenerations": self.settings.concurrency, "maxDailyGenerations": 10_000}
        return {
            "creditBalance": self._balance(),
            "tier": {"maxMonthlyCreditSpend": 1_000_000, "models": dict.fromkeys(checks.MODELS, limits)},
            "usage": {"models": {name: {"dailyGenerations": made.count(name)} for name in set(made)}},
        }

    def _usage(self) -> dict[str, Any]:
        spent: dict[str, int] = {}
        for task in self.tasks.all.values():
            spent[task.body["model"]] = spent.get(task.body["model"], 0) + task.charged
        today = datetime.now(UTC).date()
        days: list[dict[str, Any]] = [{"date": f"{today - timedelta(days=1)}", "usedCredits": []}]
        days.append({"date": f"{today}", "usedCredits": [{"model": name, "amount": n} for name, n in spent.items()]})
        return {"models": sorted(spent), "results": days}

    def _row(self, task: Task) -> dict[str, Any]:
        return {
            "id": task.id, "exchange": task.exchange, "endpoint": task.endpoint, "status": task.status,
            "deleted": task.deleted, "credits": task.credits, "charged": task.charged, "looks": task.looks,
            "outputs": len(task.signatures), "prompt": task.body.get("promptText", ""), "created": task.created,
        }  # fmt: skip


def _price(task: Task) -> Price:
    seconds = checks.seconds_of(task.body)
    return Price(round(task.charged * checks.DOLLARS_A_CREDIT, 2), task.charged, {"seconds": seconds})
