"""Large networks that a GPU trains in minutes, and what they teach the demo's small ones."""

from dataclasses import replace

from train.config import Experiment, Recipe
from train.studies.ours import LABELS, LITE0_RECIPE, VOTES

_LARGE = Recipe("cifar_resnet18", augment="photo-mixed", ema_decay=0.998, mirror_average=True)
_OF_VOTES = replace(_LARGE, label_set="ferplus", epochs=50, lr=0.1)
_OF_LABELS = replace(_LARGE, label_smoothing=0.1, epochs=12, lr=0.02)
_WIDE = {"widths": (96, 192, 384, 768), "dropout": 0.3}
_BROAD = {"widths": (48, 96, 192, 384)}
_TAUGHT_VOTES = replace(
    _OF_VOTES,
    arch="compact_se",
    lr=0.08,
    teachers=("resnet18-ferplus-1", "wide-ferplus-1", "vgg-ferplus-1"),
    teacher_share=0.8,
    teach_on="views",
)
_TAUGHT_LABELS = replace(
    _LARGE,
    arch="compact_se",
    lr=0.05,
    teachers=("resnet18-fer2013-1", "wide-fer2013-1", "vgg-fer2013-1"),
    teacher_share=0.7,
    teach_on="views",
)

LARGE = (
    Experiment("resnet18-ferplus-1", _OF_VOTES, changes=f"a teacher: ResNet18, {VOTES}"),
    Experiment(
        "wide-ferplus-1",
        replace(_OF_VOTES, arch="compact_se", arch_args=_WIDE),
        changes=f"a teacher: the default's network three times as wide, {VOTES}",
    ),
    Experiment(
        "vgg-ferplus-1",
        replace(_OF_VOTES, arch="vgg_bn", lr=0.05),
        changes=f"a teacher: VGG with batch norm, {VOTES}",
    ),
    Experiment(
        "broad-ferplus-1",
        replace(_OF_VOTES, arch="compact_se", arch_args=_BROAD),
        changes=f"the default's network half as wide again, {VOTES}",
    ),
    Experiment(
        "resnet18-fer2013-1",
        replace(_OF_LABELS, start_from="resnet18-ferplus-1"),
        changes=f"the teacher's twin, {LABELS}",
    ),
    Experiment(
        "wide-fer2013-1",
        replace(_OF_LABELS, arch="compact_se", arch_args=_WIDE, start_from="wide-ferplus-1"),
        changes=f"the teacher's twin, {LABELS}",
    ),
    Experiment(
        "vgg-fer2013-1",
        replace(_OF_LABELS, arch="vgg_bn", start_from="vgg-ferplus-1"),
        changes=f"the teacher's twin, {LABELS}",
    ),
    Experiment(
        "compact-ferplus-4",
        replace(_TAUGHT_VOTES, epochs=70, start_from="compact-ferplus-3", seed=2),
        changes="fourth cycle, taught by three large votes networks on every view",
    ),
    Experiment(
        "broad-fer2013-1",
        replace(_TAUGHT_LABELS, arch_args=_BROAD, epochs=60, start_from="broad-ferplus-1", seed=1),
        changes="the broad network's twin, taught by three large twins on every view",
    ),
    Experiment(
        "compact-fer2013-3",
        replace(_TAUGHT_LABELS, epochs=50, start_from="compact-ferplus-3", seed=3),
        changes="the default's twin, taught by three large twins on every view",
    ),
    Experiment(
        "broad-ferplus-2",
        replace(_TAUGHT_VOTES, arch_args=_BROAD, epochs=40, start_from="broad-ferplus-1", seed=1),
        changes="a further cycle, taught by three large votes networks on every view",
    ),
    Experiment(
        "lite0-fer2013-5",
        replace(
            LITE0_RECIPE,
            augment="photo-mixed",
            epochs=8,
            lr=0.0006,
            warmup_epochs=0.3,
            start_from="lite0-fer2013-4",
            teachers=("broad-fer2013-1", "compact-fer2013-3", "lite0-fer2013-4"),
            teacher_share=0.8,
            teach_on="views",
            seed=5,
        ),
        changes="lite0's twin, taught by three twins on every view",
    ),
)
