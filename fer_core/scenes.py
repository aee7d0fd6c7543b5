"""Where one scene of a clip ends and the next begins."""

import cv2
import numpy as np

from fer_core.pixels import to_grey
from fer_core.types import UInt8Array

CUT_LEVELS = 40.0  # mean change of the grey levels from frame to frame that makes a new scene
CLOSE_SECONDS = 0.3  # frames that are further apart change as much where a camera moves
THUMBNAIL_HW = (24, 32)


class SceneCuts:
    """Looks at the frames of one clip in order, and tells which begin a scene.

    is_back: whether the last cut went back to the scene before: a flash was in between, or a black
    frame, or somebody else who spoke.
    """

    def __init__(self) -> None:
        self.is_back = False
        self._thumbnail = self._left = np.zeros(THUMBNAIL_HW, np.uint8)
        self._shape: tuple[int, ...] = ()
        self._seconds = float("-inf")

    def is_cut(self, picture: UInt8Array, seconds: float, edited: bool = True) -> bool:
        """Whether RGB uint8 (H, W, 3) is the first, has another size or, of an edited clip, is
        nothing like the frame shortly before it."""
        # Averaged, not sampled: fine texture that moves is no new scene.
        small = cv2.resize(picture, THUMBNAIL_HW[::-1], interpolation=cv2.INTER_AREA)
        thumbnail = to_grey(np.asarray(small, np.uint8))
        resized = picture.shape != self._shape
        close = seconds - self._seconds <= CLOSE_SECONDS
        cut = resized or (edited and close and _differ(self._thumbnail, thumbnail))
        if cut:
            self.is_back = not (resized or _differ(self._left, thumbnail))
            self._left = self._thumbnail
        self._thumbnail, self._shape, self._seconds = thumbnail, picture.shape, seconds
        return cut


def _differ(one: UInt8Array, other: UInt8Array) -> bool:
    return float(cv2.absdiff(one, other).mean()) > CUT_LEVELS
