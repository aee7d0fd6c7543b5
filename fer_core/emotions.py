"""The label table: the seven expressions, and how each data set's own labels map onto them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Emotion:
    """One expression class. `colour` is a hex colour, used for this class everywhere."""

    index: int
    name: str
    emoji: str
    colour: str


# The order is FER2013's. The colours are Okabe and Ito's palette, which stays distinguishable
# with the common kinds of colour blindness.
EMOTIONS: tuple[Emotion, ...] = (
    Emotion(0, "angry", "😠", "#D55E00"),
    Emotion(1, "disgust", "🤢", "#009E73"),
    Emotion(2, "fear", "😨", "#CC79A7"),
    Emotion(3, "happy", "😄", "#E69F00"),
    Emotion(4, "sad", "😢", "#0072B2"),
    Emotion(5, "surprise", "😮", "#56B4E9"),
    Emotion(6, "neutral", "😐", "#8C8C8C"),
)

LABELS: tuple[str, ...] = tuple(emotion.name for emotion in EMOTIONS)

# FER+ (Barsoum et al. 2016) vote columns to our class index. Its contempt, unknown and NF
# ("not a face") columns have no counterpart among the seven.
FERPLUS_COLUMNS: Mapping[str, int] = MappingProxyType(
    {"anger": 0, "disgust": 1, "fear": 2, "happiness": 3, "sadness": 4, "surprise": 5, "neutral": 6}
)

# What the class folders of common image-folder data sets are called.
FOLDER_NAMES: Mapping[str, int] = MappingProxyType(
    {
        **{emotion.name: emotion.index for emotion in EMOTIONS},
        **FERPLUS_COLUMNS,
        "disgusted": 1,
        "fearful": 2,
        "surprised": 5,
    }
)
