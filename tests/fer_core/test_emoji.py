import numpy as np
import pytest

from fer_core import EMOTIONS, Analysis, Faces, FerError, artwork, render
from fer_core.artwork import blend, emoji_tile, label_tile, readable_on
from fer_core.emoji import STYLES, head_roll_degrees
from fer_core.emotions import UNSURE
from fer_core.frame_analysis import FrameAnalysis

GROUND = 128
NOISE = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)


def analysis_of(boxes, size_hw=(200, 300), rolls=None, label=3):
    """Faces with eyes at 40 % of the box height, turned by `rolls` degrees clockwise."""
    n = len(boxes)
    landmarks = np.zeros((n, 5, 2), np.float32)
    for face, (x0, y0, x1, y1) in enumerate(boxes):
        angle = np.deg2rad(rolls[face] if rolls else 0)
        half = (x1 - x0) / 4 * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([(x0 + x1) / 2, y0 + 0.4 * (y1 - y0)])
        landmarks[face, 0], landmarks[face, 1] = middle - half, middle + half
    faces = Faces(np.array(boxes, np.float32), landmarks, np.ones(n, np.float32))
    return Analysis(faces, np.eye(7, dtype=np.float32)[[label] * n], size_hw)


def answering(analysis, emotion):
    """The same faces, over all of which an emotion is shown, however likely it is."""
    n = len(analysis)
    return FrameAnalysis(
        analysis.faces,
        analysis.probs,
        analysis.size_hw,
        seconds=0.0,
        people=tuple(range(1, n + 1)),
        seen=np.ones(n, np.bool_),
        answers=(emotion,) * n,
    )


def ground(size_hw=(200, 300)):
    return np.full((*size_hw, 3), GROUND, np.uint8)


def changed(picture):
    return (picture != GROUND).any(2)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "box",
    [
        (100, 50, 160, 130),
        (-20, -20, 40, 60),
        (270, 150, 330, 230),
        (0, 0, 300, 200),
        (150, 100, 153, 104),
        (-400, -300, 700, 500),
    ],
    ids=["inside", "top left corner", "bottom right corner", "whole", "tiny", "larger than it"],
)
def test_every_style_draws_at_every_place(style, box):
    picture = ground()
    out = render(picture, analysis_of([box]), style)
    assert out.shape == picture.shape and out.dtype == np.uint8
    assert changed(out).any()
    assert (picture == GROUND).all()


@pytest.mark.parametrize("roll", [0, 30, -45, 180])
def test_the_emoji_covers_the_whole_face(roll):
    x0, y0, x1, y1 = box = (110, 60, 170, 140)
    out = changed(render(ground(), analysis_of([box], rolls=[roll]), "emoji"))
    rows, columns = np.mgrid[:200, :300]
    # The head around the detector's box: forehead to chin, and a sixth wider, for the ears.
    across, down = (x1 - x0) * 7 / 12, (y1 - y0) / 2
    head = ((columns - 140) / across) ** 2 + ((rows - 100) / down) ** 2 <= 1
    assert out[head].all()


def test_the_emoji_turns_with_the_head():
    upright = render(ground(), analysis_of([(100, 50, 180, 150)]), "emoji")
    turned = render(ground(), analysis_of([(100, 50, 180, 150)], rolls=[90]), "emoji")
    centre = (slice(30, 170), slice(70, 210))
    # A quarter turn clockwise puts the emoji's top to the right.
    difference = np.rot90(upright[centre], -1).astype(int) - turned[centre]
    assert np.abs(difference).mean() < 4
    assert np.abs(upright[centre].astype(int) - turned[centre]).mean() > 8


def test_roll_is_measured_clockwise_from_the_eyes():
    eyes = np.array([[0, 0], [10, 10], [0, 0], [0, 0], [0, 0]], np.float32)
    assert head_roll_degrees(eyes) == pytest.approx(45)
    assert head_roll_degrees(np.zeros((0, 2), np.float32)) == 0


