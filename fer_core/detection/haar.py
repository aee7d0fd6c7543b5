"""OpenCV's Haar cascade, the reports' baseline."""

import threading
from pathlib import Path

import cv2
import numpy as np

from fer_core.detection.scaling import working_picture
from fer_core.device import DeviceChoice
from fer_core.pixels import to_grey
from fer_core.types import Faces, UInt8Array

MIN_FACE_PX = 24
# Real faces come with margins around 5 to 9, most false ones below 4: with this scale the scores of
# the two lie on either side of the default threshold, as MTCNN's do.
MARGIN_SCALE = 1.6


class HaarDetector:
    """Boosted cascade of rectangle features, the baseline: frontal faces only, without landmarks.

    Source: Viola & Jones 2001; OpenCV's haarcascade_frontalface_default.
    """

    name = "haar"

    def __init__(self, choice: DeviceChoice) -> None:
        del choice  # it only runs on the CPU
        # On Windows OpenCV opens no path with letters beyond ASCII, as of a user's name.
        path = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"
        text = path.read_text(encoding="ascii")
        file = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        self._cascade = cv2.CascadeClassifier()
        self._cascade.read(file.getFirstTopLevelNode())
        self._lock = threading.Lock()  # a cascade keeps the picture it works on

    def __call__(self, picture: UInt8Array) -> Faces:
        """RGB uint8 (H, W, 3) -> faces without landmarks.

        The score squeezes the margin by which the cascade's last stage accepts the face into
        0 to 1; it ranks faces but is no probability.
        """
        pixels, back_xy = working_picture(picture)
        grey = cv2.equalizeHist(to_grey(pixels))
        with self._lock:
            boxes, _, margins = self._cascade.detectMultiScale3(
                grey,
                scaleFactor=1.1,
                minNeighbors=5,
                minSize=(MIN_FACE_PX, MIN_FACE_PX),
                outputRejectLevels=True,
            )
        if not len(boxes):
            return Faces.empty()
        xywh = np.asarray(boxes, np.float32)
        xyxy = np.concatenate([xywh[:, :2], xywh[:, :2] + xywh[:, 2:]], axis=1)
        scores = 1 - np.exp(-np.asarray(margins, np.float32).reshape(-1).clip(0) / MARGIN_SCALE)
        found = Faces(xyxy, np.zeros((len(xyxy), 0, 2), np.float32), scores.astype(np.float32))
        return found.mapped(0, back_xy)
