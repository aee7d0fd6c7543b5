"""Every experiment that `train.run` knows, as data."""

from dataclasses import dataclass

from train.config import Recipe


@dataclass(frozen=True)
class Experiment:
    """A recipe with its name, where it comes from, and what its source published.

    `published` is the source's accuracy on FER2013 PrivateTest in per cent; 0.0 is none.
    """

    name: str
    recipe: Recipe
    source: str
    published: float = 0.0

    @property
    def command(self) -> str:
        return f"python -m train.run {self.name} --data PATH --out runs/{self.name}"


_ALL = (
    Experiment(
        "compact-ferplus-base",
        Recipe(
            "compact_se",
            label_set="ferplus",
            augment="photo",
            epochs=24,
            lr=0.1,
            ema_decay=0.998,
        ),
        "ours: the first cycle of the demo's weights, learned from the FER+ votes",
    ),
    Experiment(
        "compact-ferplus",
        Recipe(
            "compact_se",
            label_set="ferplus",
            augment="photo",
            epochs=12,
            lr=0.05,
            ema_decay=0.998,
            mirror_average=True,
            start_from="compact-ferplus-base",
        ),
        "ours: the demo's default, a second cycle after a warm restart (Loshchilov & Hutter 2017)",
    ),
    Experiment(
        "compact-fer2013",
        Recipe(
            "compact_se",
            label_set="fer2013",
            augment="photo",
            label_smoothing=0.1,
            epochs=10,
            lr=0.03,
            ema_decay=0.998,
            start_from="compact-ferplus-base",
        ),
        "ours: the default's twin, tuned to the labels that the reports are judged by",
    ),
    Experiment(
        "start-resnet9",
        Recipe(
            "resnet9", augment="start", epochs=20, optimizer="adam", lr=0.001, weight_decay=1e-4
        ),
        "START: ResNet9 with its augmentation",
    ),
    Experiment(
        "quick",
        Recipe(
            "compact_se",
            {"widths": (16, 32, 64), "depths": (1, 1, 1)},
            augment="start",
            epochs=10,
            batch_size=64,
            lr=0.05,
        ),
        "ours: a small network that shows the whole path in a minute with --data synthetic",
    ),
)

EXPERIMENTS = {experiment.name: experiment for experiment in _ALL}
