"""fer-studio's core: find faces in a picture, estimate their expressions, draw the answer."""

from fer_core.emoji import render
from fer_core.emotions import EMOTIONS, Emotion
from fer_core.models import create_model, list_models
from fer_core.pipeline import FerPipeline
from fer_core.types import Analysis, Faces, FerError, ImageError
from fer_core.weights import list_weights

__all__ = [
    "Analysis",
    "EMOTIONS",
    "Emotion",
    "Faces",
    "FerError",
    "FerPipeline",
    "ImageError",
    "create_model",
    "list_models",
    "list_weights",
    "render",
]
