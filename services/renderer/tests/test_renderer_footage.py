"""A film under a scene: in its true colours, as long as the scene, and text stands out from whatever it shows."""

import hashlib
import tracemalloc

import av
import numpy as np
import pytest
from artifacts.captions import BurnedCaption, BurnedWord, Captions
from artifacts.footage import Clip, SceneFootage
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from chassis.local import run_stage
from PIL import Image
from renderer import labels
from renderer.compositor import Painter
from renderer.film import Broken, Reader, facts
from renderer.footage import Film, Reel
from renderer.stage import service
from renderer.theme import THEMES
from renderer.veil import density, survey

SIZE = (320, 180)
SAID = "Fog drifts over the ward."


def plain(*colour, frames=24, size=SIZE):
    return [np.full((*size, 3), colour, np.uint8)] * frames


def counting(frames, size=SIZE):
    """Each frame a little brighter, so that a picture tells its time."""
    return [np.full((*size, 3), 20 + 200 * number // frames, np.uint8) for number in range(frames)]


def brief(**more):
    fields = {
        "scene": 1,
        "role": "results",
        "headline": "Disease killed far more than wounds",
        "kicker": "What they found",
        "sentences": [{"text": SAID, "evidence": []}],
        "visual": {"kind": "title", "line": "What one nurse saw"},
        "span": {"start": 0.2, "end": 0.4},
        "source_line": "Hidden Hill contributors 2026 · Disease, not the enemy",
    }
    return Brief.model_validate(fields | more)


def narration(duration):
    words = [Word(text=text, start=i * 0.2, end=i * 0.2 + 0.2, sentence=0) for i, text in enumerate(SAID.split())]
    return Narration(scene=1, duration=duration, sample_rate=22050, voice="v", language="en", words=words)


def captions(duration):
    words = [BurnedWord(text=text, start=0, end=duration) for text in SAID.split()[:2]]
    return Captions(scene=1, duration=duration, cues=[], burned=[BurnedCaption(start=0, end=duration, lines=[words])])


def painter(film, duration=2.0, figure="", **more):
    film = Film(film, figure) if film else None
    picture = Image.new("RGB", (90, 60), (255, 255, 255))
    return Painter(brief(**more), narration(duration), captions(duration), lambda digest: picture, film)


def frame(drawn, at):
    canvas = None
    for number in range(round(at * 30) + 1):
        canvas = drawn.paint(number)
    return canvas


def seen(canvas):
    return av.VideoFrame.from_ndarray(canvas.buffer, format="yuv420p").to_ndarray(format="rgb24")


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (200, 200), (98, 66), (1280, 720)])
def test_a_film_of_any_size_fills_the_canvas(film_of, size):
    path = film_of([np.random.default_rng(1).integers(0, 255, (*size, 3), np.uint8)] * 24)
    reader = Reader(path, 1080, 1920)
    assert reader.at(0).shape == (2880, 1080)
    assert facts(path).width == size[1]


def test_what_is_cropped_is_cropped_on_both_sides_alike(film_of):
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[:, 155:165] = 255
    shown = Reader(film_of([picture] * 3), 1080, 1920).at(0)[:1920]
    bright = np.flatnonzero(shown[900] > 120)
    assert abs(bright.mean() - 539.5) < 4


@pytest.mark.parametrize(("matrix", "full"), [(1, False), (5, False), (6, False), (1, True), (5, True)])
def test_colours_come_out_as_they_went_in_whatever_the_film_says_of_them(film_of, matrix, full):
    colour = (180, 60, 40)
    path = film_of(plain(*colour, frames=3), matrix=matrix, full=full)
    y, u, v = (float(plane.mean()) for plane in _planes(Reader(path, 1080, 1920).at(0)))
    red = 1.164 * (y - 16) + 1.793 * (v - 128)
    green = 1.164 * (y - 16) - 0.213 * (u - 128) - 0.533 * (v - 128)
    blue = 1.164 * (y - 16) + 2.112 * (u - 128)
    assert np.abs(np.array([red, green, blue]) - colour).max() <= 4


def _planes(whole):
    return whole[:1920], whole[1920:2400], whole[2400:]


def test_a_long_film_is_cut_and_a_short_one_slowed_down(film_of):
    path = film_of(counting(48))
    bright = {scene: [float(Reel(path, 2.0, scene).at(at)[500, 500]) for at in (0.5, 1.0)] for scene in (1.5, 2.5)}
    assert bright[1.5][1] > bright[2.5][1]
    slow = Reel(path, 2.0, 2.5)
    full = Reel(path, 2.0, 2.0)
    assert slow.at(1.25)[500, 500] == pytest.approx(full.at(1.0)[500, 500], abs=1)


def test_a_film_that_is_far_too_short_dissolves_into_itself_without_a_jump(film_of):
    reel = Reel(film_of(counting(24)), 1.0, 6.0)
    course = np.array([float(reel.at(number / 30)[500, 500]) for number in range(180)])
    assert np.abs(np.diff(course)).max() < 20
    assert course[100:].std() > 20


def test_between_two_frames_lies_a_mixture_of_both(film_of):
    reader = Reader(film_of(plain(40, 40, 40, frames=1) + plain(200, 200, 200, frames=2), rate=2), 1080, 1920)
    first, middle = float(reader.at(0)[9, 9]), float(reader.at(0.25)[9, 9])
    assert middle == pytest.approx((first + float(reader.at(0.5)[9, 9])) / 2, abs=2)


