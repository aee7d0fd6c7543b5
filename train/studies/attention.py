"""The comparison of attention modules: one small network and recipe, three seeds of each."""

from train.config import Experiment, Recipe

ATTENTION_KINDS = {
    "plain": "compact",
    "se": "compact_se",
    "eca": "compact_eca",
    "cbam": "compact_cbam",
}


def attention_name(kind: str, seed: int) -> str:
    """The name of the experiment with this attention module and seed."""
    return f"attention-{kind}-{seed}"


EXPERIMENTS = tuple(
    Experiment(
        attention_name(kind, seed),
        Recipe(
            arch,
            {"widths": (16, 32, 64, 128)},
            augment="start",
            epochs=20,
            lr=0.1,
            seed=seed,
        ),
        table="attention modules compared",
        changes=f"{kind}, seed {seed}",
    )
    for seed in range(3)
    for kind, arch in ATTENTION_KINDS.items()
)
