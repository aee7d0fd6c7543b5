"""Leeds: VGG, ResNet and ResNetV2, each plain and with three attention modules, on three sets.

Figures: Miskow & Altahhan, "Emotion Recognition with Facial Attention and Objective Activation
Functions", ICONIP 2022 (arXiv 2410.17740), and the table in its authors' repository. That names
Kaggle's msambare/fer2013 as its FER2013, whose test faces are PublicTest and PrivateTest together;
7 of the 22 different figures are no share of PrivateTest's 3,589 faces, however rounded.

How the networks are trained is ours. The code in that repository trains with Adam at a rate of
.0001, in runs that are all of CK+. Its ECA convolves over a length of one, with all channels as
inputs, which makes one weight for the whole block, not one for each channel: the parameters that it
prints for ECA are those. The spatial half of its CBAM looks at what the channel half is given, not
at what that makes of it; ours are as their own papers have them. Its activation stays ReLU in the
stem, and at the end of ResNetV2; ours is one everywhere. The authors divide CK+ and JAFFE by
pictures, a fifth of each class for the test, so that a person may stand in several splits; ours are
divided by people, which is harder. Of the 45 pictures of JAFFE that this makes, 15.66% and 70.83%
are no share.
"""

from dataclasses import replace

from train.config import Experiment, Recipe, Sweep

# Accuracy in per cent on CK+, JAFFE, FER2013; each row's modules are in the order of _MODULES.
_PUBLISHED = {
    "vgg16": (
        (87.91, 64.44, 60.66),
        (88.46, 68.89, 63.05),
        (89.01, 73.33, 62.72),
        (89.56, 75.56, 63.46),
    ),
    "vgg19": (
        (90.66, 68.89, 60.92),
        (91.21, 73.33, 63.23),
        (91.76, 75.56, 63.49),
        (92.31, 77.78, 64.07),
    ),
    "resnet50": (
        (87.91, 73.33, 58.61),
        (89.01, 75.56, 58.84),
        (90.11, 77.78, 59.73),
        (91.21, 82.22, 59.90),
    ),
    "resnet101": (
        (88.46, 60.00, 58.67),
        (89.01, 68.89, 58.92),
        (89.56, 73.33, 60.15),
        (90.11, 75.56, 60.92),
    ),
    "resnet152": (
        (85.71, 15.66, 59.36),
        (88.46, 15.66, 59.73),
        (89.56, 15.66, 60.92),
        (90.11, 15.66, 61.54),
    ),
    "resnetv2_50": (
        (88.46, 77.78, 58.72),
        (88.66, 82.22, 59.36),
        (88.91, 82.22, 59.73),
        (89.01, 84.44, 60.15),
    ),
    "resnetv2_101": (
        (88.62, 62.22, 59.07),
        (89.01, 68.89, 59.73),
        (89.56, 70.83, 60.15),
        (90.66, 73.33, 60.92),
    ),
    "resnetv2_152": (
        (89.01, 66.67, 59.40),
        (89.56, 68.89, 60.72),
        (89.82, 73.33, 61.54),
        (90.11, 77.78, 62.05),
    ),
}
_MODULES = ("", "_se", "_eca", "_cbam")
_SETS = ("CK+", "JAFFE", "FER2013")

_RECIPE = Recipe(
    "vgg16",
    augment="mild",
    epochs=20,
    batch_size=128,
    lr=0.01,
    weight_decay=5e-4,
)
# With batch norm in every block, larger steps; and larger batches, which keep a GPU busy.
_RESNET = replace(_RECIPE, epochs=16, batch_size=256, lr=0.05)
# Of some hundred faces, which are few steps an epoch.
_ON_SMALL_SETS = replace(_RECIPE, epochs=60, batch_size=32)


def _recipe(arch: str, data: str) -> Recipe:
    if data != "FER2013":
        return _ON_SMALL_SETS
    return _RESNET if arch.startswith("resnet") else _RECIPE


def _rows(data: str, suffix: str = "") -> tuple[Experiment, ...]:
    return tuple(
        Experiment(
            f"leeds-{arch}{module}".replace("_", "-") + suffix,
            replace(_recipe(arch, data), arch=arch + module),
            study="Leeds",
            table="Table 3.3" if module else "Table 3.1",
            changes=f"{arch}{module} on {data}",
            data=data,
            published=round(figures[_SETS.index(data)] / 100, 4),
        )
        for arch, by_module in _PUBLISHED.items()
        for module, figures in zip(_MODULES, by_module, strict=True)
    )


ON_FER2013 = (
    *_rows("FER2013"),
    *(
        Experiment(
            f"leeds-{arch}-ecbam".replace("_", "-"),
            replace(_recipe(arch, "FER2013"), arch=f"{arch}_ecbam"),
            study="Leeds",
            table="future work",
            changes=f"{arch} with ECA's channel attention in CBAM",
        )
        for arch in ("vgg19", "resnetv2_152")
    ),
)
ON_SMALL_SETS = (*_rows("CK+", "-ckplus"), *_rows("JAFFE", "-jaffe"))

SWEEPS = (
    Sweep("leeds-sweep-lr", _RECIPE, "lr", (0.001, 0.003, 0.01, 0.03)),
    Sweep("leeds-sweep-batch", _RECIPE, "batch_size", (16, 32, 64, 128)),
    Sweep(
        "leeds-sweep-optimizer", replace(_RECIPE, lr=0.001), "optimizer", ("sgd", "adam", "adamw")
    ),
    Sweep(
        "leeds-sweep-activation", _RECIPE, "arch_args.activation", ("relu", "elu", "selu"), ("elu",)
    ),
    Sweep(
        "leeds-sweep-pooling", _RECIPE, "arch_args.pooling", ("max", "average"), as_it_is=("max",)
    ),
    Sweep(
        "leeds-sweep-se-ratio",
        replace(_RECIPE, arch="vgg16_se"),
        "arch_args.ratio",
        (4, 8, 16, 32),
        as_it_is=(16,),
    ),
    Sweep(
        "leeds-sweep-cbam-ratio",
        replace(_RECIPE, arch="vgg16_cbam"),
        "arch_args.ratio",
        (4, 8, 16, 32),
        as_it_is=(16,),
    ),
    Sweep(
        "leeds-sweep-eca-kernel",
        replace(_RECIPE, arch="vgg16_eca"),
        "arch_args.kernel",
        (1, 3, 5, 7, 9, "adaptive"),
        as_it_is=(5, "adaptive"),  # the adaptive kernel is 5 for VGG's 512 channels
    ),
    Sweep(
        "leeds-sweep-placement",
        replace(_RECIPE, arch="vgg16_cbam"),
        "arch_args.placement",
        ("after_last_added", "after_last", "after_each"),
        as_it_is=("after_last_added",),
    ),
)


def _points() -> tuple[Experiment, ...]:
    """The sweeps' experiments, but for the points that are another experiment's recipe."""
    known = {experiment.recipe.to_json() for experiment in ON_FER2013}
    points = []
    for sweep in SWEEPS:
        for name, recipe, words in sweep.points():
            if recipe.to_json() not in known:
                known.add(recipe.to_json())
                changes = f"{recipe.arch}, {words}"
                if sweep.base.lr != _RECIPE.lr:
                    changes += f", lr = {sweep.base.lr}"
                points.append(Experiment(name, recipe, "Leeds", "sweeps", changes))
    return tuple(points)


SWEEP_POINTS = _points()
