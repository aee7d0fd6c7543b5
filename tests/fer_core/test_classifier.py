import numpy as np
import pytest

from fer_core import FerError, create_model
from fer_core.classifier import BATCH, Classifier
from fer_core.device import choose_device
from fer_core.inputs import InputSpec

CPU = choose_device("cpu")


def small(**spec):
    model = create_model("compact_se", widths=[8, 16], depths=[1, 1])
    return Classifier(model, InputSpec(**spec), CPU)


def noise(*shape):
    return np.random.default_rng(0).integers(0, 255, shape, np.uint8)


def test_classifier_takes_grey_or_rgb_of_any_size(pipeline):
    crops = np.random.default_rng(0).integers(0, 255, (3, 90, 70), np.uint8)
    grey = pipeline.classifier(crops)
    rgb = pipeline.classifier(np.repeat(crops[..., None], 3, axis=3))
    assert grey.shape == (3, 7) and np.allclose(grey, rgb, atol=0.02)
    with pytest.raises(FerError, match="uint8"):
        pipeline.classifier(crops.astype(np.float32))


def test_batches_do_not_change_the_answer():
    crops = noise(BATCH + 3, 48, 48)
    classifier = small()
    whole = classifier(crops)
    assert whole.shape == (BATCH + 3, 7) and whole.dtype == np.float32
    assert np.allclose(whole[-1:], classifier(crops[-1:]), atol=1e-5)
    assert classifier(crops[:0]).shape == (0, 7)


def test_mirror_averaging_makes_left_and_right_alike():
    crops = noise(5, 48, 48)
    mirrored = np.ascontiguousarray(crops[:, :, ::-1])
    classifier = small(mirror_average=True)
    assert np.allclose(classifier(crops), classifier(mirrored), atol=1e-6)
    plain = Classifier(classifier.model, InputSpec(), CPU)
    mean = (plain(crops) + plain(mirrored)) / 2
    assert np.allclose(classifier(crops), mean, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 48, 48, 1), (48, 48), (2, 0, 48), (48, 48, 3)])
def test_crops_of_a_wrong_shape_are_refused(shape):
    with pytest.raises(FerError, match="crops"):
        small()(np.zeros(shape, np.uint8))


def test_one_pass_is_the_answer_for_the_crop_alone():
    crops = noise(3, 48, 48)
    averaged = small(mirror_average=True)
    plain = Classifier(averaged.model, InputSpec(), CPU)
    assert np.allclose(averaged.one_pass()(crops), plain(crops), atol=1e-6)
    assert not np.allclose(averaged(crops), plain(crops), atol=1e-6)  # it is left as it was