def test_a_film_is_never_in_memory_as_a_whole(film_of):
    path = film_of([np.random.default_rng(n).integers(0, 255, (640, 360, 3), np.uint8) for n in range(90)])
    drawn = painter(path, 3.5)
    frame(drawn, 0.5)
    tracemalloc.start()
    frame(drawn, 3.0)
    assert tracemalloc.get_traced_memory()[1] < 60e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    "data", [b"", b"no film", b"\0\0\0\x18ftypisom" + b"\0" * 64, b"#EXTM3U\nfile:///etc/passwd\n"]
)
def test_what_is_no_film_is_refused(tmp_path, data):
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    for look in (facts, survey, lambda path: Reader(path, 1080, 1920)):
        with pytest.raises(Broken):
            look(path)


def test_half_a_film_is_refused_when_it_comes_and_leaves_the_sky_when_it_is_there(film_of):
    path = film_of([np.random.default_rng(n).integers(0, 255, (320, 180, 3), np.uint8) for n in range(48)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Broken):
        facts(path)
    assert np.array_equal(frame(painter(path), 1).buffer, frame(painter(None), 1).buffer)


def test_the_sky_goes_over_into_the_film_and_back(film_of):
    path, away = film_of(plain(30, 160, 60, frames=48)), (slice(1700, 1900), slice(300, 700))
    with_film, without = painter(path), painter(None)
    differences = []
    for number in range(60):
        one, other = with_film.paint(number).planes[0][away], without.paint(number).planes[0][away]
        differences.append(float(np.abs(one.astype(float) - other).mean()))
    assert differences[0] < 2
    assert differences[59] < differences[30] / 3
    assert min(differences[15:50]) > 20


def test_the_same_film_gives_the_same_segment(tmp_path, film_of):
    film = film_of(counting(30))
    made = [_segment(tmp_path / name, film) for name in ("one", "two")]
    assert made[0] == made[1]


def test_a_segment_with_a_film_has_all_its_frames_and_the_headers_of_every_other(tmp_path, film_of):
    film = film_of(counting(12))
    _segment(tmp_path / "with", film)
    _segment(tmp_path / "without", None)
    headers = []
    for name in ("with", "without"):
        with av.open(str(tmp_path / name / "scene.1.segment.mp4")) as video:
            headers.append(video.streams.video[0].codec_context.extradata)
            assert sum(1 for _ in video.decode(video=0)) == 45
    assert headers[0] == headers[1]


def _segment(folder, film):
    folder.mkdir()
    clip = None
    if film:
        (folder / "scene.1.clip.mp4").write_bytes(film.read_bytes())
        digest = hashlib.sha256(film.read_bytes()).hexdigest()
        clip = Clip(digest=digest, width=180, height=320, seconds=1, engine="Runway gen4.5", prompt="x")
    for name, artifact in {
        "brief": brief(),
        "narration": narration(1.5),
        "captions": captions(1.5),
        "footage": SceneFootage(scene=1, wanted=bool(film), clip=clip),
    }.items():
        (folder / f"scene.1.{name}.json").write_text(artifact.model_dump_json())
    render = next(stage for stage in service().stages if stage.name == "render")
    (made,) = run_stage(render, folder)
    return made.digest


def test_the_figure_gives_way_to_the_film_that_was_made_of_it_and_to_no_other(film_of):
    image = {"artifact": "figure.2", "digest": "0" * 64, "media_type": "image/png", "width": 90, "height": 60}
    visual = {"kind": "figure", "image": image, "label": "Figure 2", "licence": "CC-BY-4.0"}
    path = film_of(plain(10, 10, 10))
    whites = [(frame(painter(path, figure=f, visual=visual), 1.2).planes[0] > 230).sum() for f in ("Figure 2", "")]
    assert whites[1] > 200_000
    assert whites[0] < 60_000


def test_the_label_says_what_a_film_is_in_the_languages_that_are_drawn():
    assert labels.of_film("en", "") == "Generated picture"
    assert labels.of_film("en-GB", "Figure 2") == "Animated from Figure 2"
    assert labels.of_film("de", "Abbildung 2") == "Bewegt nach Abbildung 2"
    assert labels.of_film("xx", "") == "Generated picture"
    assert labels.GENERATED.keys() == labels.ANIMATED.keys()
    assert all("{}" in text for text in labels.ANIMATED.values())
    assert labels.of_film("en", "{0.__class__} {}") == "Animated from {0.__class__} {}"


def test_the_label_is_there_as_long_as_the_film_and_not_without_it(film_of):
    path, place = film_of(plain(0, 0, 0)), (slice(214, 250), slice(700, 880))
    shown = frame(painter(path, source_line=""), 1).planes[0][place]
    assert (shown > 150).sum() > 300
    assert (frame(painter(None, source_line=""), 1).planes[0][place] > 150).sum() == 0


def test_the_veil_is_dense_where_a_bright_film_has_text_and_nowhere_else():
    bright, dark = np.ones(1920), np.full(1920, 0.05)
    boxes = [(84, 300, 880, 500), (84, 1236, 880, 1440)]
    over_bright, over_dark = (density(THEMES["dusk"], film, boxes) for film in (bright, dark))
    assert over_bright[240:560].min() > 0.65
    assert over_bright[1919] < 0.25
    assert over_dark.max() < 0.4
    assert np.abs(np.diff(over_bright)).max() < 0.02
