"""Ranks: the processes that train one model together, as plain `torch.distributed` knows them.

Every rank holds the same weights. What is drawn for a step is drawn for the whole batch, on every rank alike, and each
rank works on its own rows; gradients are averaged once an optimiser's step. So any number of ranks trains the same
model, and a rank that ignores the others, because its learner knows nothing of ranks, is merely slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from causaldsl.errors import CausalError, RunError

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """One of the processes that train together, and how many there are; by default it is alone.

    Parameters
    ----------
    rank : int
        Its number, from 0.
    size : int
        Their number. Where it is more than one, the default process group is set up.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the rank that writes and talks."""
        return self.rank == 0

    @torch.no_grad()
    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace tensors by their means over all ranks, in place, by one exchange."""
        if self.size == 1:
            return
        flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.size
        for tensor, mean in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(mean.view(tensor.shape))

    def total(self, tensor: Tensor) -> Tensor:
        """Return the sum over all ranks; differentiable, by all that any rank makes of it."""
        return tensor if self.size == 1 else _total(tensor)

    def gathered(self, tensor: Tensor, dim: int) -> Tensor:
        """Return the tensors of all ranks, of one shape, side by side along `dim`; differentiable."""
        if self.size == 1:
            return tensor
        pieces = [torch.zeros_like(tensor) for _ in range(self.size)]
        pieces[self.rank] = tensor
        return self.total(torch.cat(pieces, dim))

    @torch.no_grad()
    def follow(self, tensors: Iterable[Tensor]) -> None:
        """Take over the values of rank 0, in place."""
        if self.size > 1:
            for tensor in tensors:
                whole = tensor.contiguous()
                dist.broadcast(whole, 0)
                tensor.copy_(whole)

    def any(self, flag: bool) -> bool:
        """Whether the flag is raised on any rank."""
        if self.size == 1:
            return flag
        raised = torch.tensor(float(flag))
        dist.all_reduce(raised)
        return bool(raised)

    def together(self, action: Callable[[], T]) -> T:
        """Act on every rank; what goes wrong on one is raised on all of them, so that none waits for it.

        Raises
        ------
        CausalError
            Of the first rank that failed.
        """
        if self.size == 1:
            return action()
        result, error = None, None
        try:
            result = action()
        except CausalError as problem:
            error = problem
        if self.any(error is not None):
            errors: list[Any] = [None] * self.size
            dist.all_gather_object(errors, error)
            raise next(problem for problem in errors if problem is not None) from None
        return result  # type: ignore[return-value]

    def lead(self, action: Callable[[], object]) -> None:
        """Act on rank 0 alone; if that goes wrong, it is raised on all ranks."""
        self.together(action if self.leads else lambda: None)

    @torch.no_grad()
    def check(self, tensors: Iterable[Tensor], what: str) -> None:
        """Check that all ranks hold the same values.

        Raises
        ------
        RunError
            If they do not.
        """
        if self.size == 1:
            return
        mine = torch.stack([tensor.double().sum().cpu() for tensor in tensors])
        theirs = mine.clone()
        dist.broadcast(theirs, 0)

        def compare() -> None:
            if not torch.equal(mine.nan_to_num(), theirs.nan_to_num()):
                message = f"{what}: rank {self.rank} holds other weights than rank 0"
                raise RunError(message, "are all hosts alike, with the same torch and data?")

        self.together(compare)


ALONE = Ranks()
"""The one process of a training that is not shared."""


class _Total(torch.autograd.Function):
    """The sum over ranks; its gradient is the sum over ranks of the gradients."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor) -> Tensor:  # noqa: ARG004 - torch's signature
        total = tensor.contiguous().clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # noqa: ARG004
        total = gradient.contiguous().clone()
        dist.all_reduce(total)
        return total


def _total(tensor: Tensor) -> Tensor:
    total: Tensor = _Total.apply(tensor)  # type: ignore[no-untyped-call]
    return total
