"""Our own networks: the demo's weights, their twins, and what they are taught by."""

from dataclasses import replace

from train.config import Experiment, Recipe

VOTES = "learned from the FER+ votes"
LABELS = "tuned to the labels that the reports are judged by"

_COMPACT = Recipe("compact_se", augment="photo", ema_decay=0.998)

COMPACT = (
    Experiment(
        "compact-ferplus-1",
        replace(_COMPACT, label_set="ferplus", epochs=24, lr=0.1),
        changes=f"first cycle, {VOTES}",
    ),
    Experiment(
        "compact-ferplus-2",
        replace(
            _COMPACT,
            label_set="ferplus",
            epochs=12,
            lr=0.05,
            mirror_average=True,
            start_from="compact-ferplus-1",
        ),
        changes="second cycle after a warm restart (Loshchilov & Hutter 2017)",
    ),
    Experiment(
        "compact-fer2013-1",
        replace(
            _COMPACT,
            label_smoothing=0.1,
            epochs=10,
            lr=0.03,
            start_from="compact-ferplus-1",
        ),
        changes=f"the default's twin, {LABELS}",
    ),
)

LITE0_RECIPE = Recipe(
    "efficientnet_lite0",
    {"side": 96},
    augment="photo",
    batch_size=64,
    optimizer="adamw",
    weight_decay=0.02,
    ema_decay=0.998,
    mirror_average=True,
)

_FROM_IMAGENET = replace(
    LITE0_RECIPE,
    arch_args={"side": 64},
    label_set="ferplus",
    epochs=8,
    lr=0.001,
    mirror_average=False,
    start_from="imagenet",
)

LITE0 = (
    Experiment(
        "lite0-ferplus-1",
        _FROM_IMAGENET,
        changes=f"transfer from ImageNet, {VOTES}, at first on small pictures",
    ),
    Experiment(
        "lite0-ferplus-2",
        replace(
            LITE0_RECIPE, label_set="ferplus", epochs=5, lr=0.0005, start_from="lite0-ferplus-1"
        ),
        changes="then on larger ones (progressive learning, Tan & Le 2021)",
    ),
    Experiment(
        "lite0-fer2013-1",
        replace(
            LITE0_RECIPE, label_smoothing=0.1, epochs=4, lr=0.0003, start_from="lite0-ferplus-2"
        ),
        changes=f"its twin, {LABELS}",
    ),
    Experiment(
        "lite0-fer2013-2",
        replace(
            LITE0_RECIPE,
            epochs=6,
            lr=0.0004,
            warmup_epochs=0.3,
            start_from="lite0-fer2013-1",
            teachers=("lite0-fer2013-1", "compact-fer2013-1"),
            seed=1,  # other pictures than those of the cycle before
        ),
        changes="a further cycle, half taught by both twins (Hinton et al. 2015)",
    ),
    Experiment(
        "lite0-fer2013-3",
        replace(
            LITE0_RECIPE,
            epochs=5,
            lr=0.0005,
            warmup_epochs=0.3,
            start_from="lite0-fer2013-2",
            teachers=("lite0-fer2013-2", "compact-fer2013-1"),
            teacher_share=0.7,
            seed=2,
        ),
        changes="once more, taught by its predecessor (Furlanello et al. 2018) and the other twin",
    ),
    Experiment(
        "lite0-ferplus-3",
        replace(
            LITE0_RECIPE,
            label_set="ferplus",
            epochs=5,
            lr=0.0005,
            warmup_epochs=0.3,
            start_from="lite0-fer2013-3",
            teachers=("compact-ferplus-2",),
            seed=3,  # other pictures than those of the cycles before
        ),
        changes="back to the votes, half taught by compact-ferplus-2 (Hinton et al. 2015)",
    ),
)

# Of both families, so after both.
DISTILLED = (
    Experiment(
        "compact-ferplus-3",
        replace(
            _COMPACT,
            augment="photo-mixed",
            label_set="ferplus",
            epochs=30,
            lr=0.08,
            mirror_average=True,
            start_from="compact-ferplus-2",
            teachers=("compact-ferplus-2", "lite0-ferplus-3"),
            teacher_share=0.8,
            teach_on="views",
            seed=1,  # other pictures than those of the cycles before
        ),
        changes="third cycle, taught by both votes networks on every view (Beyer et al. 2022)",
    ),
    Experiment(
        "lite0-fer2013-4",
        replace(
            LITE0_RECIPE,
            augment="photo-mixed",
            epochs=6,
            lr=0.0005,
            warmup_epochs=0.3,
            start_from="lite0-ferplus-3",
            teachers=("lite0-fer2013-3", "compact-fer2013-1"),
            teacher_share=0.7,
            teach_on="views",
            seed=4,
        ),
        changes="lite0's twin, taught by both twins on every view (Beyer et al. 2022)",
    ),
    Experiment(
        "compact-fer2013-2",
        replace(
            _COMPACT,
            augment="photo-mixed",
            epochs=12,
            lr=0.05,
            start_from="compact-ferplus-3",
            teachers=("lite0-fer2013-4", "compact-fer2013-1"),
            teacher_share=0.7,
            teach_on="views",
            seed=2,
        ),
        changes="the default's twin, taught in the same way",
    ),
)

# The same path with a larger network of the family, taught by what is shipped of both smaller ones.
_LITE2 = replace(LITE0_RECIPE, arch="efficientnet_lite2")

LITE2 = (
    Experiment(
        "lite2-ferplus-1",
        replace(_FROM_IMAGENET, arch=_LITE2.arch),
        changes=f"a larger network from ImageNet, {VOTES}, at first on small pictures",
    ),
    Experiment(
        "lite2-ferplus-2",
        replace(
            _LITE2,
            label_set="ferplus",
            epochs=5,
            lr=0.0005,
            start_from="lite2-ferplus-1",
            teachers=("lite0-ferplus-3", "compact-ferplus-3"),
            seed=1,  # other pictures than those of the cycle before
        ),
        changes="then on larger ones, half taught by both votes networks",
    ),
    Experiment(
        "lite2-fer2013-1",
        replace(
            _LITE2,
            augment="photo-mixed",
            epochs=6,
            lr=0.0005,
            warmup_epochs=0.3,
            start_from="lite2-ferplus-2",
            teachers=("lite0-fer2013-4", "compact-fer2013-2"),
            teacher_share=0.7,
            teach_on="views",
            seed=2,
        ),
        changes="the larger twin, taught by both twins on every view (Beyer et al. 2022)",
    ),
)

QUICK = Experiment(
    "quick",
    Recipe(
        "compact_se",
        {"widths": (16, 32, 64), "depths": (1, 1, 1)},
        augment="start",
        epochs=5,
        batch_size=32,
        lr=0.05,
    ),
    data="synthetic",
    changes="a small network that shows the whole path in a minute",
)
