"""What google-genai sees of the stand-in when nothing goes wrong."""

import asyncio
import io
import json
import wave

import numpy as np
import pytest
from google.genai import types
from google.genai.errors import ClientError

MODEL = "gemini-3.8-flash"
SPEAKER = "gemini-3.8-flash-tts"


def speech(voice="Kore", language=None):
    chosen = types.VoiceConfig(prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name=voice))
    config = types.SpeechConfig(voice_config=chosen, language_code=language)
    return types.GenerateContentConfig(response_modalities=["AUDIO"], speech_config=config)


def test_a_script_fits_the_schema_and_cites_passages_that_hold_its_numbers(gemini, prompt, script_config):
    answer = gemini.models.generate_content(model=MODEL, contents=prompt, config=script_config)
    script = json.loads(answer.text)
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert [scene["role"] for scene in script["scenes"]] == ["hook", "method", "results", "takeaway"]
    sentences = [one for scene in script["scenes"] for one in scene["sentences"]]
    assert {one["passages"][0] for one in sentences} == {"abs.1", "s1.1", "s2.3"}
    said = next(one for one in sentences if "48" in one["text"])
    assert said == {"text": "The researchers measured hands of 48 nurses in two wards.", "passages": ["s1.1"]}


@pytest.mark.parametrize(
    "offered",
    [
        "[abs.1] Soap killed 92% of the bacteria on hands.\n[s1.2] The nurses washed six times a day.",
        "abs.1: Soap killed 92% of the bacteria on hands.\ns1.2: The nurses washed six times a day.",
        """Passages: [{"id": "abs.1", "text": "Soap killed 92% of the bacteria on hands."},
        {"id": "s1.2", "kind": "body", "text": "The nurses washed six times a day."}]""",
        """<p kind='body' id=abs.1>Soap killed 92% of the bacteria on hands.</p>
        <p id=s1.2>The nurses washed six times a day.</p>""",
    ],
)
def test_passages_are_found_however_the_prompt_marks_them(gemini, offered, script_config):
    answer = gemini.models.generate_content(model=MODEL, contents=f"3 scenes\n\n{offered}", config=script_config)
    sentences = [one for scene in json.loads(answer.text)["scenes"] for one in scene["sentences"]]
    assert {(one["passages"][0], one["text"][-4:]) for one in sentences} == {("abs.1", "nds."), ("s1.2", "day.")}


def test_a_sentence_that_was_refused_is_not_said_again(gemini, prompt):
    schema = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "passages": {"type": "array", "items": {"type": "string"}}},
        "required": ["text", "passages"],
    }
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=schema)
    first = json.loads(gemini.models.generate_content(model=MODEL, contents=prompt, config=config).text)
    again = f"{prompt}\n\nThis sentence was refused, write another: {first['text']}"
    second = json.loads(gemini.models.generate_content(model=MODEL, contents=again, config=config).text)
    assert first["text"] == "Soap killed 92% of the bacteria on hands within 20 seconds."
    assert second == {"text": "Cold water alone removed 14% of them.", "passages": ["abs.1"]}


def test_the_tests_own_reply_is_given(gemini_standin, gemini, prompt):
    gemini_standin.vendor.reply = lambda asked: f"{len(asked.passages)} passages for {asked.model}"
    assert gemini.models.generate_content(model=MODEL, contents=prompt).text == f"3 passages for {MODEL}"


def test_a_canned_text_is_given_once(gemini_standin, gemini, prompt):
    gemini_standin.put("replies", {"text": "Canned.", "body": "nurses"})
    assert gemini.models.generate_content(model=MODEL, contents="nobody").text != "Canned."
    assert gemini.models.generate_content(model=MODEL, contents=prompt).text == "Canned."
    assert gemini.models.generate_content(model=MODEL, contents=prompt).text != "Canned."


def test_a_stream_brings_the_same_text_in_pieces(gemini, prompt):
    whole = gemini.models.generate_content(model=MODEL, contents=prompt).text
    chunks = list(gemini.models.generate_content_stream(model=MODEL, contents=prompt))
    assert len(chunks) > 2
    assert "".join(chunk.text for chunk in chunks) == whole
    assert [chunk.candidates[0].finish_reason for chunk in chunks][-2:] == [None, types.FinishReason.STOP]


def test_the_asynchronous_client_gets_the_same(gemini_standin, connect, prompt):
    async def both():
        client = connect(gemini_standin.url)
        answers = [client.aio.models.generate_content(model=MODEL, contents=prompt) for _ in range(8)]
        texts = {answer.text for answer in await asyncio.gather(*answers)}
        await client.aio.aclose()
        return texts

    assert len(asyncio.run(both())) == 1


