"""START: ResNet9 on three mixes of data, and the methods it is compared with."""

from train.config import ClassicalRecipe, Experiment, Recipe

# The report's number of epochs is not known to us; eight is what two CPU cores can do in two hours.
_RESNET9 = Recipe(
    "resnet9", augment="start", epochs=8, optimizer="adam", lr=0.001, weight_decay=1e-4
)

RESNET9 = Experiment(
    "start-resnet9", _RESNET9, study="START", table="ResNet9", changes="ResNet9 on FER2013"
)
MIXES = tuple(
    Experiment(
        f"start-resnet9-{short}",
        _RESNET9,
        study="START",
        table="ResNet9",
        changes=f"ResNet9 on {data}",
        data=data,
    )
    for short, data in (
        ("rafdb", "RAF-DB"),
        ("toronto", "Toronto faces"),
        ("both", "RAF-DB + Toronto faces"),
    )
)
CLASSICAL = tuple(
    Experiment(name, recipe, study="START", table="methods compared", changes=words)
    for name, words, recipe in (
        (
            "start-knn-euclidean",
            "k nearest neighbours, Euclidean",
            ClassicalRecipe("knn", {"metric": "euclidean"}),
        ),
        (
            "start-knn-cosine",
            "k nearest neighbours, cosine",
            ClassicalRecipe("knn", {"metric": "cosine"}),
        ),
        ("start-naive-net", "naive net on pixels", ClassicalRecipe("naive-net")),
        (
            "start-hog-tree",
            "HOG and a decision tree by entropy, C4.5's nearest kin",
            ClassicalRecipe("tree", features_from="hog"),
        ),
        (
            "start-cnn-tree",
            "features of compact-fer2013 and a decision tree",
            ClassicalRecipe("tree", features_from="compact-fer2013"),
        ),
        (
            "start-cnn-forest",
            "features of compact-fer2013 and a random forest",
            ClassicalRecipe("forest", features_from="compact-fer2013"),
        ),
    )
)
