"""Transfer from face recognition, beside that from ImageNet."""

from dataclasses import replace

from train.config import Experiment
from train.studies.ours import LITE0_RECIPE, VOTES

_RECIPE = replace(
    LITE0_RECIPE,
    arch="mobilenet_v1",
    arch_args={"side": 128},
    lr=0.0003,
    warmup_epochs=0.2,
)

EXPERIMENTS = (
    Experiment(
        "faces-ferplus-1",
        replace(_RECIPE, label_set="ferplus", epochs=6, start_from="vggface2"),
        changes=f"transfer from face recognition (VGGFace2, Cao et al. 2018), {VOTES}",
    ),
    Experiment(
        "faces-ferplus-2",
        replace(
            _RECIPE,
            label_set="ferplus",
            epochs=4,
            warmup_epochs=0.3,
            start_from="faces-ferplus-1",
            teachers=("faces-ferplus-1", "compact-ferplus-3", "lite0-ferplus-3"),
            seed=1,  # other pictures than those of the cycle before
        ),
        changes="a further cycle, half taught by three votes networks (Hinton et al. 2015)",
    ),
)
