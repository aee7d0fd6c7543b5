"""Picture to analysis: detect, cut, classify."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL.Image import Image

from fer_core.classifier import Classifier
from fer_core.crops import FaceCut, cut_faces
from fer_core.detection import (
    DEFAULT_DETECTOR,
    MIN_SCORE,
    Detector,
    check_min_score,
    create_detector,
    find_faces,
)
from fer_core.device import choose_device
from fer_core.images import Picture, PictureSource, read_picture
from fer_core.types import Analysis, Faces, ImageError, OptionError, UInt8Array
from fer_core.weights import FOLDER, WeightsCard, load_classifier, read_card


@dataclass(frozen=True, eq=False)
class FerPipeline:
    """Finds faces and estimates each one's expression. Safe to use from several threads.

    detector, classifier: the two models. card: where the classifier's weights come from.
    cut: how this classifier's faces are cut from this detector's boxes.
    """

    detector: Detector
    classifier: Classifier
    card: WeightsCard
    cut: FaceCut

    @classmethod
    def from_weights(
        cls,
        weights: str = "default",
        detector: str = DEFAULT_DETECTOR,
        device: str = "auto",
        folder: str | os.PathLike[str] = FOLDER,
    ) -> "FerPipeline":
        """Load weights and detector by name. folder: where the weights and their cards are.

        Raises WeightsError, ModelError or OptionError (all FerError) for an unknown name, weights
        that cannot be used, or a device that this machine does not have.
        """
        folder = Path(folder)
        choice = choose_device(device, "float32")  # in which the weights were judged
        card = read_card(weights, folder)
        found = create_detector(detector, choice)
        if detector not in card.crop:
            raise OptionError(
                f"For the weights {card.name} it is not measured how to cut the faces that "
                f"{detector} finds. Choose one of: {', '.join(card.crop)}; or measure it with "
                f"python -m train.cut --data PATH --detector {detector}."
            )
        classifier = load_classifier(card, choice, folder)
        return cls(found, classifier, card, card.crop[detector])

    def analyze(self, image: PictureSource, min_score: float = MIN_SCORE) -> Analysis:
        """The faces of one picture (path, bytes, PIL image, array or Picture), in reading order.

        min_score: the minimum detection score, 0 to 1, for a face to count.
        Raises ImageError for an unreadable picture, OptionError for a score out of range.
        """
        return self.analyze_many([image], min_score)[0]

    def analyze_many(
        self, images: Iterable[PictureSource], min_score: float = MIN_SCORE
    ) -> list[Analysis]:
        """As `analyze`, for many pictures with one classifier batch over all their faces.

        Raises ImageError where one picture is given in place of several, else what `analyze` does.
        """
        one_array = isinstance(images, np.ndarray) and images.ndim != 4
        in_memory = isinstance(images, bytes | bytearray | memoryview | Image | Picture)
        in_a_file = isinstance(images, str | os.PathLike) or hasattr(images, "read")
        if one_array or in_memory or in_a_file or not isinstance(images, Iterable):
            raise ImageError("A list of pictures was expected; for a single one, use analyze.")
        check_min_score(min_score)
        # Only crops are kept, so that many large pictures need the memory of one.
        found: list[tuple[Faces, tuple[int, int], tuple[str, ...]]] = []
        crops: list[UInt8Array] = [np.zeros((0, *self.card.input.size_hw), np.uint8)]
        for image in images:
            picture = read_picture(image)
            faces = find_faces(self.detector, picture.pixels, min_score)
            crops.append(cut_faces(picture.pixels, faces, self.cut, self.card.input.size_hw))
            height, width = picture.pixels.shape[:2]
            found.append((faces, (height, width), picture.notes))
        probs = self.classifier(np.concatenate(crops))
        ends = np.cumsum([len(faces) for faces, _, _ in found])
        return [
            Analysis(faces, probs[end - len(faces) : end], size_hw, notes)
            for (faces, size_hw, notes), end in zip(found, ends, strict=True)
        ]
