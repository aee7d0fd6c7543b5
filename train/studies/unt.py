"""UNT: a network of three convolutions, SGD against Adam."""

from typing import Literal

from train.config import Experiment, Recipe

_OPTIMIZERS: tuple[tuple[Literal["sgd", "adam"], float], ...] = (("sgd", 0.01), ("adam", 0.001))

EXPERIMENTS = tuple(
    Experiment(
        f"unt-{optimizer}-{epochs}",
        Recipe(
            "unt_cnn3",
            augment="none",
            epochs=epochs,
            batch_size=64,
            optimizer=optimizer,
            lr=lr,
            weight_decay=0.0,
            schedule="constant",
            warmup_epochs=0.0,
            continues=f"unt-{optimizer}-100" if epochs > 100 else "",
        ),
        study="UNT",
        table="Table 2",
        changes=f"{'SGD' if optimizer == 'sgd' else 'Adam'}, {epochs} epochs",
    )
    for epochs in (100, 200)
    for optimizer, lr in _OPTIMIZERS
)
