"""A small store of pipelines, so that a visitor's choice of weights and detector loads once."""

from collections import OrderedDict
from threading import Lock

from fer_core import FerPipeline, list_weights


class PipelineStore:
    """Hands out a pipeline for (weights, detector); keeps the ones used last."""

    def __init__(self, first: FerPipeline, keep: int = 3) -> None:
        """first: the pipeline that is there already.

        keep: how many pipelines stay in memory; a further pair drops the one unused longest.
        """
        self.first = first
        self.keep = keep
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], FerPipeline] = OrderedDict()
        self._kept[first.card.name, first.detector.name] = first

    def weights(self) -> list[str]:
        """The names to choose from; the first pipeline's own stands first."""
        return list(dict.fromkeys([self.first.card.name, *list_weights()]))

    def get(self, weights: str, detector: str) -> FerPipeline:
        """Raises FerError where there is no such pair."""
        with self._lock:
            pair = (weights, detector)
            if pair not in self._kept:
                self._kept[pair] = FerPipeline.from_weights(weights, detector=detector)
            self._kept.move_to_end(pair)
            while len(self._kept) > self.keep:
                self._kept.popitem(last=False)
            return self._kept[pair]