@pytest.mark.parametrize("side", [12, 40, 333, 2500])  # 1868 px are stored
def test_edges_are_clean_at_any_size(side):
    middle = side // 2 + 8
    tile = emoji_tile("neutral", side, 17, (middle, middle), (2 * middle, 2 * middle))
    alpha = tile[:, :, 3]
    # Premultiplied: no colour can shine where the emoji is not.
    assert (tile[:, :, :3].max(2) <= alpha.astype(int) + 2).all()
    covered = np.flatnonzero(alpha[middle] > 127)
    assert covered[-1] - covered[0] + 1 == pytest.approx(side, abs=max(2, side * 0.02))
    # From clear to solid within one pixel, or what enlarging the stored picture makes of one.
    soft = (alpha > 12) & (alpha < 243)
    assert soft.any() and soft[middle].sum() <= 2 * max(2, 1 + side / 1000)


@pytest.mark.parametrize("style", STYLES)
def test_each_answer_is_drawn_in_its_own_way(style):
    """What is shown decides, be it the likeliest expression, another one, or UNSURE."""
    plain = analysis_of([(100, 50, 160, 130)])
    drawn = [render(ground(), answering(plain, e), style) for e in (*EMOTIONS, UNSURE)]
    assert len({picture.tobytes() for picture in drawn}) == 8
    assert np.array_equal(drawn[3], render(ground(), plain, style))
    # No less of UNSURE than of the others.
    areas = [changed(picture).sum() for picture in drawn]
    assert areas[7] > 0.8 * min(areas)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "boxes",
    [
        [(100, 50, 160, 130)],
        [(100.4, 50.6, 160.3, 130.7)],
        [(100, 50, 180, 130)],
        [(100, 50, 200, 130)],
        [(100, 50, 130, 130)],
        [(-20, -20, 40, 60)],
        [(270, 150, 330, 230)],
        [(0, 60, 60, 140)],
        [(150, 100, 153, 104)],
        [(150.5, 100.5, 151.5, 101.5)],
        [(-400, -300, 700, 500)],
        [(60, 40, 140, 140), (120, 70, 160, 120)],
    ],
    ids=[
        "inside",
        "between the pixels",
        "square, as Haar's",
        "wide",
        "narrow",
        "top left corner",
        "bottom right corner",
        "left edge",
        "tiny",
        "a pixel",
        "larger than the picture",
        "two that overlap",
    ],
)
def test_cover_leaves_nothing_of_a_face(style, boxes):
    """Whatever lies under the box, the picture comes out the same there."""
    first, second = (
        render(picture, analysis_of(boxes), style, cover=True) for picture in (NOISE, 255 - NOISE)
    )
    for x0, y0, x1, y1 in np.array(boxes):
        rows = slice(max(int(np.floor(y0)), 0), max(int(np.ceil(y1)), 0))
        columns = slice(max(int(np.floor(x0)), 0), max(int(np.ceil(x1)), 0))
        assert first[rows, columns].size
        assert np.array_equal(first[rows, columns], second[rows, columns])


@pytest.mark.parametrize("style", STYLES)
def test_cover_hides_no_mark(style):
    """Neither a face's own, nor that of the face beside it."""
    analysis = analysis_of([(40, 60, 110, 150), (150, 60, 220, 150)])
    first, second = (render(picture, analysis, style) for picture in (NOISE, 255 - NOISE))
    marks = (first == second).all(2)
    covered = render(NOISE, analysis, style, cover=True)
    assert marks.sum() > 100
    assert np.abs(covered[marks].astype(int) - first[marks]).max() <= 1


def test_each_expression_has_its_own_picture():
    tiles = [emoji_tile(e.name, 64, 0, (32, 32), (64, 64)) for e in (*EMOTIONS, UNSURE)]
    assert len({tile.tobytes() for tile in tiles}) == 8


def test_the_badge_leaves_the_face_free():
    x0, y0, x1, y1 = box = (110, 60, 170, 140)
    out = changed(render(ground(), analysis_of([box]), "badge"))
    assert out.any() and not out[y0:y1, x0:x1].any()


def test_the_badge_goes_left_where_the_picture_ends():
    out = changed(render(ground(), analysis_of([(230, 60, 295, 140)]), "badge"))
    assert np.flatnonzero(out.any(0))[-1] < 230


