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

# Shown in place of an expression where none is clear. It is no class: no classifier answers it.
UNSURE_BELOW = 0.5  # where the most probable expression has less than this, none is named
UNSURE = Emotion(len(EMOTIONS), "unsure", "😶", "#57534E")

LABELS: tuple[str, ...] = tuple(emotion.name for emotion in EMOTIONS)

# What each data set calls its labels, and what they are called here; "" is left out, being none of
# the seven. Where a data set numbers its labels, they stand in the order of their numbers.
DATASET_LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "FER2013": {name: name for name in LABELS},
        "FER+": {
            "neutral": "neutral",
            "happiness": "happy",
            "surprise": "surprise",
            "sadness": "sad",
            "anger": "angry",
            "disgust": "disgust",
            "fear": "fear",
            "contempt": "",
            "unknown": "",
            "NF": "",  # not a face
        },
        "RAF-DB": {
            "surprise": "surprise",
            "fear": "fear",
            "disgust": "disgust",
            "happiness": "happy",
            "sadness": "sad",
            "anger": "angry",
            "neutral": "neutral",
        },
        "Toronto faces": {
            "anger": "angry",
            "disgust": "disgust",
            "fear": "fear",
            "happy": "happy",
            "sad": "sad",
            "surprise": "surprise",
            "neutral": "neutral",
        },
        "CK+": {
            "neutral": "neutral",
            "anger": "angry",
            "contempt": "",
            "disgust": "disgust",
            "fear": "fear",
            "happy": "happy",
            "sadness": "sad",
            "surprise": "surprise",
        },
        "JAFFE": {
            "AN": "angry",
            "DI": "disgust",
            "FE": "fear",
            "HA": "happy",
            "SA": "sad",
            "SU": "surprise",
            "NE": "neutral",
        },
        # What the class folders of common data sets are called.
        "image folders": {
            **{name: name for name in LABELS},
            "anger": "angry",
            "disgusted": "disgust",
            "fearful": "fear",
            "happiness": "happy",
            "sadness": "sad",
            "surprised": "surprise",
            "contempt": "",
        },
    }
)


def label_indices(dataset: str) -> dict[str, int]:
    """A data set's labels, in its order -> their indices in EMOTIONS; -1 for what is left out."""
    return {
        theirs: LABELS.index(ours) if ours else -1
        for theirs, ours in DATASET_LABELS[dataset].items()
    }
