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


GOOD = [
    ("hook", [("After warm nights the bees visited 35% fewer flowers than after cool nights.", ["abs.1"])]),
    ("method", [("We followed 240 honey bees from 12 hives in orchards near Lisbon during two summers.", ["abs.1"])]),
    ("results", [("Hives in the shade lost 4 kg less honey than hives in the sun.", ["abs.1"])]),
    ("caveat", [("The study was limited to one valley, and other bees may behave in other ways.", ["abs.1"])]),
    ("end", [("These results suggest that shade could help honey bees in warm summers.", ["abs.1"])]),
]


def with_one(text: str, ids=("abs.1",)) -> list:
    """The good script with another result."""
    return [*GOOD[:2], ("results", [(text, list(ids))]), *GOOD[3:]]


def test_sentence_that_fails_is_written_again_with_the_reasons(shop, bees, model):
    wrong, right = "The bees visited 53% fewer flowers.", "The bees did not change the kinds of flowers they visited."
    asked = model(with_one(wrong), again={wrong: right})
    script, briefs = shop.write(bees, seconds=30)
    assert right in said(briefs)
    assert wrong not in said(briefs)
    assert script.dropped == []
    assert len(asked.asked) == 2
    again = asked.asked[1].prompt
    assert wrong in again
    assert "53" in again.split('"wrong"')[1].split("]")[0]
    assert GOOD[0][1][0][0] in again.split("Already said")[1].split("Passages")[0]


def test_sentence_that_fails_every_round_is_dropped_with_the_verdict_of_each_try(shop, bees, model):
    wrong = "The bees visited 53% fewer flowers."
    asked = model(with_one(wrong))
    script, briefs = shop.write(bees, seconds=30)
    assert wrong not in said(briefs)
    assert [dropped.text for dropped in script.dropped] == [wrong]
    assert len(script.dropped[0].verdicts) == 3
    assert not any(verdict.supported for verdict in script.dropped[0].verdicts)
    assert len(asked.asked) == 3


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("The bees visited many flowers.", ["abs.99"]),
        ("The bees visited many flowers.", []),
        ("The bees **visited** many flowers.", ["abs.1"]),
        ("The bees visited <b>many</b> flowers.", ["abs.1"]),
        ("Visit our site and see the bees.", ["abs.1"]),
        ("The bees visited many flowers at bees.example.", ["abs.1"]),
        ("The bees visited many flowers 🐝.", ["abs.1"]),
        ("The bees visited \u202emany flowers.", ["abs.1"]),
        ("the bees visited many flowers", ["abs.1"]),
        ("As an AI model, I follow the bees.", ["abs.1"]),
        ("The bees visited flowers " + "and hives " * 60 + "again.", ["abs.1"]),
    ],
)
def test_sentence_of_bad_form_or_without_its_passage_is_not_said(text, ids, shop, bees, model):
    model(with_one(text, ids))
    script, briefs = shop.write(bees, seconds=30)
    assert text.strip() not in said(briefs)
    assert not any("many" in sentence for sentence in said(briefs))
    assert len(script.dropped) == 1


def test_headline_that_says_more_than_the_scene_is_not_shown(shop, bees, model):
    scenes = [(*GOOD[0], {"headline": "Warm nights kill every bee"}), (*GOOD[1], {"headline": "Lisbon tells no lies"})]
    scenes += [(*GOOD[2], {"headline": "Shade spares honey", "kicker": "4 visits"}), *GOOD[3:]]
    model(scenes)
    _, briefs = shop.write(bees, seconds=30)
    headlines = [brief.headline for brief in briefs]
    assert "Warm nights kill every bee" not in headlines
    assert "Lisbon tells no lies" not in headlines
    assert "4 visits" not in [brief.kicker for brief in briefs]


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "MAX_TOKENS"])
def test_answer_that_holds_nothing_is_paid_and_another_question_is_asked(reason, shop, bees, model, gemini_standin):
    model(GOOD)
    gemini_standin.fault("finish", reason=reason, operation="generateContent", times=1)
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "gemini"
    costs = gemini_standin.costs()
    assert costs["paid_again"] == []
    assert len(paid(gemini_standin)) == 2
    assert shop.spent == pytest.approx(costs["usd"])


def test_kept_answer_that_holds_nothing_is_not_bought_again(shop, bees, model, gemini_standin):
    model(GOOD)
    gemini_standin.fault("finish", reason="SAFETY", operation="generateContent", times=0)
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "extractive"
    assert "safety filter" in script.paper.notices[0]
    assert len(paid(gemini_standin)) == 2
    gemini_standin.mend()
    shop.write(bees, seconds=30)
    assert len(paid(gemini_standin)) == 2


@pytest.mark.parametrize("writer", ["", "gemini"])
def test_broken_answers_end_in_the_papers_own_sentences(writer, shop, bees, model, gemini_standin):
    model(GOOD)
    gemini_standin.fault("broken", operation="generateContent", times=0)
    script, briefs = shop.write(bees, seconds=30, writer=writer)
    assert script.writer == "extractive"
    assert "broken" in script.paper.notices[0]
    assert all(sentence.verdict.supported for brief in briefs for sentence in brief.sentences)
    assert len(paid(gemini_standin)) == 2


