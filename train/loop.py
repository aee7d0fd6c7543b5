"""The training loop: epochs over data that lies on the device, resumable after each one.

Nothing random outlives an epoch: each epoch derives its generators from (seed, epoch), so a run
that was killed repeats the epoch it was in and, on a CPU, ends with the same weights as one that
was not.
"""

import copy
import dataclasses
import math
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from fer_core.classifier import Classifier
from fer_core.inputs import InputSpec
from train.augment import AUGMENTATIONS
from train.checkpoints import Checkpoint, checkpoint_of, read_checkpoint, save_checkpoint
from train.class_weights import balanced
from train.config import Recipe
from train.data import Dataset, Split
from train.distil import Teachers
from train.errors import DivergedError, RunError
from train.files import BEST, CHECKPOINT, save_tensors
from train.history import Epoch
from train.initial import initial_model
from train.machine import Machine
from train.metrics import accuracy
from train.step import Step

SAVE_SECONDS = 10.0  # between checkpoints, where epochs are shorter


class Trainer:
    """One run of a recipe on a data set, in a folder."""

    def __init__(self, recipe: Recipe, data: Dataset, folder: Path, machine: Machine) -> None:
        """Raises RunError where the processes cannot divide a batch evenly, or where weights that
        the recipe starts from are missing."""
        self.recipe, self.folder, self.machine = recipe, folder, machine
        self.choice, self.ranks = choice, ranks = machine.choice, machine.ranks
        self.fingerprint = data.fingerprint
        self.spec = InputSpec()
        self.valid = data.valid.with_labels(recipe.label_set)
        self.teachers = Teachers(folder.parent, recipe.teachers, data, choice)
        train = data.train.with_labels(recipe.label_set)
        batch = min(recipe.batch_size, len(train))
        if not ranks.divide(batch):
            raise RunError(
                f"Batches of {batch} faces cannot be divided evenly among {ranks.world} "
                "processes. Start as many as divide it."
            )
        self.images, self.targets = self._to_device(train)
        class_weights = balanced(self.targets) if recipe.class_weights else None
        torch.manual_seed(recipe.seed)
        model = initial_model(recipe, folder.parent, data)
        self._step = step = Step(recipe, machine, model, self.teachers, class_weights)
        self.model, self.averaged, self.optimizer = step.model, step.averaged, step.optimizer
        self.history: list[Epoch] = []
        # Of this process's last epoch: another machine's says nothing, nor does one that has the
        # compiler's minutes in it.
        self._epoch_seconds, self._compiles = 0.0, machine.compiled
        self.diverged = False
        self._best: Mapping[str, Tensor] = {}  # the averaged weights after the best epoch
        self._unsaved, self._saved_at = False, -math.inf
        self.devices: list[str] = []  # in words: those that epochs were trained on, in order

    def _to_device(self, split: Split) -> tuple[Tensor, Tensor]:
        images = torch.from_numpy(split.images[:, None]).to(self.choice.device)
        targets = torch.from_numpy(split.targets(self.recipe.label_set))
        smoothing = self.recipe.label_smoothing
        targets = targets * (1 - smoothing) + smoothing / targets.shape[1]
        if self.recipe.teachers and self.recipe.teach_on == "faces":
            taught = self.teachers.on_faces(split.images)
            targets = torch.lerp(targets, taught, self.recipe.teacher_share)
        return images, targets.to(self.choice.device)

    @property
    def best_epoch(self) -> int:
        """The first epoch with the highest validation accuracy, counted from 0."""
        return int(np.argmax([epoch.valid_accuracy for epoch in self.history]))

    @property
    def finished(self) -> bool:
        """Whether no epoch is to come: all are done, the loss is no number any more, or as many
        epochs as the recipe's patience have brought nothing better."""
        done = len(self.history)
        if done >= self.recipe.epochs or self.diverged:
            return True
        return done > 0 and done - 1 - self.best_epoch >= self.recipe.patience

    def epochs(self, deadline: float = math.inf) -> Iterator[Epoch]:
        """Train until the epochs are done or validation stops improving, saved on the way.

        deadline: of `time.monotonic`; an epoch that would go beyond it, as the last one here took,
        is not begun.
        """
        while not self.finished and self._fits(deadline):
            started = time.perf_counter()
            loss, train_accuracy = self._train_epoch(len(self.history))
            if not self.recipe.ema_decay:
                self.averaged.load_state_dict(self.model.state_dict())
            valid_loss, valid_accuracy = self._validate()
            if not (math.isfinite(loss) and math.isfinite(valid_loss)):
                self._end_diverged(loss if math.isfinite(valid_loss) else valid_loss)
                return
            self.history.append(
                Epoch(
                    train_loss=loss,
                    train_accuracy=train_accuracy,
                    valid_loss=valid_loss,
                    valid_accuracy=valid_accuracy,
                    lr=self.optimizer.param_groups[0]["lr"],
                    seconds=time.perf_counter() - started,
                )
            )
            self._keep()
            if not self._compiles:
                self._epoch_seconds = time.perf_counter() - started
            self._compiles = False
            yield self.history[-1]
        if self._unsaved:
            self._save()
        self._finish()

    def _end_diverged(self, loss: float) -> None:
        """What was best before is what the run comes to; without any, DivergedError."""
        words = f"{self.folder}: in epoch {len(self.history) + 1} the loss is {loss}"
        if not self.history:
            raise DivergedError(f"{words}. Lower the learning rate, or warm up for longer.")
        print(f"{words}: the run ends here.", file=sys.stderr)
        self.diverged = True
        self._finish()

    def _finish(self) -> None:
        """The best weights as a file of their own, where they are final."""
        if self.finished and self.ranks.leads:
            save_tensors(self._best, self.folder / BEST)

    def _fits(self, deadline: float) -> bool:
        ends = time.monotonic() + self._epoch_seconds
        return self.ranks.from_lead(ends <= deadline)

    def _train_epoch(self, epoch: int) -> tuple[float, float]:
        recipe, ranks = self.recipe, self.ranks
        if self.machine.in_words not in self.devices:
            self.devices.append(self.machine.in_words)
        torch.manual_seed(recipe.seed * 1_000_003 + epoch * 1009 + ranks.rank)  # dropout
        rng = np.random.default_rng([recipe.seed, epoch])
        augment = AUGMENTATIONS[recipe.augment]
        order = torch.from_numpy(rng.permutation(len(self.images))).to(self.choice.device)
        steps = max(len(order) // recipe.batch_size, 1)
        watched = [recipe.watched(e.valid_loss, e.valid_accuracy) for e in self.history]
        total = torch.zeros(2, dtype=torch.float64, device=self.choice.device)
        seen = 0
        self.model.train()
        with tqdm(
            total=min(steps * recipe.batch_size, len(order)),
            desc=f"epoch {epoch + 1}/{recipe.epochs}",
            unit="img",
            disable=not ranks.leads,
            file=sys.stderr,
            mininterval=2.0,
        ) as bar:
            for step in range(steps):
                lr = recipe.lr_at(epoch + step / steps, watched)
                for group in self.optimizer.param_groups:
                    group["lr"] = lr
                batch = order[step * recipe.batch_size : (step + 1) * recipe.batch_size]
                images, targets = augment(self.images[batch].float(), self.targets[batch], rng)
                # Each process takes every world-th face of the same augmented batch.
                images, targets = (
                    images[ranks.rank :: ranks.world],
                    targets[ranks.rank :: ranks.world],
                )
                total += self._step(images, targets)
                seen += len(batch)
                bar.update(len(batch))
        loss, share_right = (ranks.total(total) / seen).tolist()
        return loss, share_right

    def _validate(self) -> tuple[float, float]:
        """Loss and accuracy of the averaged weights on the validation split, for all ranks."""
        loss = share_right = 0.0
        if self.ranks.leads:
            probs = Classifier(self.averaged, self.spec, self.choice)(self.valid.images)
            targets = self.valid.targets(self.recipe.label_set)
            loss = float(-(targets * np.log(probs.clip(1e-7))).sum(1).mean())
            share_right = accuracy(probs, self.valid.truth(self.recipe.label_set))
        return self.ranks.from_lead((loss, share_right))

    def _keep(self) -> None:
        """Remember the best weights, and write all down where it is time."""
        if not self.ranks.leads:
            return
        if self.best_epoch == len(self.history) - 1:
            self._best = copy.deepcopy(self.averaged.state_dict())
        self._unsaved = True
        if self.finished or time.monotonic() - self._saved_at >= SAVE_SECONDS:
            self._save()

    def _save(self) -> None:
        checkpoint = Checkpoint(
            recipe=self.recipe.to_json(),
            data=self.fingerprint,
            devices=self.devices,
            model=self.model.state_dict(),
            averaged=self.averaged.state_dict() if self.recipe.ema_decay else {},
            best=self._best,
            optimizer=self.optimizer.state_dict(),
            history=[dataclasses.asdict(epoch) for epoch in self.history],
        )
        save_checkpoint(checkpoint, self.folder / CHECKPOINT)
        self._unsaved, self._saved_at = False, time.monotonic()

    def resume(self) -> None:
        """Go on from the folder's checkpoint, or that of the shorter run which this one continues.

        Raises RunError where it is of another recipe, network or data set, or where one of several
        processes does not see it.
        """
        self._load()
        done = len(self.history)
        if done != self.ranks.from_lead(done):
            raise RunError(
                f"Not every process sees the checkpoint in {self.folder}. Give an --out folder "
                "that all machines share."
            )

    def _load(self) -> None:
        path = checkpoint_of(self.folder, self.recipe.continues)
        if not path.is_file():
            return
        checkpoint = read_checkpoint(path, self.choice.device)
        shorter = path.parent != self.folder
        if not checkpoint.is_of(self.recipe, shorter):
            raise RunError(f"{path} belongs to another recipe. Give a new --out folder.")
        if checkpoint.data != self.fingerprint:
            raise RunError(f"{path} was trained on other faces. Give a new --out folder.")
        try:
            self.model.load_state_dict(checkpoint.model)
            self.averaged.load_state_dict(checkpoint.averaged or checkpoint.model)
            self.optimizer.load_state_dict(dict(checkpoint.optimizer))
        except (RuntimeError, ValueError) as error:
            raise RunError(
                f"{path} does not fit {self.recipe.arch} as it is now ({error}). "
                "Give a new --out folder."
            ) from error
        self.devices = list(checkpoint.devices)
        self.history = [Epoch(**epoch) for epoch in checkpoint.history]
        self._best = checkpoint.best
