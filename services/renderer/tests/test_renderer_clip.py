"""Films are asked for, waited for, fetched and paid once; whatever goes wrong, the scene has its footage artifact."""

import time

import av
import numpy as np
import pytest
from artifacts.script import Footage
from chassis.errors import Defect
from PIL import Image
from renderer.pictures import data_uri, framed

PRICE = 0.24
"""Of two seconds of gen4.5."""


def creations(vendor):
    return vendor.requests("text_to_video") + vendor.requests("image_to_video")


def test_a_film_is_made_paid_once_and_named_by_its_digest(studio, runway_standin):
    made = studio.film()
    assert (made.wanted, made.code, made.reason) == (True, "", "")
    assert (made.clip.width, made.clip.height, made.clip.seconds) == (720, 1280, 2)
    assert (made.clip.engine, made.clip.from_figure) == ("Runway gen4.5", "")
    with av.open(str(studio.clip)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 48
    assert studio.job().blob(made.clip.digest) == studio.clip
    (asked,) = creations(runway_standin)
    assert asked["body"] == {"model": "gen4.5", "promptText": made.clip.prompt, "ratio": "720:1280", "duration": 2}
    assert studio.calls == [("PAID", PRICE, 0)]
    assert runway_standin.costs()["usd"] == pytest.approx(PRICE)


def test_the_same_film_is_not_paid_for_again(studio, runway_standin):
    first, second = studio.film(), studio.film()
    assert first == second
    assert len(creations(runway_standin)) == 1


def test_a_scene_without_a_wish_is_done_at_once(studio, runway_standin):
    begun = time.perf_counter()
    made = studio.film(None)
    assert time.perf_counter() - begun < 0.25
    assert (made.wanted, made.clip, made.reason) == (False, None, "")
    assert not studio.clip.exists()
    assert runway_standin.requests() == []


def test_a_film_begins_with_the_figure_on_a_soft_ground(studio, runway_standin):
    path = studio.folder / "figure.2.png"
    Image.new("RGB", (900, 300), (250, 240, 220)).save(path)
    studio.set(image_model="gen4_turbo", image_price=0.05)
    made = studio.film(studio.figure(path))
    (asked,) = runway_standin.requests("image_to_video")
    assert asked["body"]["promptImage"].startswith("data:image/jpeg;base64,")
    assert (made.clip.engine, made.clip.from_figure) == ("Runway gen4_turbo", "Figure 2")
    assert studio.calls == [("PAID", 0.10, 0)]


def test_a_figure_that_cannot_be_opened_is_left_out(studio, runway_standin):
    path = studio.folder / "figure.2.png"
    path.write_bytes(b"no picture")
    made = studio.film(studio.figure(path))
    assert (made.clip.engine, made.clip.from_figure) == ("Runway gen4.5", "")
    assert len(runway_standin.requests("text_to_video")) == 1


@pytest.mark.parametrize("size", [(3000, 200), (300, 4000), (720, 1280), (650, 1280), (1, 1)])
def test_figures_of_every_form_fill_the_frame(size):
    noise = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    shown = framed(Image.fromarray(noise))
    assert shown.size == (720, 1280)
    assert len(data_uri(shown)) < 5_000_000


def test_a_letterboxed_figure_stays_as_it_is_on_its_own_colour():
    figure = Image.new("RGB", (720, 400), (255, 255, 255))
    figure.paste((200, 0, 0), (100, 100, 600, 300))
    shown = framed(figure)
    assert shown.getpixel((360, 640)) == (200, 0, 0)
    assert shown.getpixel((5, 5)) == (255, 255, 255)


def test_a_prompt_is_cut_to_what_the_vendor_takes(studio, runway_standin):
    studio.film(Footage(prompt="🌊" * 600 + " sea", seconds=3))
    (asked,) = creations(runway_standin)
    assert asked["status"] == 200
    assert asked["body"]["promptText"] == "🌊" * 500


def test_without_a_key_nothing_is_asked(studio, runway_standin):
    studio.set(api_key="")
    made = studio.film()
    assert (made.wanted, made.clip, made.code) == (True, None, "provider.runway.key")
    assert runway_standin.requests() == []


def test_a_defect_of_our_own_is_no_reason_to_go_without(studio):
    studio.job = lambda: (_ for _ in ()).throw(Defect("internal.x", "Broken."))
    with pytest.raises(Defect):
        studio.film()


def test_progress_rises_and_tells_what_is_going_on(studio, runway_standin):
    told = []
    studio.report = lambda fraction, note: told.append((fraction, note))
    runway_standin.put("settings", {"pending": 0.2, "running": 0.5})
    studio.film()
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    notes = dict.fromkeys(note.partition(",")[0] for _, note in told)
    assert list(notes)[-4:] == ["queued at Runway", "filming", "fetching the film", ""]