def test_counted_tokens_are_those_that_are_charged(gemini_standin, gemini, prompt):
    counted = gemini.models.count_tokens(model=MODEL, contents=prompt).total_tokens
    usage = gemini.models.generate_content(model=MODEL, contents=prompt).usage_metadata
    assert usage.prompt_token_count == counted
    assert usage.total_token_count == counted + usage.candidates_token_count
    costs = gemini_standin.costs()
    assert costs["usd"] == pytest.approx((counted * 0.50 + usage.candidates_token_count * 3.00) / 1e6)
    assert costs["by_operation"]["countTokens"]["usd"] == 0


def test_more_tokens_than_allowed_end_with_max_tokens(gemini, prompt):
    config = types.GenerateContentConfig(max_output_tokens=10)
    answer = gemini.models.generate_content(model=MODEL, contents=prompt, config=config)
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS
    assert answer.usage_metadata.candidates_token_count == 10


def test_models_are_listed_and_described(gemini):
    assert f"models/{SPEAKER}" in [model.name for model in gemini.models.list()]
    assert gemini.models.get(model=MODEL).input_token_limit == 1_048_576


def test_speech_is_24_khz_pcm_whose_words_are_where_they_are_said_to_be(gemini_standin, gemini):
    text = "Soap kills bacteria. It takes twenty seconds."
    answer = gemini.models.generate_content(model=SPEAKER, contents=f"Read this calmly:\n{text}", config=speech())
    data = answer.candidates[0].content.parts[0].inline_data
    assert data.mime_type == "audio/L16;codec=pcm;rate=24000"
    sound = np.frombuffer(data.data, "<i2").astype(float)
    spoken = gemini_standin.get("speech")[0]
    assert spoken["text"] == text
    assert [word["text"] for word in spoken["words"]] == text.split()
    assert spoken["seconds"] == pytest.approx(len(sound) / 24000)
    first, last = spoken["words"][0], spoken["words"][-1]
    loud = np.flatnonzero(np.abs(sound) > 400) / 24000
    assert loud[0] == pytest.approx(first["start"], abs=0.06)
    assert loud[-1] == pytest.approx(last["end"], abs=0.15)
    usage = answer.usage_metadata
    assert usage.candidates_token_count == pytest.approx(25 * spoken["seconds"], abs=1)


def test_voices_differ_and_one_voice_says_the_same_the_same_way(gemini):
    def said(voice):
        answer = gemini.models.generate_content(model=SPEAKER, contents="Soap kills bacteria.", config=speech(voice))
        return answer.candidates[0].content.parts[0].inline_data.data

    assert said("Kore") == said("Kore") != said("Puck")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Seife tötet in zwanzig Sekunden fast alle Keime.", "de"),
        ("El jabón mata las bacterias en veinte segundos.", "es"),
        ("Le savon tue les bactéries en vingt secondes.", "fr"),
        ("O sabão mata as bactérias em vinte segundos.", "pt"),
        ("石けんは二十秒で細菌を殺します。", "ja"),
    ],
)
def test_speech_is_in_the_language_of_its_text(gemini_standin, gemini, text, language):
    gemini.models.generate_content(model=SPEAKER, contents=text, config=speech())
    spoken = gemini_standin.get("speech")[0]
    assert spoken["language"] == language
    assert len(spoken["words"]) >= 4
    assert spoken["seconds"] > 1.5


def test_speech_comes_as_wav_where_the_setting_says_so(gemini_standin, gemini):
    gemini_standin.put("settings", {"audio_mime": "audio/wav"})
    answer = gemini.models.generate_content(model=SPEAKER, contents="Soap kills.", config=speech())
    data = answer.candidates[0].content.parts[0].inline_data
    with wave.open(io.BytesIO(data.data)) as file:
        assert (data.mime_type, file.getframerate(), file.getnchannels()) == ("audio/wav", 24000, 1)


@pytest.mark.parametrize(
    ("model", "key", "config", "code", "words"),
    [
        ("gemini-9-flash", "key", None, 404, "is not found for API version"),
        (MODEL, "an-invalid-key", None, 400, "API key not valid"),
        (SPEAKER, "key", None, 400, "response modalities"),
        (MODEL, "key", speech(), 400, "response modalities"),
    ],
)
def test_wrong_requests_are_refused_in_the_vendors_words(gemini_standin, connect, model, key, config, code, words):
    with pytest.raises(ClientError, match=words) as refused:
        connect(gemini_standin.url, key).models.generate_content(model=model, contents="Hello", config=config)
    assert refused.value.code == code
    assert gemini_standin.costs()["usd"] == 0


def test_a_prompt_beyond_the_models_window_is_refused(gemini):
    with pytest.raises(ClientError, match="exceeds the maximum number of tokens"):
        gemini.models.generate_content(model=SPEAKER, contents="word " * 9000, config=speech())
