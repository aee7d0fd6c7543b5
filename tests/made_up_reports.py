"""Reports and predictions made up for the dashboard's tests: valid files, invented figures."""

import dataclasses
import json
from pathlib import Path

import numpy as np

from fer_core.emotions import LABELS
from fer_core.judged import Judged
from fer_core.report import EvalReport, Evaluation, Predictions, as_stored
from train.evaluate import judge

FACES = 400
DATASETS = {
    "fer2013": "FER2013 labels",
    "ferplus": "FER2013 FER+ majority",
    "ferplus-clear": "FER2013 FER+ clear majority",
}


def predictions(seed: int = 0, skill: float = 2.0, faces: int = FACES) -> Predictions:
    """Probabilities that favour the right answer the more, the greater the skill."""
    labelled = np.random.default_rng(2013)
    truth = {name: labelled.integers(0, len(LABELS), faces) for name in DATASETS}
    truth["ferplus"] = np.where(labelled.random(faces) < 0.3, truth["ferplus"], truth["fer2013"])
    truth["ferplus"][::40] = -1
    truth["ferplus-clear"] = np.where(labelled.random(faces) < 0.9, truth["ferplus"], -1)
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(faces, len(LABELS)))
    logits[np.arange(faces), truth["fer2013"]] += skill
    probs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return Predictions(np.arange(faces), as_stored(probs), truth, labelled.random(faces) > 0.1)


def evaluation(found: Predictions, label_set: str, subset: str) -> Evaluation:
    return judge(
        Judged.of(found, label_set, subset),
        dataset=DATASETS[label_set],
        label_set=label_set,
        split="PrivateTest",
        subset=subset,
    )


def report(name: str, found: Predictions, **changes: object) -> EvalReport:
    main, *others = (evaluation(found, k, s) for k in DATASETS for s in ("all", "clean"))
    epochs = 5
    rising = tuple(0.3 + 0.05 * epoch for epoch in range(epochs))
    made = EvalReport(
        experiment=name,
        source="made up",
        published=0.61,
        arch="compact_se",
        params=1_000_000,
        labels=LABELS,
        main=main,
        others=tuple(others),
        seeds=(0,),
        epochs=epochs,
        best_epoch=epochs,
        seconds=300.0,
        device="CPU, 1 thread",
        command=f"python -m train.run {name} --data PATH --out runs/{name}",
        recipe={"arch": "compact_se", "arch_args": {"widths": [8, 8, 8, 8]}, "lr": 0.1},
        training_faces=28_000,
        left_out=10,
        temperature=1.0,
        curves={
            "train_loss": rising[::-1],
            "train_accuracy": rising,
            "valid_loss": rising[::-1],
            "valid_accuracy": rising,
            "lr": (0.1,) * epochs,
            "seconds": (60.0,) * epochs,
        },
    )
    return dataclasses.replace(made, **changes)


def write(folder: Path, made: EvalReport, found: Predictions) -> Path:
    """Into a weights folder, as train.export does; returns the report's path."""
    path = folder / "reports" / f"{made.experiment}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made.to_json(), encoding="utf-8")
    path.with_suffix(".npz").write_bytes(found.to_npz())
    return path


def fill(folder: Path, n: int, faces: int = FACES) -> list[str]:
    """n made-up experiments, each better and larger than the one before; returns their names."""
    names = [f"made-up-{index:03d}" for index in range(n)]
    for index, name in enumerate(names):
        found = predictions(index, 0.5 + 2 * index / n, faces)
        write(folder, report(name, found, params=100_000 * (index + 1)), found)
    return names


def spoil(path: Path, **changes: object) -> None:
    """Change fields of a report's file; None deletes one."""
    values = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {key: value for key, value in values.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")
