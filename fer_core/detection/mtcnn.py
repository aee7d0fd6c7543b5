"""MTCNN, the default detector."""

import numpy as np
import torch

from fer_core.crops import FaceCut, cut_square
from fer_core.detection.scaling import working_picture
from fer_core.device import DeviceChoice
from fer_core.pixels import resize
from fer_core.types import Faces, Float32Array, UInt8Array

MIN_FACE_PX = 20
# What the cascade hands its last network: squares, 48 pixels wide, with values from -1 to 1.
LAST_STAGE_CUT, LAST_STAGE_PX = FaceCut(side=1.0), 48


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
        pixels, back_xy = working_picture(picture)
        boxes, scores, points = self._network.detect(pixels, landmarks=True)
        if boxes is None:
            return Faces.empty()
        # It returns object arrays where the number of faces varies.
        found = Faces(
            np.asarray(boxes, np.float32).reshape(-1, 4),
            np.asarray(points, np.float32).reshape(-1, 5, 2),
            np.asarray(scores, np.float32).reshape(-1),
        )
        return found.mapped(0, back_xy)

    @torch.inference_mode()
    def refine(self, picture: UInt8Array, xyxy: Float32Array) -> Faces:
        """RGB uint8 (H, W, 3) and boxes (N, 4) near faces -> the N faces, by the last network."""
        squares = LAST_STAGE_CUT.squares(xyxy)
        crops = np.empty((len(squares), LAST_STAGE_PX, LAST_STAGE_PX, 3), np.uint8)
        for crop, square in zip(crops, squares, strict=True):
            crop[:] = resize(cut_square(picture, square), (LAST_STAGE_PX, LAST_STAGE_PX))
        if not len(crops):
            return Faces(xyxy, np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))
        inputs = (torch.from_numpy(crops).permute(0, 3, 1, 2).float() - 127.5) / 128
        shifts, points, scores = (
            out.cpu().numpy() for out in self._network.onet(inputs.to(self._network.device))
        )
        side = squares[:, 2:] - squares[:, :2] + 1  # the cascade counts the last pixel in
        boxes = squares + shifts * np.tile(side, 2)
        # The points come as five x, then five y, in shares of the square.
        shares = points.reshape(-1, 2, 5).transpose(0, 2, 1)
        landmarks = squares[:, None, :2] + shares * side[:, None] - 1
        return Faces(
            boxes.astype(np.float32),
            landmarks.astype(np.float32),
            np.ascontiguousarray(scores[:, 1], np.float32),
        )
