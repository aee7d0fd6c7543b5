import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from fakes import fake_pipeline
from PIL import Image

from fer_core import Faces, FerError, FerPipeline, device
from fer_core.boxes import in_reading_order
from fer_core.detection import Refiner, create_detector
from fer_core.detection.scaling import working_picture
from fer_core.device import DeviceChoice
from fer_core.pixels import resize
from fer_core.types import WeightsError


def boxes(*xyxy):
    n = len(xyxy)
    return Faces(
        np.array(xyxy, np.float32), np.zeros((n, 0, 2), np.float32), np.ones(n, np.float32)
    )


def test_a_smiling_face_is_found_and_happy(pipeline, astronaut):
    analysis = pipeline.analyze(astronaut)
    assert analysis.labels == ["happy"]
    x0, y0, x1, y1 = analysis.faces.xyxy[0]
    assert 170 < x0 < x1 < 280 and 50 < y0 < y1 < 185  # where the face is, by eye
    assert analysis.probs.sum(1) == pytest.approx(1, abs=1e-5)


def test_many_pictures_give_what_each_gives_alone(pipeline, astronaut):
    blank = np.full((60, 90, 3), 127, np.uint8)
    several = pipeline.analyze_many([astronaut, blank, astronaut[:, ::-1].copy()])
    assert [len(analysis) for analysis in several] == [1, 0, 1]
    assert several[1].size_hw == (60, 90)
    alone = pipeline.analyze(astronaut[:, ::-1].copy())
    assert np.allclose(several[2].probs, alone.probs, atol=1e-4)
    assert pipeline.analyze_many([]) == []


@pytest.mark.parametrize(
    "single",
    [
        "photo.jpg",
        Path("photo.jpg"),
        b"bytes",
        bytearray(b"bytes"),
        io.BytesIO(b"bytes"),
        np.zeros((6, 8, 3), np.uint8),
        Image.new("L", (2, 2)),
        None,
    ],
    ids=lambda single: type(single).__name__,
)
def test_a_single_picture_is_no_list(pipeline, single):
    with pytest.raises(FerError, match="use analyze"):
        pipeline.analyze_many(single)


def test_crops_are_one_array(pipeline):
    with pytest.raises(FerError, match="one uint8 array"):
        pipeline.classifier([np.zeros((48, 48), np.uint8)])


@pytest.mark.parametrize("size_hw", [(1, 1), (19, 19), (1, 400), (400, 1), (20, 20)])
@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
def test_pictures_too_small_for_a_face(size_hw, detector):
    pipeline = FerPipeline.from_weights(detector=detector, device="cpu")
    assert len(pipeline.analyze(np.zeros((*size_hw, 3), np.uint8))) == 0


@pytest.mark.parametrize("detector", ["mtcnn", "haar"])
@pytest.mark.parametrize("scale", [0.5, 1.5])
def test_boxes_are_in_the_pixels_of_the_picture(detector, scale, astronaut):
    pipeline = FerPipeline.from_weights(detector=detector, device="cpu")
    whole = pipeline.analyze(astronaut, min_score=0.9).faces.xyxy
    resized = resize(astronaut, (round(512 * scale), round(512 * scale)))
    scaled = pipeline.analyze(resized, min_score=0.9).faces.xyxy
    assert len(whole) == len(scaled) == 1
    assert np.abs(scaled / scale - whole).max() < 12


def test_a_face_that_fills_a_small_picture_is_found(pipeline, astronaut):
    assert len(pipeline.analyze(resize(astronaut[40:200, 150:310], (20, 20)))) == 1


def test_boxes_in_a_reduced_and_padded_picture_come_back_to_the_original():
    pixels, back_xy = working_picture(np.zeros((7, 5121, 3), np.uint8))
    assert pixels.shape == (24, 5120, 3)
    original = boxes((0, 0, 5120, 7)).mapped(0, back_xy)
    assert original.xyxy[0] == pytest.approx([0, 0, 5121, 7])


