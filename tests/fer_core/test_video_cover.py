"""Hidden faces: none is seen in any frame, also where it is found late."""

from dataclasses import replace

import numpy as np
import pytest
from clip_fakes import BRIGHT, FACE_PX, RedDetector, left_px, moving, red_pipeline
from clip_files import make_clip, pictures

from fer_core import Faces, clip_analysis
from fer_core.boxes import join_faces


def test_a_hidden_face_is_hidden_in_every_frame(annotate):
    data = make_clip(frames=20, draw=moving)
    for style, cover, every in (("emoji", False, 1), ("badge", True, 1), ("word", True, 6)):
        result, _ = annotate(red_pipeline(), data, style=style, cover=cover, every_nth=every)
        for number, picture in enumerate(pictures(result.video.read())):
            left = left_px(number)
            middle = picture[45:65, left + 8 : left + FACE_PX - 8].astype(int)
            assert (np.abs(middle - BRIGHT).sum(2) < 60).mean() < 0.05


class LateDetector(RedDetector):
    """Looks again at known boxes too, so that the whole frame is searched only now and then."""

    def refine(self, picture, xyxy):
        faces = join_faces([self(picture)] * len(xyxy))
        lost = not len(faces)
        return Faces(
            xyxy if lost else faces.xyxy,
            np.zeros((len(xyxy), 0, 2), np.float32),
            np.full(len(xyxy), 0.0 if lost else 1.0, np.float32),
        )


class NearDetector(LateDetector):
    """Finds a known face again only near where it was, as detectors do."""

    def refine(self, picture, xyxy):
        near = np.full_like(picture, 120)
        x0, y0, x1, y1 = xyxy[0].astype(int)
        part = np.s_[max(y0 - 12, 0) : y1 + 12, max(x0 - 12, 0) : x1 + 12]
        near[part] = picture[part]
        near[0, 0] = picture[0, 0]  # where a detector is told to miss
        return super().refine(near, xyxy)


def blinking(detector, missed, draw):
    """A detector of this kind that misses all faces in some frames, and how these are drawn."""

    class Blinking(detector):
        def __call__(self, picture):
            return Faces.empty() if picture[0, 0].min() > 200 else super().__call__(picture)

    def marked(number, size_wh):
        pixels = draw(number, size_wh)
        if number in missed:
            pixels[:8, :8] = 255
        return pixels

    return Blinking(), marked


def bare_frames(result, left_px):
    """The frames that show the face which begins there."""
    found = []
    for number, picture in enumerate(pictures(result.video.read())):
        left = left_px(number)
        middle = picture[45:65, left + 8 : left + FACE_PX - 8].astype(int)
        if (np.abs(middle - BRIGHT).sum(2) < 60).mean() >= 0.05:
            found.append(number)
    return found


KINDS = {"walks": (NearDetector, 4), "refines": (LateDetector, 0), "searches": (RedDetector, 0)}
MISSES = {
    "one": (10, [10], []),
    "the last": (10, [29], []),
    "two in a row": (10, [10, 20], [20]),
    "for half a second": (1, range(11, 26), []),
}


@pytest.mark.parametrize(
    "detector, step_px, every, missed, bare",
    [
        pytest.param(*KINDS[kind], *MISSES[which], id=f"{kind}, {which}")
        for kind in KINDS
        for which in MISSES
        # Whoever walks on unseen for so long leaves the place that is held.
        if (kind, which) != ("walks", "for half a second")
    ],
)
@pytest.mark.parametrize("room", [32, 11])
def test_a_face_that_an_analyzed_frame_misses_stays_hidden(
    annotate, monkeypatch, detector, step_px, every, missed, bare, room
):
    def left_px(number):
        return 8 + step_px * number

    def drawn(number, size_wh):
        pixels = np.full((*size_wh[::-1], 3), 120, np.uint8)
        pixels[40 : 40 + FACE_PX, left_px(number) : left_px(number) + FACE_PX] = BRIGHT
        return pixels

    detector, draw = blinking(detector, missed, drawn)
    monkeypatch.setattr(clip_analysis, "CHUNK_FRAMES", room)
    # Six frames a second where some are analyzed only: they are further apart than a face is held.
    ticks = [number * (100 if every > 1 else 25) for number in range(30)]
    data = make_clip(frames=30, draw=draw, ticks=ticks)
    pipeline = replace(red_pipeline(), detector=detector)
    result, _ = annotate(pipeline, data, cover=True, every_nth=every)
    assert bare_frames(result, left_px) == bare


@pytest.mark.parametrize("every", [1, 10])
@pytest.mark.parametrize("somebody", [True, False])
def test_a_face_missed_where_a_cut_leads_back_to_it_stays_hidden(annotate, every, somebody):
    def between(number):
        return 10 <= number < 15

    def left_px(number):
        return 100 if between(number) else 20

    def drawn(number, size_wh):
        pixels = np.full((*size_wh[::-1], 3), 170 if between(number) else 60, np.uint8)
        if somebody or not between(number):
            pixels[40 : 40 + FACE_PX, left_px(number) : left_px(number) + FACE_PX] = BRIGHT
        return pixels

    detector, draw = blinking(LateDetector, [15], drawn)
    pipeline = replace(red_pipeline(), detector=detector)
    result, _ = annotate(pipeline, make_clip(frames=30, draw=draw), cover=True, every_nth=every)
    assert bare_frames(result, left_px) == []


@pytest.mark.parametrize("every", [1, 10])
def test_who_walks_through_between_two_analyzed_frames_is_hidden(annotate, every):
    came, left, step_px = 12, 24, 9

    def x_px(number):
        return 8 + step_px * (number - came)

    def walking(number, size_wh):
        pixels = np.full((*size_wh[::-1], 3), 120, np.uint8)
        if came <= number < left:
            pixels[40 : 40 + FACE_PX, x_px(number) : x_px(number) + FACE_PX] = BRIGHT
        return pixels

    data = make_clip(frames=30, draw=walking)
    near = replace(red_pipeline(), detector=NearDetector())
    result, _ = annotate(near, data, cover=True, every_nth=every)
    for number, picture in enumerate(pictures(result.video.read())):
        if came <= number < left:
            middle = picture[45:65, x_px(number) + 4 : x_px(number) + FACE_PX - 4].astype(int)
            assert (np.abs(middle - BRIGHT).sum(2) < 60).mean() < 0.05, number


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize(
    "came, left, room",
    [(13, 30, 32), (27, 30, 32), (22, 25, 32), (14, 30, 3)],
    ids=["in the middle", "before the end", "before a cut", "before all that is held is written"],
)
def test_a_face_that_is_found_late_is_hidden_from_its_first_frame(
    annotate, monkeypatch, every, came, left, room
):
    def coming(number, size_wh):
        if came <= number < left:
            return moving(number, size_wh)
        return np.full((*size_wh[::-1], 3), 120 if number < came else 10)

    monkeypatch.setattr(clip_analysis, "CHUNK_FRAMES", room)
    data = make_clip(frames=30, draw=lambda n, wh: coming(n, wh).astype(np.uint8))
    late = replace(red_pipeline(), detector=LateDetector())
    result, _ = annotate(late, data, cover=True, every_nth=every)
    bare = []
    for number, picture in enumerate(pictures(result.video.read())):
        x = left_px(number)
        middle = picture[45:65, x + 8 : x + FACE_PX - 8].astype(int)
        bare.append((np.abs(middle - BRIGHT).sum(2) < 60).mean())
    assert len(bare) == 30 and max(bare) < 0.05
    # Where it only was carried back to, it is no row of the timeline.
    assert came < min(result.timeline.frame) < left
