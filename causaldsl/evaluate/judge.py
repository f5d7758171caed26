"""Judge: a classifier of the labels of pictures that knows its own errors; and how to take them out of a reading."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
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


class Judge(nn.Module):
    """A classifier of the labels of pictures, with what is known about its errors.

    Parameters
    ----------
    kind : {"plain", "robust"}
        Which architecture.
    names : sequence of str
        The labels it reads, d of them.
    size : int
        Height and width of its pictures, a multiple of 32.
    channels : int
        Channels of its pictures.

    Attributes
    ----------
    confusion : Tensor, shape (d, 2, 2)
        `confusion[j, t, r]`: how often label j is read as r where the truth is t; on held-out pictures.
    accuracy : Tensor, shape (d,)
        Share of held-out pictures that are read rightly, as `read` reads them.
    tested : int
        How many pictures were held out; 0 where nobody wrote it down.
    accuracy_worn : Tensor, shape (d,)
        The same where the held-out pictures are shifted, blurred and noised as in the training of `robust`.
    """

    confusion: Tensor
    accuracy: Tensor
    accuracy_worn: Tensor

    def __init__(self, kind: Kind, names: Sequence[str], size: int, channels: int = 3) -> None:
        super().__init__()
        if kind not in get_args(Kind):
            raise UsageError(f"there is no judge `{kind}`", f"the judges are {', '.join(get_args(Kind))}")
        if size < 32 or size % 32:
            raise UsageError(f"a judge reads pictures whose size is a multiple of 32, not {size}")
        self.kind, self.names, self.size, self.channels = kind, tuple(names), size, channels
        self.tested = 0
        self.net = (plain_network if kind == "plain" else robust_network)(channels, size, len(self.names))
        self.register_buffer("confusion", torch.eye(2).repeat(len(self.names), 1, 1))
        self.register_buffer("accuracy", torch.ones(len(self.names)))
        self.register_buffer("accuracy_worn", torch.ones(len(self.names)))

    @property
    def balanced_accuracy(self) -> Tensor:
        """Mean of the two rates of reading rightly, shape (d,): what a coin would bring to one half."""
        return self.confusion.diagonal(dim1=1, dim2=2).mean(1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the logits of the labels, shape (n, d), of pictures in [-1, 1], shape (n, channels, size, size)."""
        return cast(Tensor, self.net(smooth(pictures) if self.kind == "robust" else pictures))

    def levels(self, pictures: Tensor) -> dict[str, Tensor]:
        """Read the likeliest level of each label, as level indices of shape (n,)."""
        return dict(zip(self.names, (self.read(pictures) > 0.5).long().T, strict=True))

    def read(self, pictures: Tensor, batch: int = 512) -> Tensor:
        """Read the labels of pictures.

        Parameters
        ----------
        pictures : Tensor, shape (n, channels, size, size), in [-1, 1]
            The pictures.
        batch : int
            How many are read at a time.

        Returns
        -------
        Tensor, shape (n, d), in [0, 1]
            The probability of each label, for even odds beforehand.
        """
        return self._seen(pictures, batch, lambda part: self(part).sigmoid())

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
        about = {name: getattr(self, name) for name in ("kind", "names", "size", "channels", "tested")}
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
            judge = cls(about["kind"], about["names"], about["size"], about["channels"])
            judge.load_state_dict(weights)
            judge.tested = int(about.get("tested", 0))
        except (RunError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise RunError(f"{path} holds no judge, or a damaged one", str(error).splitlines()[0]) from error
        return judge.eval()


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
