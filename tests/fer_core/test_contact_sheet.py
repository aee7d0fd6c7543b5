import numpy as np
import pytest
from fakes import HAPPY, NEUTRAL

from fer_core.contact_sheet import (
    MOMENTS,
    PEOPLE,
    TILE_PX,
    MomentKeeper,
    _clock,
    contact_sheet,
)
from fer_core.emotions import EMOTIONS, UNSURE
from fer_core.frame_analysis import FrameAnalysis
from fer_core.types import Faces

GREY = np.full((240, 320, 3), 128, np.uint8)
FACE, OTHER = (100.0, 80.0, 140.0, 130.0), (150.0, 80.0, 190.0, 130.0)


def analysis(seconds, shown, boxes=None, seen=None):
    """One frame. shown: (person, answer, its probability) of each face."""
    boxes = boxes or [FACE] * len(shown)
    probs = np.zeros((len(shown), 7), np.float32)
    for row, (_, answer, prob) in enumerate(shown):
        probs[row, answer.index if answer is not UNSURE else NEUTRAL] = prob
    return FrameAnalysis(
        Faces(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.zeros((len(shown), 0, 2), np.float32),
            np.full(len(shown), 0.99, np.float32),
        ),
        probs,
        (240, 320),
        seconds=seconds,
        people=tuple(person for person, _, _ in shown),
        seen=np.ones(len(shown), bool) if seen is None else np.array(seen, bool),
        answers=tuple(answer for _, answer, _ in shown),
    )


def kept(frames, picture=GREY):
    keeper = MomentKeeper()
    for number, frame in enumerate(frames):
        keeper.add(picture, number, frame)
    return keeper.moments()


HAPPY_, NEUTRAL_ = EMOTIONS[HAPPY], EMOTIONS[NEUTRAL]


def test_each_expression_is_kept_where_it_was_clearest():
    moments = kept(
        [
            analysis(0.0, [(1, HAPPY_, 0.6)]),
            analysis(1.0, [(1, HAPPY_, 0.9)]),
            analysis(2.0, [(1, HAPPY_, 0.7)]),
            analysis(3.0, [(1, NEUTRAL_, 0.8)]),
            analysis(4.0, [(1, UNSURE, 0.95)]),
        ]
    )
    assert [(m.frame, m.seconds, m.answer.name) for m in moments] == [
        (1, 1.0, "happy"),
        (3, 3.0, "neutral"),
    ]
    assert moments[0].prob == pytest.approx(0.9)


def test_a_face_that_is_not_seen_is_no_moment():
    assert kept([analysis(0.0, [(1, HAPPY_, 0.9)], seen=[False])]) == ()


def test_moments_lie_apart_and_are_few():
    near = [analysis(0.1 * n, [(1, EMOTIONS[n], 0.5 + 0.05 * n)]) for n in range(7)]
    assert [m.answer.index for m in kept(near)] == [1, 6]  # 0.5 s apart, the likeliest first
    far = [analysis(float(n), [(1, EMOTIONS[n], 0.5 + 0.05 * n)]) for n in range(7)]
    assert [m.answer.index for m in kept(far)] == [3, 4, 5, 6] and MOMENTS == 4


def test_who_stays_long_is_kept_though_many_pass_by():
    frames = [analysis(n / 25, [(n // 20, HAPPY_, 0.6)]) for n in range(1000)]  # 50 people
    for n in range(400):
        frames.append(analysis(40 + n / 25, [(99, HAPPY_, 0.6), (100 + n // 2, HAPPY_, 0.6)]))
    assert 99 in {moment.person for moment in kept(frames)}


def test_those_on_screen_longest_stay_and_memory_is_bounded():
    keeper = MomentKeeper()
    for number in range(300):  # persons 1 to 5 all the time, and somebody new in each frame
        shown = [(person, HAPPY_, 0.9) for person in (1, 2, 3, 4, 5, 100 + number)]
        keeper.add(GREY, number, analysis(float(number), shown))
        assert len(keeper._best) <= 2 * PEOPLE
    people = {moment.person for moment in keeper.moments()}
    assert {1, 2, 3, 4, 5} <= people and len(people) <= PEOPLE


@pytest.mark.parametrize(
    "box", [FACE, (0.0, 0.0, 40.0, 50.0), (300.0, 200.0, 340.0, 260.0), (0.0, -20.0, 320.0, 380.0)]
)
def test_crops_are_small_squares_that_hold_the_face(box):
    picture = GREY.copy()
    x0, y0, x1, y1 = (int(v) for v in box)
    picture[max(y0, 0) : y1, max(x0, 0) : x1] = (250, 10, 10)
    (moment,) = kept([analysis(0.0, [(1, HAPPY_, 0.9)], [box])], picture)
    assert moment.crop.shape == (TILE_PX, TILE_PX, 3) and moment.crop.base is None
    a0, b0, a1, b1 = (int(v) for v in np.clip(moment.analysis.faces.xyxy[0], 0, TILE_PX))
    inside = moment.crop[b0 + 3 : b1 - 3, a0 + 3 : a1 - 3]
    assert np.abs(inside.astype(int) - (250, 10, 10)).max() < 12 and inside.size


def test_the_sheet_has_a_row_a_person_and_covers_every_face_on_request():
    picture = GREY.copy()
    for x0, y0, x1, y1 in (FACE, OTHER):
        picture[int(y0) : int(y1), int(x0) : int(x1)] = (0, 255, 0)  # as no emoji is
    shown = [(1, HAPPY_, 0.9), (2, NEUTRAL_, 0.8)]
    later = [(1, NEUTRAL_, 0.9), (2, NEUTRAL_, 0.7)]
    moments = kept(
        [analysis(0.0, shown, [FACE, OTHER]), analysis(65.2, later, [FACE, OTHER])], picture
    )
    assert [(m.person, m.answer.name) for m in moments] == [
        (1, "happy"),
        (1, "neutral"),
        (2, "neutral"),
    ]
    open_sheet, covered = contact_sheet(moments), contact_sheet(moments, cover=True)
    assert open_sheet.shape == covered.shape and open_sheet.dtype == np.uint8
    assert open_sheet.shape[0] > 2 * TILE_PX and open_sheet.shape[1] > 2 * TILE_PX
    green = [((sheet == (0, 255, 0)).all(2)).sum() for sheet in (open_sheet, covered)]
    # The neighbour who reaches into a tile is covered as well.
    assert green[0] > 3000 and green[1] == 0


def test_a_sheet_of_nothing_says_so():
    sheet = contact_sheet(())
    assert sheet.dtype == np.uint8 and sheet.ndim == 3 and sheet.min() < 100


@pytest.mark.parametrize(
    "seconds, shown",
    [(0.0, "0:00.0"), (7.25, "0:07.2"), (59.9667, "1:00.0"), (61.04, "1:01.0"), (3600, "60:00.0")],
)
def test_times_are_minutes_and_seconds(seconds, shown):
    assert _clock(seconds) == shown