@pytest.mark.parametrize(
    "size_hw, working_hw",
    [((3000, 4000), (960, 1280)), ((1080, 1920), (720, 1280)), ((600, 12000), (215, 4293))],
)
def test_a_large_picture_is_reduced_to_so_many_pixels(size_hw, working_hw):
    pixels, _ = working_picture(np.zeros((*size_hw, 3), np.uint8))
    assert pixels.shape[:2] == working_hw


def test_faces_of_a_panorama_are_found(pipeline, astronaut):
    strip = np.full((400, 4800, 3), 128, np.uint8)
    for left in range(100, 4800, 1200):
        strip[50:306, left : left + 256] = resize(astronaut[:256, 100:356], (256, 256))
    assert len(pipeline.analyze(strip)) == 4


def test_weights_may_lie_in_another_folder(tmp_path):
    with pytest.raises(WeightsError, match=f"no weights 'mine' in {tmp_path}"):
        FerPipeline.from_weights("mine", folder=tmp_path)


@pytest.mark.parametrize("least, faces", [(0.6, 2), (0.61, 1), (0.99, 1), (1.0, 0)])
def test_min_score_filters(least, faces):
    analysis = fake_pipeline().analyze(np.zeros((80, 80, 3), np.uint8), min_score=least)
    assert len(analysis) == len(analysis.labels) == faces
    assert (analysis.faces.scores >= np.float32(least)).all()


@pytest.mark.parametrize("least", [1.5, -0.1, float("nan"), "0.9", None])
def test_a_min_score_out_of_range_is_refused_in_words(least):
    with pytest.raises(FerError, match="0 to 1"):
        fake_pipeline().analyze(np.zeros((80, 80, 3), np.uint8), min_score=least)


def test_reading_order():
    faces = boxes(
        (200, 12, 240, 52),
        (10, 100, 50, 140),
        (100, 0, 140, 40),
        (60, 108, 100, 148),
        (5, 5, 45, 45),
    )
    order = in_reading_order(faces).xyxy[:, 0].tolist()
    assert order == [5, 100, 200, 10, 60]
    assert len(in_reading_order(Faces.empty())) == 0


def near(box, right, down, size):
    """A box moved by shares of its height, and resized about its centre: float32 (4,)."""
    height = box[3] - box[1]
    centre = (box[:2] + box[2:]) / 2 + np.array([right, down]) * height
    half = (box[2:] - box[:2]) / 2 * size
    return np.concatenate([centre - half, centre + half]).astype(np.float32)


@pytest.mark.parametrize("size", [0.8, 1.0, 1.25])
def test_refined_boxes_come_back_to_the_face(size, pipeline, astronaut):
    found = pipeline.detector(astronaut)
    height = found.xyxy[0, 3] - found.xyxy[0, 1]
    moves = [(0, 0), (0.15, 0), (-0.15, 0), (0, 0.15), (0, -0.15), (0.1, -0.1)]
    starts = np.stack([near(found.xyxy[0], right, down, size) for right, down in moves])
    refined = pipeline.detector.refine(astronaut, starts)
    assert len(refined) == len(moves) and (refined.scores > 0.95).all()
    assert np.abs(refined.xyxy - found.xyxy).max() < 0.1 * height
    assert np.abs(refined.landmarks - found.landmarks).max() < 0.08 * height
    # A second time, from where the first has come to.
    again = pipeline.detector.refine(astronaut, refined.xyxy)
    assert np.abs(again.xyxy - found.xyxy).max() < 0.06 * height
    assert np.abs(again.landmarks - found.landmarks).max() < 0.03 * height


def test_what_is_refined_is_in_the_pixels_of_the_picture(pipeline, astronaut):
    large = resize(astronaut, (2048, 2048))  # larger than what a search works at
    start = near(pipeline.detector(astronaut).xyxy[0], 0.1, 0.1, 1.0)
    refined = pipeline.detector.refine(large, 4 * start[None])
    alone = pipeline.detector.refine(astronaut, start[None])
    assert np.abs(refined.xyxy / 4 - alone.xyxy).max() < 3
    assert np.abs(refined.landmarks / 4 - alone.landmarks).max() < 3


