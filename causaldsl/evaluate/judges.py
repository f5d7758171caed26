"""Judges: attribute classifiers that never see a generated picture, and say what is to be seen in one.

A generator learns whatever pleases the classifier that trains it, so a classifier of the same make reads labels that
no eye sees. Hence two judges: `plain`, an ordinary strided convolution network, and `robust`, of another architecture,
which looks through a 3x3 blur and is trained on shifted, blurred, noised pictures. Quote the lower of the two.

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
from causaldsl.scm.pictures import from_bytes

__all__ = ["Judge", "Kind", "corrected", "train_judge"]

Pictures = np.ndarray[Any, np.dtype[np.uint8]]
Labels = Mapping[str, np.ndarray[Any, Any]]

_PASSES = {"plain": 2, "robust": 3}
_RATE = {"plain": 3e-3, "robust": 2e-3}
_LEAST_STEPS = 300
"""Taken even if pictures are few, where the number of passes is left open."""
_MOST_WEIGHT = 10.0
"""What a rare truth weighs at most."""


def train_judge(
    kind: Kind,
    pictures: Pictures,
    labels: Labels,
    *,
    seed: int,
    test: tuple[Pictures, Labels] | None = None,
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
    pictures : ndarray of uint8, shape (n, channels, size, size)
        The pictures, in any order.
    labels : mapping of str to ndarray, shape (n,), in {0, 1}
        Their labels. Rare labels weigh more, so that both truths of each count alike.
    seed : int
        Seed of the weights, the order and the wear.
    test : (pictures, labels), optional
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
        If a label is not binary, or the same in all pictures.
    """
    truth = _columns(labels, len(pictures))
    images = torch.from_numpy(pictures)
    order = Generator().manual_seed(seed)
    if test is None:
        rows = torch.randperm(len(images), generator=order)
        cut = len(rows) // 6
        test_images, test_truth = images[rows[:cut]], truth[rows[:cut]]
        images, truth = images[rows[cut:]], truth[rows[cut:]]
    else:
        test_images, test_truth = torch.from_numpy(test[0]), _columns({k: test[1][k] for k in labels}, len(test[0]))
    for part, what in ((truth, "trained"), (test_truth, "measured")):
        for name, share in zip(labels, part.mean(0).tolist(), strict=True):
            if not 0 < share < 1:
                raise DataError(
                    f"a judge of `{name}` cannot be {what}: the label is the same in all {len(part)} pictures"
                )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judge = Judge(kind, tuple(labels), images.shape[-1], images.shape[1])
    judge.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    _fit(judge, images, truth, order, epochs, min(batch, len(images)), flips, progress)
    _measure(judge, test_images, test_truth, order)
    return judge.eval()


def _columns(labels: Labels, n: int) -> Tensor:
    """Stack binary columns, shape (n, d)."""
    for name, column in labels.items():
        if column.shape != (n,) or not np.isin(column, (0, 1)).all():
            raise DataError(f"a judge needs the label `{name}` as {n} numbers that are 0 or 1")
    return torch.from_numpy(np.stack([np.asarray(c, np.float32) for c in labels.values()], 1))


def _fit(
    judge: Judge,
    images: Tensor,
    truth: Tensor,
    order: Generator,
    epochs: int,
    batch: int,
    flips: bool,
    progress: Callable[[int, int], None] | None,
) -> None:
    device = judge.confusion.device
    a_pass = len(images) // batch
    steps = a_pass * epochs if epochs else max(_PASSES[judge.kind] * a_pass, _LEAST_STEPS)
    share = truth.mean(0)
    weights = torch.stack([0.5 / (1 - share), 0.5 / share]).clamp(max=_MOST_WEIGHT).to(device)
    optimiser = torch.optim.AdamW(judge.parameters(), weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE[judge.kind], total_steps=steps, pct_start=0.25)
    judge.train()
    for step, rows in enumerate(_batches(len(images), batch, steps, order), 1):
        seen, wanted = from_bytes(images[rows].to(device)), truth[rows].to(device)
        if flips:
            mirrored = torch.rand(batch, 1, 1, 1, generator=order) < 0.5
            seen = torch.where(mirrored.to(device), seen.flip(3), seen)
        if judge.kind == "robust":
            seen = wear(seen, order)
        logits = judge.net(seen.contiguous(memory_format=torch.channels_last))
        weight = torch.where(wanted > 0, weights[1], weights[0])
        loss = F.binary_cross_entropy_with_logits(logits, wanted, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if progress is not None:
            progress(step, steps)


def _batches(n: int, batch: int, steps: int, order: Generator) -> Iterator[Tensor]:
    """Yield the row numbers of each step: whole batches of one shuffled pass after another."""
    while steps > 0:
        rows = torch.randperm(n, generator=order)[: min(n // batch, steps) * batch]
        yield from rows.view(-1, batch)
        steps -= n // batch


@torch.no_grad()
def _measure(judge: Judge, images: Tensor, truth: Tensor, order: Generator) -> None:
    """Fill in the judge's rates, at an even odds' threshold."""
    judge.eval()
    device = judge.confusion.device
    as_read, as_worn = [], []
    for at in range(0, len(images), 512):
        seen = from_bytes(images[at : at + 512].to(device))
        as_read.append(judge(seen) > 0)
        as_worn.append(judge.net(wear(seen, order)) > 0)
    judge.tested = len(truth)
    true = truth.to(device) > 0
    read = torch.cat(as_read)
    for is_true, rates in ((~true, judge.confusion[:, 0]), (true, judge.confusion[:, 1])):
        rates[:, 1] = (read & is_true).sum(0) / is_true.sum(0)
        rates[:, 0] = 1 - rates[:, 1]
    judge.accuracy.copy_((read == true).float().mean(0))
    judge.accuracy_worn.copy_((torch.cat(as_worn) == true).float().mean(0))