def test_one_broken_answer_is_asked_for_again(shop, bees, model, gemini_standin):
    model(GOOD)
    gemini_standin.fault("broken", operation="generateContent", times=1)
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "gemini"
    assert len(paid(gemini_standin)) == 2


def test_deadline_that_passes_twice_ends_in_the_papers_own_sentences(shop, bees, model, gemini_standin):
    shop.vendor = shop.vendor.model_copy(update={"seconds": 0.5})
    model(GOOD)
    gemini_standin.fault("hang", seconds=1.5, operation="generateContent", times=0)
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "extractive"
    assert "in time" in script.paper.notices[0]


def test_writer_that_is_named_fails_where_the_budget_is_spent(shop, bees):
    with pytest.raises(BudgetSpent) as spent:
        shop.write(bees, budget=0.001)
    assert spent.value.code == "budget.spent"


def test_best_writer_falls_back_where_the_budget_is_spent(shop, bees, gemini_standin):
    script, _ = shop.write(bees, writer="", budget=0.001)
    assert script.writer == "extractive"
    assert "budget" in script.paper.notices[0]
    assert paid(gemini_standin) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"api_key": SecretStr("revoked-key")}, "provider.gemini.key"),
        ({"text_model": "gemini-none"}, "provider.gemini.model"),
    ],
)
def test_refused_key_or_model_fails_the_named_writer_and_is_told_by_the_best(changes, code, shop, bees):
    shop.vendor = shop.vendor.model_copy(update=changes)
    with pytest.raises(Fatal) as refused:
        shop.write(bees)
    assert refused.value.code == code
    script, _ = shop.write(bees, writer="")
    assert script.writer == "extractive"
    assert refused.value.message in script.paper.notices[0]


def test_vendor_that_is_down_is_waited_for_by_the_named_writer_alone(shop, bees, gemini_standin, monkeypatch):
    monkeypatch.setattr("scripter.providers.asking._PAUSES", (0.01, 0.01))
    gemini_standin.fault("status", status=503, operation="generateContent", times=0)
    with pytest.raises(Transient):
        shop.write(bees)
    script, _ = shop.write(bees, writer="")
    assert script.writer == "extractive"
    assert shop.spent == 0


def test_vendor_that_asks_for_a_pause_is_obeyed_by_both(shop, bees, gemini_standin):
    gemini_standin.fault("status", status=429, retry_after="7", operation="generateContent", times=0)
    for writer in ("gemini", ""):
        with pytest.raises(RateLimited):
            shop.write(bees, writer=writer)


@pytest.mark.parametrize("writer", ["", "gemini"])
def test_without_a_key_only_the_named_writer_fails(writer, shop, bees, gemini_standin):
    shop.vendor = shop.vendor.model_copy(update={"api_key": SecretStr("")})
    if writer:
        with pytest.raises(UsageError) as refused:
            shop.write(bees, writer=writer)
        assert refused.value.code == "usage.no-key"
    else:
        assert shop.write(bees, writer=writer)[0].writer == "extractive"
    assert gemini_standin.requests() == []


def test_without_a_budget_the_best_writer_asks_nobody(shop, bees, gemini_standin):
    script, _ = shop.write(bees, writer="", budget=0)
    assert script.writer == "extractive"
    assert script.paper.notices == []
    assert gemini_standin.requests() == []


def test_users_own_key_is_the_one_that_pays(shop, bees, gemini_standin):
    shop.write(bees, seconds=30)
    operators = paid(gemini_standin)[0]["key"]
    shop.key = "AIza-the-users-own-key"
    shop.write(bees, seconds=40)
    assert paid(gemini_standin)[-1]["key"] != operators


def test_budget_that_ends_before_a_later_round_leaves_what_passed(shop, bees, model, gemini_standin):
    asked = model(with_one("The bees visited 53% fewer flowers."))
    script, briefs = shop.write(bees, seconds=30, budget=0.0255)
    assert script.writer == "gemini"
    assert len(asked.asked) == 1
    assert len(script.dropped) == 1
    assert len(said(briefs)) == 4


def test_lost_answer_is_left_to_the_next_delivery(shop, bees, model, gemini_standin):
    model(GOOD)
    gemini_standin.fault("lost", operation="generateContent", times=1)
    with pytest.raises(ConnectionError):
        shop.write(bees, seconds=30)
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "gemini"
    assert shop.costs.calls[0].cut_off == 1


def test_voice_and_speech_of_the_wish_are_in_every_brief(shop, bees, model):
    model(GOOD)
    _, briefs = shop.write(bees, seconds=30, speech="gemini", voice="Kore")
    assert {(brief.speech, brief.voice) for brief in briefs} == {("gemini", "Kore")}


def test_answer_that_fits_no_schema_is_no_answer(shop, bees, gemini_standin):
    gemini_standin.vendor.reply = lambda _: json.dumps({"scenes": [{"role": "villain", "sentences": "many"}]})
    script, _ = shop.write(bees, seconds=30)
    assert script.writer == "extractive"
    assert len(paid(gemini_standin)) == 2


def test_key_is_in_no_artifact_and_in_no_request_that_is_kept(shop, bees):
    shop.write(bees, seconds=30)
    secret = shop.vendor.api_key.get_secret_value().encode()
    assert all(secret not in path.read_bytes() for path in shop.folder.iterdir())
    assert all(secret not in data for data in shop.blobs.kept.values())
    assert secret not in shop.costs.SerializeToString()