@pytest.mark.parametrize(
    "box",
    [
        (20, 20, 110, 130),
        (400, 20, 490, 130),
        (300, 300, 400, 410),
        (-300, -300, -210, -190),
        (470, 470, 570, 590),
        (600, 600, 700, 720),
        (-2000, -2000, 3000, 3000),
        (100, 100, 100, 100),
        (140, 140, 100, 100),
    ],
    ids=[
        "background on the left",
        "background on the right",
        "clothes",
        "far outside",
        "half outside",
        "beyond the end",
        "larger than the picture",
        "of no size",
        "inside out",
    ],
)
def test_where_there_is_no_face_the_refined_score_is_low(box, pipeline, astronaut):
    refined = pipeline.detector.refine(astronaut, np.array([box], np.float32))
    assert len(refined) == 1 and refined.scores[0] < 0.2
    assert np.isfinite(refined.xyxy).all() and np.isfinite(refined.landmarks).all()


def test_refining_keeps_the_order_of_the_boxes(pipeline, astronaut):
    both = np.concatenate([astronaut, astronaut[:, ::-1]], axis=1)
    faces = in_reading_order(pipeline.detector(both))
    assert len(faces) == 2
    background = np.array([[20, 20, 110, 130]], np.float32)
    starts = np.concatenate([faces.xyxy[[1]], background, faces.xyxy[[0]]])
    refined = pipeline.detector.refine(both, starts)
    assert (refined.scores > 0.95).tolist() == [True, False, True]
    assert np.abs(refined.xyxy[[2, 0]] - faces.xyxy).max() < 12


def test_no_boxes_are_refined_to_no_faces(pipeline, astronaut):
    assert len(pipeline.detector.refine(astronaut, np.zeros((0, 4), np.float32))) == 0


@pytest.mark.parametrize("detector, can", [("mtcnn", True), ("haar", False)])
def test_each_detector_has_its_own_cut_and_which_can_refine(detector, can):
    pipeline = FerPipeline.from_weights(detector=detector, device="cpu")
    assert pipeline.cut == pipeline.card.crop[detector]
    assert isinstance(pipeline.detector, Refiner) == can


def test_faces_are_classified_in_the_format_in_which_the_weights_were_judged(monkeypatch):
    gpu = DeviceChoice(torch.device("cpu"), torch.bfloat16, "as on a GPU")
    monkeypatch.setattr(device, "_usual_choice", lambda name: gpu)
    assert FerPipeline.from_weights().classifier.choice.dtype is torch.float32


def test_opencv_is_given_no_path_of_its_cascade(monkeypatch, astronaut):
    """On Windows it opens none with letters beyond ASCII."""
    cascade = cv2.CascadeClassifier
    monkeypatch.setattr(cv2, "CascadeClassifier", lambda: cascade())
    assert len(create_detector("haar", device.choose_device("cpu"))(astronaut)) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"weights": "best"}, {"detector": "yolo"}, {"device": "tpu9"}, {"device": "cuda:99"}],
)
def test_names_that_do_not_exist(wrong):
    with pytest.raises(FerError):
        FerPipeline.from_weights(**{"device": "cpu"} | wrong)


def test_the_largest_pictures_are_read_and_analysed(pipeline, astronaut):
    """12,000 x 9,000 pixels, from the file to the faces."""
    large = Image.new("RGB", (12_000, 9_000), "grey")
    large.paste(Image.fromarray(astronaut).resize((4096, 4096)), (3000, 2000))
    file = io.BytesIO()
    large.save(file, "JPEG", quality=50)
    analysis = pipeline.analyze(file.getvalue())
    assert analysis.size_hw == (9_000, 12_000) and analysis.labels == ["happy"]
    x0, y0, x1, y1 = analysis.faces.xyxy[0]
    assert 3000 + 170 * 8 < x0 < x1 < 3000 + 280 * 8 and 2000 + 50 * 8 < y0 < y1 < 2000 + 185 * 8