@pytest.mark.parametrize("style", ["word", "box"])
def test_labels_stay_inside_a_narrow_picture(style):
    picture = ground((30, 40))
    out = render(picture, analysis_of([(0, 0, 40, 30)], (30, 40)), style)
    assert changed(out).any()


def test_a_label_above_a_face_goes_below_it_where_the_picture_ends():
    box = (100, 0, 160, 80)
    out = changed(render(ground(), analysis_of([box]), "box"))
    assert not out[5:75, 110:150].any() and out[84:96, 110:150].all()


def test_an_unsure_box_has_no_probability():
    analysis = analysis_of([(100, 50, 160, 130)])
    unsure = Analysis(analysis.faces, np.full((1, 7), 1 / 7, np.float32), analysis.size_hw)
    label = label_tile("unsure", 12, UNSURE.colour)
    width = changed(render(ground(), unsure, "box"))[40].sum()
    assert abs(width - label.shape[1]) < 3


def test_overlapping_faces_both_show():
    both = analysis_of([(60, 40, 140, 140), (120, 70, 160, 120)])
    out = render(ground(), both, "emoji")
    alone = render(ground(), analysis_of([(120, 70, 160, 120)]), "emoji")
    shown = changed(alone)
    assert np.array_equal(out[shown & (alone.max(2) < 90)], alone[shown & (alone.max(2) < 90)])


@pytest.mark.parametrize("emotion", (*EMOTIONS, UNSURE), ids=lambda e: e.name)
def test_label_text_is_readable_on_its_colour(emotion):
    def luminance(value):
        value = np.asarray(value) / 255
        linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
        return float(linear @ np.array([0.2126, 0.7152, 0.0722]))

    colour = [int(emotion.colour[i : i + 2], 16) for i in (1, 3, 5)]
    text = 0.0 if readable_on(emotion.colour) == "black" else 1.0
    bright, dark = sorted([luminance(colour), text], reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG AA


def test_longer_words_make_wider_labels_of_one_height():
    sad, surprise = label_tile("sad", 20, "#0072B2"), label_tile("surprise", 20, "#56B4E9")
    assert sad.shape[0] == surprise.shape[0] and sad.shape[1] < surprise.shape[1]


def test_wrong_calls_are_refused_in_words():
    with pytest.raises(FerError, match="no style 'sticker'"):
        render(ground(), analysis_of([(0, 0, 10, 10)]), "sticker")
    with pytest.raises(FerError, match="no style"):
        render(ground(), analysis_of([(0, 0, 10, 10)]), ["emoji"])
    with pytest.raises(FerError, match="Analyze this picture first"):
        render(ground((50, 50)), analysis_of([(0, 0, 10, 10)]))


def test_a_large_tile_is_laid_on_as_a_small_one_is(monkeypatch):
    rng = np.random.default_rng(0)
    below = rng.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    alpha = rng.integers(0, 256, (30, 60, 1)).astype(np.uint8)
    tile = np.concatenate([alpha // 2, alpha // 3, alpha, alpha], axis=2)
    at_once, in_bands = below.copy(), below.copy()
    blend(at_once, tile, -5, 20)
    monkeypatch.setattr("fer_core.artwork.BAND_PIXELS", 120)
    blend(in_bands, tile, -5, 20)
    assert np.array_equal(at_once, in_bands) and not np.array_equal(at_once, below)


@pytest.mark.parametrize("font_px, finer, smooth", [(12, 4, True), (200, 4, True), (900, 1, False)])
def test_the_edge_of_a_label_is_smooth_where_its_size_lets_one_see_it(
    monkeypatch, font_px, finer, smooth
):
    """A huge label, on a close portrait, is drawn at no more than its own size."""
    drawn, new = [], artwork.Image.new

    def remember(mode, size, *colour):
        drawn.append(size[0] * size[1])
        return new(mode, size, *colour)

    monkeypatch.setattr(artwork.Image, "new", remember)
    tile = label_tile("fear", font_px, "#0072B2")
    height, width = tile.shape[:2]
    assert max(drawn) == height * width * finer**2
    corner = tile[: height // 3, : height // 3, 3]
    assert corner[0, 0] == 0 and corner[-1, -1] == 255
    assert ((corner > 0) & (corner < 255)).any() == smooth
