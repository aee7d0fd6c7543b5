"""Published recipes outside the four reports, made again without the leak."""

from train.config import Experiment, Recipe

EXPERIMENTS = (
    Experiment(
        "mini-xception",
        Recipe(
            "mini_xception",
            augment="mild",
            epochs=60,
            batch_size=32,
            optimizer="adam",
            lr=0.001,
            weight_decay=1e-4,
            schedule="plateau",
            plateau=(0.1, 10),
        ),
        study="records",
        table="Arriaga et al. 2017",
        changes="mini-Xception",
        published=0.66,
    ),
    Experiment(
        "khaireddin-vgg",
        Recipe(
            "vgg_bn",
            augment="khaireddin",
            epochs=300,
            batch_size=64,
            lr=0.01,
            weight_decay=1e-4,
            schedule="plateau",
            plateau=(0.75, 5),
            mirror_average=True,
        ),
        study="records",
        table="Khaireddin & Chen 2021",
        changes="VGG with batch norm",
        published=0.7328,
    ),
    Experiment(
        "lethesec-resnet18",
        Recipe(
            "cifar_resnet18",
            augment="strong",
            label_smoothing=0.1,
            epochs=300,
            batch_size=128,
            lr=0.1,
            weight_decay=1e-4,
            mirror_average=True,
        ),
        study="records",
        table="Yuan 2021 (LetheSec)",
        changes="ResNet18 as for CIFAR",
        published=0.7370,
    ),
)
