"""MTCNN, the default detector."""

import numpy as np

from fer_core.detection.scaling import working_picture
from fer_core.device import DeviceChoice
from fer_core.types import Faces, UInt8Array

MIN_FACE_PX = 20


class MtcnnDetector:
    """Three cascaded networks that also find eyes, nose and mouth; finds tilted and small faces.

    Source: Zhang et al. 2016, "Joint Face Detection and Alignment Using Multi-task Cascaded
    Convolutional Networks"; weights and code of facenet-pytorch.
    """

    name = "mtcnn"

    def __init__(self, choice: DeviceChoice) -> None:
        from facenet_pytorch import MTCNN  # takes seconds to import: only where it is used

        self._network = MTCNN(
            keep_all=True, min_face_size=MIN_FACE_PX, device=choice.device, post_process=False
        )

    def __call__(self, picture: UInt8Array) -> Faces:
        """RGB uint8 (H, W, 3) -> faces with five landmarks; scores are its probabilities."""
        working = working_picture(picture)
        boxes, scores, points = self._network.detect(working.pixels, landmarks=True)
        if boxes is None:
            return Faces.empty()
        # It returns object arrays where the number of faces varies.
        found = Faces(
            np.asarray(boxes, np.float32).reshape(-1, 4),
            np.asarray(points, np.float32).reshape(-1, 5, 2),
            np.asarray(scores, np.float32).reshape(-1),
        )
        return working.to_original(found)
