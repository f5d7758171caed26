"""Judge: reads the causes of pictures and knows its own errors; and how to take them out of a reading."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, cast, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from causaldsl.errors import RunError, UsageError
from causaldsl.evaluate.judge_networks import plain_network, robust_network, smooth
from causaldsl.scm.image import at_rest
from causaldsl.train.files import read_tensors, write_tensors

Kind = Literal["plain", "robust"]
_OF_REALS = {"location": 0.0, "scale": 1.0, "error": 0.0, "spread": 0.0}
"""What is known of the real causes, before anything was learned."""


class Judge(nn.Module):
    """A reader of the causes of pictures, with what is known about its errors.

    It has one output for each cause of two levels and each real one, and k for a cause of k > 2 levels.

    Parameters
    ----------
    kind : {"plain", "robust"}
        Which architecture.
    levels : mapping of str to int
        The causes that it reads, and how many levels each has; 0 says that it is a real number.
    size : int
        Height and width of its pictures, a multiple of 32.
    channels : int
        Channels of its pictures.

    Attributes
    ----------
    labels, reals : tuple of str
        The d causes that have levels, and the r that are real.
    confusion : Tensor, shape (d, k, k)
        `confusion[j, t, r]`: how often label j is read as r where the truth is t; on held-out pictures. k is the most
        levels of a label, 2 at least; a label of fewer has zeros beyond.
    accuracy : Tensor, shape (d,)
        Share of held-out pictures that are read rightly, as `read` reads them.
    tested : int
        How many pictures were held out; 0 where nobody wrote it down.
    accuracy_worn : Tensor, shape (d,)
        The same where the held-out pictures are shifted, blurred and noised as in the training of `robust`.
    location, scale : Tensor, shape (r,)
        Mean and standard deviation of each real cause where it learned; it reads reals in units of these.
    error, spread : Tensor, shape (r,)
        Mean and standard deviation of the absolute error of reading each real cause, on held-out pictures.
    """

    confusion: Tensor
    accuracy: Tensor
    accuracy_worn: Tensor
    location: Tensor
    scale: Tensor
    error: Tensor
    spread: Tensor

    def __init__(self, kind: Kind, levels: Mapping[str, int], size: int, channels: int = 3) -> None:
        super().__init__()
        if kind not in get_args(Kind):
            raise UsageError(f"there is no judge `{kind}`", f"the judges are {', '.join(get_args(Kind))}")
        if size < 32 or size % 32:
            raise UsageError(f"a judge reads pictures whose size is a multiple of 32, not {size}")
        self.kind, self.levels, self.size, self.channels = kind, dict(levels), size, channels
        self.labels = tuple(name for name, k in levels.items() if k)
        self.reals = tuple(name for name, k in levels.items() if not k)
        self.tested = 0
        outputs = sum(map(_outputs, levels.values()))
        self.net = (plain_network if kind == "plain" else robust_network)(channels, size, outputs)
        sizes = torch.tensor([levels[name] for name in self.labels])
        most = max([2, *levels.values()])
        right = (torch.arange(most) < sizes[:, None]).float()
        self.register_buffer("confusion", torch.diag_embed(right))
        self.register_buffer("accuracy", torch.ones(len(self.labels)))
        self.register_buffer("accuracy_worn", torch.ones(len(self.labels)))
        for name, start in _OF_REALS.items() if self.reals else ():
            self.register_buffer(name, torch.full((len(self.reals),), start))

    @property
    def balanced_accuracy(self) -> Tensor:
        """Mean over the levels of the rate of reading each rightly, shape (d,): chance alone brings 1 / k."""
        sizes = [self.levels[name] for name in self.labels]
        return self.confusion.diagonal(dim1=1, dim2=2).sum(1) / torch.tensor(sizes, device=self.confusion.device)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return what `heads` splits, shape (n, outputs), of pictures in [-1, 1], shape (n, channels, size, size)."""
        return cast(Tensor, self.net(smooth(pictures) if self.kind == "robust" else pictures))

    def heads(self, outputs: Tensor) -> dict[str, Tensor]:
        """Split the outputs: logits of a label's levels, shape (n, k), and reals in standardised units, shape (n,)."""
        parts = outputs.split([_outputs(k) for k in self.levels.values()], 1)
        found = {}
        for (name, k), part in zip(self.levels.items(), parts, strict=True):
            found[name] = F.pad(part, (1, 0)) if k == 2 else part if k else part[:, 0]
        return found

    def read(self, pictures: Tensor, batch: int = 512) -> dict[str, Tensor]:
        """Read the causes of pictures.

        Parameters
        ----------
        pictures : Tensor, shape (n, channels, size, size), in [-1, 1]
            The pictures.
        batch : int
            How many are read at a time.

        Returns
        -------
        dict of str to Tensor, shape (n,)
            The likeliest level of each label, by index and for even odds beforehand, and the value of each real cause.
        """
        heads = self.heads(self._seen(pictures, batch, self))
        values = {name: heads[name] * self.scale[i] + self.location[i] for i, name in enumerate(self.reals)}
        return {name: values[name] if name in values else head.argmax(1) for name, head in heads.items()}

    def features(self, pictures: Tensor, batch: int = 512) -> Tensor:
        """Return what the judge sees before it decides, shape (n, d): the last cells, a mean over each quarter."""
        body = self.net[:-2]

        def look(part: Tensor) -> Tensor:
            cells = body(smooth(part) if self.kind == "robust" else part)
            return F.adaptive_avg_pool2d(cells, 2).flatten(1)

        return self._seen(pictures, batch, look)

    @torch.no_grad()
    def _seen(self, pictures: Tensor, batch: int, look: Callable[[Tensor], Tensor]) -> Tensor:
        """Return what a look at pictures gives, so many at a time."""
        parts = (part.to(self.confusion.device, memory_format=torch.channels_last) for part in pictures.split(batch))
        with at_rest(self):
            return torch.cat([look(part) for part in parts])

    def save(self, path: Path) -> None:
        """Write weights, rates and names into one safetensors file, whole or not at all."""
        about = {name: getattr(self, name) for name in ("kind", "size", "channels", "tested")}
        about |= {"names": list(self.levels), "levels": list(self.levels.values())}
        write_tensors(path, self.state_dict(), {"judge": json.dumps(about)})

    @classmethod
    def load(cls, path: Path) -> Judge:
        """Read what `save` wrote.

        Raises
        ------
        RunError
            If the file is missing, damaged or of something else.
        """
        try:
            weights, header = read_tensors(path)
            about = json.loads(header["judge"])
            levels = about.get("levels", [2] * len(about["names"]))  # once all labels were binary
            judge = cls(about["kind"], dict(zip(about["names"], levels, strict=True)), about["size"], about["channels"])
            judge.load_state_dict(weights)
            judge.tested = int(about.get("tested", 0))
        except (RunError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise RunError(f"{path} holds no judge, or a damaged one", str(error).splitlines()[0]) from error
        return judge.eval()


def _outputs(levels: int) -> int:
    """Return how many outputs a cause of so many levels takes."""
    return levels if levels > 2 else 1


def corrected(p_read: Tensor | float, confusion: Tensor) -> Tensor:
    """Estimate a true share from the share that a judge reads.

    Parameters
    ----------
    p_read : Tensor, shape (..., d), or float, in [0, 1]
        Share of pictures read as having the label.
    confusion : Tensor, shape (d, 2, 2) or (2, 2)
        The judge's rates, `Judge.confusion`.

    Returns
    -------
    Tensor
        The estimate, clipped to [0, 1]; the reading itself where the judge reads both truths alike.

    Notes
    -----
    Solves `p_read = p * confusion[1, 1] + (1 - p) * confusion[0, 1]`.

    Examples
    --------
    >>> round(corrected(0.18, torch.tensor([[0.9, 0.1], [0.1, 0.9]])).item(), 4)
    0.1
    """
    read = torch.as_tensor(p_read, dtype=confusion.dtype, device=confusion.device)
    false_alarm, hit = confusion[..., 0, 1], confusion[..., 1, 1]
    gain = hit - false_alarm
    told = gain.abs() > 1e-6
    return torch.where(told, (read - false_alarm) / torch.where(told, gain, 1.0), read).clamp(0, 1)
