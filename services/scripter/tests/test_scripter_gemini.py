"""The writer `gemini` against the vendor's SDK and a server that speaks its wire format."""

import json

import pytest
from chassis.errors import Fatal, RateLimited, Transient, UsageError
from chassis.purse import BudgetSpent
from pydantic import SecretStr


def paid(standin) -> list[dict]:
    return standin.requests("generateContent")


def said(briefs) -> list[str]:
    return [sentence.text for brief in briefs for sentence in brief.sentences]


def test_script_of_a_model_is_supported_by_its_passages_and_paid_once(shop, bees, gemini_standin):
    script, briefs = shop.write(bees, seconds=30)
    assert script.writer == "gemini"
    texts = {passage.id: passage.text for passage in bees.passages}
    assert len(said(briefs)) >= 3
    for sentence in (sentence for brief in briefs for sentence in brief.sentences):
        assert sentence.verdict.supported
        assert all(texts[item.id] == item.text for item in sentence.evidence)
    assert (briefs[0].role, briefs[0].visual.kind) == ("hook", "title")
    assert (briefs[-1].role, briefs[-1].visual.kind) == ("end", "end")
    assert all(1 <= len(brief.headline.split()) <= 8 for brief in briefs)
    assert shop.spent == pytest.approx(gemini_standin.costs()["usd"])
    before = len(paid(gemini_standin))
    again, _ = shop.write(bees, seconds=30)
    assert again == script
    assert len(paid(gemini_standin)) == before
