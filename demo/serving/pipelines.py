"""A store of pipelines, so that each visitor's choice of weights and detector loads once."""

from dataclasses import replace
from threading import Lock

from fer_core import FerPipeline, list_weights


class PipelineStore:
    """Hands out a pipeline for (weights, detector), and keeps all that were asked for.

    They are as many as there are weights and detectors, and their networks are small; a viewer's
    next frame must not load again what others' choices took the place of.
    """

    def __init__(self, first: FerPipeline) -> None:
        """first: the pipeline that is there already."""
        self.first = first
        self._lock = Lock()
        self._kept = {(first.card.name, first.detector.name): first}

    def weights(self) -> list[str]:
        """The names to choose from; the first pipeline's own stands first."""
        return list(dict.fromkeys([self.first.card.name, *list_weights()]))

    def get(self, weights: str, detector: str) -> FerPipeline:
        """Raises FerError where there is no such pair."""
        pair = (weights, detector)
        if pair in self._kept:  # nobody waits here while others' choice is loaded
            return self._kept[pair]
        with self._lock:
            if pair not in self._kept:
                made = FerPipeline.from_weights(weights, detector=detector)
                self._kept[pair] = self._sharing(made)
            return self._kept[pair]

    def _sharing(self, made: FerPipeline) -> FerPipeline:
        """The same pipeline, on the networks that those kept have already."""
        for kept in self._kept.values():
            if kept.detector.name == made.detector.name:
                made = replace(made, detector=kept.detector)
            if kept.card.name == made.card.name:
                made = replace(made, classifier=kept.classifier)
        return made
