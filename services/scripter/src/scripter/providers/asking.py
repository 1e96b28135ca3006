"""One question to Gemini and its answer as a value: paid once, kept whole, and looked at afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import vendors.gemini
from chassis.errors import Fatal, RateLimited, Transient
from chassis.purse import Answer, Purchase
from opentelemetry.trace import SpanKind
from pydantic import BaseModel, ValidationError
from vendors.gemini import Stopped

from chassis import telemetry

if TYPE_CHECKING:
    from chassis.folder import JobFolder
    from google.genai.types import GenerateContentResponse
    from vendors.settings import GeminiSettings

M = TypeVar("M", bound=BaseModel)
TRIES = 2
_PAUSES = (1.0, 3.0)
"""Seconds before a vendor that is down is asked again, where somebody else could write."""
_MARGIN = 1.1
"""Tokens of a question that were not counted."""


class Unusable(Fatal):
    """Every answer was paid and none could be used."""


@dataclass(frozen=True)
class Question:
    """What is asked. A question with another `attempt` is another one, and is paid again."""

    system: str
    prompt: str
    answer_tokens: int
    temperature: float = 0.6
    attempt: int = 1

    def again(self, *, longer: bool) -> Question:
        """The same once more."""
        tokens = self.answer_tokens * (2 if longer else 1)
        return replace(self, attempt=self.attempt + 1, answer_tokens=tokens, temperature=self.temperature + 0.2)


class Gemini:
    """Asks for a job.

    Args:
        job: who pays, and with whose key.
        settings: the vendor's.
        patient: whether a vendor that is down is left to the next delivery; else it is asked again at once.
    """

    def __init__(self, job: JobFolder, settings: GeminiSettings, *, patient: bool) -> None:
        self.job = job
        self.settings = settings
        self.patient = patient
        self.key = job.key(vendors.gemini.NAME) or settings.api_key.get_secret_value()
        self._own = self.key if job.key(vendors.gemini.NAME) else ""

    def count(self, system: str, prompt: str) -> int:
        """Tokens of a question, 0 where they cannot be counted now; nothing is paid."""
        name, server = f"count_tokens {self.settings.text_model}", vendors.gemini.server(self.settings)
        facts = {"gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": self.settings.text_model}
        facts |= {"gen_ai.operation.name": "count_tokens", "server.address": server}
        whole = f"{system}\n\n{prompt}"
        try:
            with (
                self._calling(),
                telemetry.spanned(name, facts, kind=SpanKind.CLIENT),
                vendors.gemini.client(self.settings, self.key) as client,
            ):
                return client.models.count_tokens(model=self.settings.text_model, contents=whole).total_tokens or 0
        except RateLimited:
            raise
        except (Transient, ConnectionError, TimeoutError):
            return 0

    def ask(self, question: Question, answer: type[M], tokens: int = 0) -> M:
        """The answer; `tokens` are the question's where they were counted.

        Raises:
            Unusable: it was asked as often as makes sense.
            BudgetSpent, RateLimited, Transient, Fatal, ConnectionError: nothing usable was received.
        """
        reason: Exception = Unusable("provider.gemini.answer", "Gemini gave nothing to use.")
        for _ in range(TRIES):
            try:
                return _read(self._buy(question, answer, tokens), answer)
            except Stopped as error:
                reason, question = error, question.again(longer=error.reason == "MAX_TOKENS")
            except ValidationError as error:
                broken = f"{error.error_count()} faults; {error.errors(include_input=False)[0]['msg']}"[:300]
                reason = Unusable("provider.gemini.answer", "Gemini's answer was broken.", broken)
                question = question.again(longer=False)
            except TimeoutError as error:
                reason = error  # nobody knows whether it was paid: the same question finds the answer if it was kept
        message = reason.message if isinstance(reason, Fatal) else "Gemini did not answer in time."
        raise Unusable("provider.gemini.answer", message, getattr(reason, "detail", str(reason))) from reason

    def _buy(self, question: Question, answer: type[BaseModel], tokens: int) -> bytes:
        settings, schema = self.settings, answer.model_json_schema()
        asked = {**vars(question), "schema": schema}
        counted = tokens or round((len(question.system) + len(question.prompt)) / 3)
        price = settings.text_price
        estimate = (counted * _MARGIN * price.input + question.answer_tokens * price.output) / 1e6
        limit = vendors.gemini.limit(settings, settings.text_model, self._own)
        server = vendors.gemini.server(settings)
        purchase = Purchase(vendors.gemini.NAME, settings.text_model, asked, estimate, limit=limit, server=server)
        pauses = () if self.patient else _PAUSES
        for pause in pauses:
            try:
                return self.job.purse.buy(purchase, lambda: self._call(question, schema))
            except RateLimited:
                raise
            except Transient:
                time.sleep(pause)
        return self.job.purse.buy(purchase, lambda: self._call(question, schema))

    def _call(self, question: Question, schema: dict[str, Any]) -> Answer:
        from google.genai import types  # noqa: PLC0415 - the SDK takes a second to load

        config = types.GenerateContentConfig(
            system_instruction=question.system,
            response_mime_type="application/json",
            response_json_schema=schema,
            max_output_tokens=question.answer_tokens,
            temperature=question.temperature,
        )
        with vendors.gemini.client(self.settings, self.key) as client:
            response = client.models.generate_content(
                model=self.settings.text_model, contents=question.prompt, config=config
            )
        kept = response.model_dump_json(exclude_none=True, exclude={"sdk_http_response"})
        paid = vendors.gemini.dollars(response, self.settings.text_price)
        return Answer(kept.encode(), paid, vendors.gemini.tokens(response))

    @contextmanager
    def _calling(self) -> Iterator[None]:
        limit = vendors.gemini.limit(self.settings, self.settings.text_model, self._own)
        with self.job.calling(replace(limit, name=f"{limit.name}-count")):
            yield


def _read(kept: bytes, answer: type[M]) -> M:
    """The answer in a kept response. Raises Stopped where there is none, ValidationError where it is broken."""
    from google.genai.types import GenerateContentResponse  # noqa: PLC0415 - the SDK takes a second to load

    response = GenerateContentResponse.model_validate_json(kept)
    stopped = vendors.gemini.stopped(response)
    if stopped:
        raise stopped
    return answer.model_validate_json(_text_of(response))


def _text_of(response: GenerateContentResponse) -> str:
    content = response.candidates[0].content if response.candidates else None
    parts = (content.parts if content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)
