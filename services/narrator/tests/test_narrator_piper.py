"""The operator's Piper voice. Where the package and `onnx` are installed, a tiny model is built and speaks."""

import importlib.util
import json

import numpy as np
import pytest
from chassis.errors import UsageError
from narrator.settings import NarratorSettings

INSTALLED = all(importlib.util.find_spec(name) for name in ("piper", "onnx"))


def _described(path, voice="en-us"):
    ids = {symbol: [place] for place, symbol in enumerate("_^$ .,abdefhijklmnoprstuvwzæðŋɐɑɔəɛɜɡɪɹʃʊʌʒˈˌːθɾᵻ")}
    return path.write_text(
        json.dumps(
            {"audio": {"sample_rate": 22050}, "espeak": {"voice": voice}, "phoneme_id_map": ids,
             "num_symbols": len(ids), "num_speakers": 1, "inference": {"noise_scale": 0.0, "noise_w": 0.0}}
        )
    )  # fmt: skip


def _hum(path):
    """A model with Piper's inputs and output: each phoneme is 40 ms of a tone of its own."""
    from onnx import TensorProto, helper, numpy_helper, save  # noqa: PLC0415 - an extra

    size = 882
    grid = np.arange(size, dtype=np.float32) / 22050
    tones = np.stack([0.3 * np.sin(2 * np.pi * (120 + 12 * place) * grid) for place in range(64)]).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["tones", "input"], ["spoken"], axis=0),
        helper.make_node("Reshape", ["spoken", "shape"], ["output"]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, ["batch", "phonemes"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch"]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 1, "time"])]
    known = [numpy_helper.from_array(tones, "tones"), numpy_helper.from_array(np.array([1, 1, -1]), "shape")]
    model = helper.make_model(
        helper.make_graph(nodes, "hum", inputs, outputs, known),
        opset_imports=[helper.make_opsetid("", 15)],
        ir_version=9,
    )
    save(model, str(path))


def test_a_voice_that_is_not_set_is_asked_for_in_vain(booth):
    with pytest.raises(UsageError, match="HIDDENHILL_NARRATOR_PIPER_VOICE"):
        booth.speak("Hello.", speech="piper")


def test_a_missing_file_is_named(booth):
    model = booth.folder / "voice.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    with pytest.raises(UsageError, match=r"there is no file .*voice\.onnx;"):
        booth.speak("Hello.", speech="piper")
    model.write_bytes(b"")
    with pytest.raises(UsageError, match=r"there is no file .*voice\.onnx\.json"):
        booth.speak("Hello.", speech="piper")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"espeak": 7}'])
def test_a_description_that_is_none_is_refused(booth, content):
    model = booth.folder / "voice.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    model.write_bytes(b"")
    model.with_name("voice.onnx.json").write_text(content)
    with pytest.raises(UsageError, match="does not describe a voice"):
        booth.speak("Hello.", speech="piper")


@pytest.mark.skipif(INSTALLED, reason="Piper is installed")
def test_a_missing_package_is_named(booth):
    model = booth.folder / "voice.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    model.write_bytes(b"")
    _described(model.with_name("voice.onnx.json"))
    with pytest.raises(UsageError, match=r"install hiddenhill-narrator\[piper\]"):
        booth.speak("Hello.", speech="piper")


def test_a_voice_of_another_language_is_left_to_that_language(booth):
    model = booth.folder / "voice.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    booth.costs.budget = 0
    model.write_bytes(b"")
    _described(model.with_name("voice.onnx.json"), voice="de")
    assert booth.speak("Hello.").engine == "eSpeak NG"
    with pytest.raises(UsageError, match="speaks 'de'"):
        booth.speak("Hello.", speech="piper")


@pytest.mark.skipif(not INSTALLED, reason="needs hiddenhill-narrator[piper] and onnx")
def test_piper_speaks_where_nothing_is_paid(booth):
    model = booth.folder / "hum.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    booth.costs.budget = 0
    _hum(model)
    _described(model.with_name("hum.onnx.json"))
    narration = booth.speak("Bees dance in the dark.", "Others see it.")
    assert (narration.engine, narration.voice) == ("Piper", "hum")
    assert [word.text for word in narration.words] == ["Bees", "dance", "in", "the", "dark.", "Others", "see", "it."]
    assert all(0 < word.start < word.end <= narration.duration for word in narration.words)
    sound, _ = booth.sound()
    assert np.abs(sound).max() > 0.1


@pytest.mark.skipif(not INSTALLED, reason="needs hiddenhill-narrator[piper] and onnx")
def test_a_file_that_is_no_model_is_refused(booth):
    model = booth.folder / "broken.onnx"
    booth.settings = NarratorSettings(piper_voice=str(model))
    model.write_bytes(b"no model at all")
    _described(model.with_name("broken.onnx.json"))
    with pytest.raises(UsageError, match="no voice that Piper can load"):
        booth.speak("Hello.", speech="piper")
