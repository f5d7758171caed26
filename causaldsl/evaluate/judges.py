"""Judges: networks that read the causes of pictures, never see a generated one, and say what is to be seen in one.

A generator learns whatever pleases the classifier that trains it, so a classifier of the same make reads labels that
no eye sees. Hence two judges: `plain`, an ordinary strided convolution network, and `robust`, of another architecture,
which looks through a 3x3 blur and is trained on shifted, blurred, noised pictures. Quote the worse of the two.

A judge errs, at rates that are measured on pictures it was not trained on; `corrected` takes them out of a share
that it has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from causaldsl.errors import DataError
from causaldsl.evaluate.judge import Judge, Kind, corrected
from causaldsl.evaluate.judge_networks import wear
from causaldsl.scm.encoding import CONSTANT
from causaldsl.scm.pictures import from_bytes

__all__ = ["Judge", "Kind", "corrected", "train_judge"]

Pictures = np.ndarray[Any, np.dtype[np.uint8]]
Values = Mapping[str, np.ndarray[Any, Any]]

_PASSES = {"plain": 2, "robust": 3}
_RATE = {"plain": 3e-3, "robust": 2e-3}
_LEAST_STEPS = 300
"""Taken even if pictures are few, where the number of passes is left open."""
_MOST_WEIGHT = 10.0
"""What a rare truth weighs at most."""


def train_judge(
    kind: Kind,
    levels: Mapping[str, int],
    pictures: Pictures,
    values: Values,
    *,
    seed: int,
    test: tuple[Pictures, Values] | None = None,
    epochs: int = 0,
    batch: int = 128,
    flips: bool = False,
    device: str = "cpu",
    progress: Callable[[int, int], None] | None = None,
) -> Judge:
    """Train a judge and measure its rates on pictures that it was not trained on.

    Parameters
    ----------
    kind : {"plain", "robust"}
        Which judge.
    levels : mapping of str to int
        What it is to read: how many levels each cause has, 0 for a real one.
    pictures : ndarray of uint8, shape (n, channels, size, size)
        The pictures, in any order.
    values : mapping of str to ndarray, shape (n,)
        Their causes: levels by index, and reals. Rare levels weigh more, so that all levels of a label count alike.
    seed : int
        Seed of the weights, the order and the wear.
    test : (pictures, values), optional
        What to measure on; without it a sixth of the pictures, drawn by chance, is held out.
    epochs, batch : int
        Passes over the pictures (0: two for `plain`, three for `robust`, more where pictures are few), and pictures a
        step.
    flips : bool
        Whether half of the training pictures are mirrored.
    device : str
        Where to train.
    progress : callable, optional
        Called with (steps done, steps in all).

    Raises
    ------
    DataError
        If a column does not hold what `levels` says, no picture has some level, or all have the same real number.
    """
    truth = _columns(levels, values, len(pictures))
    images = torch.from_numpy(pictures)
    order = Generator().manual_seed(seed)
    if test is None:
        rows = torch.randperm(len(images), generator=order)
        cut = len(rows) // 6
        test_images, test_truth = images[rows[:cut]], {name: column[rows[:cut]] for name, column in truth.items()}
        images, truth = images[rows[cut:]], {name: column[rows[cut:]] for name, column in truth.items()}
    else:
        test_images, test_truth = torch.from_numpy(test[0]), _columns(levels, test[1], len(test[0]))
    for part, what in ((truth, "trained"), (test_truth, "measured")):
        _check_variety(levels, part, what)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge(kind, levels, images.shape[-1], images.shape[1])
    for i, name in enumerate(judge.reals):
        judge.location[i], judge.scale[i] = truth[name].mean(), truth[name].std(correction=0)
    judge.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    _fit(judge, images, truth, order, epochs, min(batch, len(images)), flips, progress)
    _measure(judge, test_images, test_truth, order)
    return judge.eval()


def _columns(levels: Mapping[str, int], values: Values, n: int) -> dict[str, Tensor]:
    """Return the columns of what is to be read: int64 level indices, float32 reals."""
    found = {}
    for name, k in levels.items():
        column = values[name]
        if column.shape != (n,) or not (np.isin(column, range(k)) if k else np.isfinite(column)).all():
            needed = f"numbers that are 0 to {k - 1}" if k > 2 else "numbers that are 0 or 1" if k else "finite numbers"
            raise DataError(f"a judge needs `{name}` as {n} {needed}")
        found[name] = torch.from_numpy(column.astype(np.int64 if k else np.float32))
    return found


def _check_variety(levels: Mapping[str, int], truth: Mapping[str, Tensor], what: str) -> None:
    """Refuse pictures of which no one has a level, or all the same real number."""
    for name, k in levels.items():
        column = truth[name]
        if k:
            absent = [level for level, count in enumerate(torch.bincount(column, minlength=k).tolist()) if not count]
            why = f"none of {len(column)} pictures has its level {absent[0]}, from 0" if absent else ""
        else:
            constant = len(column) < 2 or bool(column.std() <= CONSTANT * column.abs().mean())
            why = f"it is the same in all {len(column)} pictures" if constant else ""
        if why:
            raise DataError(f"a judge of `{name}` cannot be {what}: {why}")


def _fit(
    judge: Judge,
    images: Tensor,
    truth: Mapping[str, Tensor],
    order: Generator,
    epochs: int,
    batch: int,
    flips: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    device = judge.confusion.device
    a_pass = len(images) // batch
    steps = a_pass * epochs if epochs else max(_PASSES[judge.kind] * a_pass, _LEAST_STEPS)
    weights = {name: _weights(truth[name], judge.levels[name]).to(device) for name in judge.labels}
    units = {name: (judge.location[i], judge.scale[i]) for i, name in enumerate(judge.reals)}
    optimiser = torch.optim.AdamW(judge.parameters(), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE[judge.kind], total_steps=steps, pct_start=0.25)
    judge.train()
    for step, rows in enumerate(_batches(len(images), batch, steps, order), 1):
        seen = from_bytes(images[rows].to(device))
        if flips:
            mirrored = torch.rand(batch, 1, 1, 1, generator=order) < 0.5
            seen = torch.where(mirrored.to(device), seen.flip(3), seen)
        if judge.kind == "robust":
            seen = wear(seen, order)
        heads = judge.heads(judge.net(seen.contiguous(memory_format=torch.channels_last)))
        losses = []
        for name, head in heads.items():
            wanted = truth[name][rows].to(device)
            if name in units:
                location, scale = units[name]
                losses.append(F.smooth_l1_loss(head, (wanted - location) / scale))
            else:
                each = F.cross_entropy(head, wanted, reduction="none")
                losses.append((weights[name][wanted] * each).mean())
        optimiser.zero_grad()
        torch.stack(losses).mean().backward()
        optimiser.step()
        schedule.step()
        if progress is not None:
            progress(step, steps)


def _weights(column: Tensor, levels: int) -> Tensor:
    """Return the weight of each level, shape (levels,), with which all count alike; bounded."""
    share = torch.bincount(column, minlength=levels) / len(column)
    return (1 / (levels * share)).clamp(max=_MOST_WEIGHT)


def _batches(n: int, batch: int, steps: int, order: Generator) -> Iterator[Tensor]:
    """Yield the row numbers of each step: whole batches of one shuffled pass after another."""
    while steps > 0:
        rows = torch.randperm(n, generator=order)[: min(n // batch, steps) * batch]
        yield from rows.view(-1, batch)
        steps -= n // batch


@torch.no_grad()
def _measure(judge: Judge, images: Tensor, truth: Mapping[str, Tensor], order: Generator) -> None:
    """Fill in the judge's rates and errors."""
    judge.eval()
    parts, worn = [], []
    for at in range(0, len(images), 512):
        seen = from_bytes(images[at : at + 512].to(judge.confusion.device))
        parts.append(judge.read(seen))
        worn.append(judge.heads(judge.net(wear(seen, order))))
    judge.tested = len(images)
    read = {name: torch.cat([part[name] for part in parts]).cpu() for name in judge.levels}
    for j, name in enumerate(judge.labels):
        true, most = truth[name], judge.confusion.shape[-1]
        counts = torch.bincount(true * most + read[name], minlength=most * most).view(most, most)
        judge.confusion[j] = counts / counts.sum(1, keepdim=True).clamp(min=1)
        judge.accuracy[j] = (read[name] == true).float().mean()
        judge.accuracy_worn[j] = (torch.cat([part[name].argmax(1) for part in worn]).cpu() == true).float().mean()
    for i, name in enumerate(judge.reals):
        errors = (read[name] - truth[name]).abs().double()
        judge.error[i], judge.spread[i] = errors.mean(), errors.std()
