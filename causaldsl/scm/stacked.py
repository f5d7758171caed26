"""Alike mechanisms at once: one call for many nodes whose mechanisms differ in their weights alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.optim import Optimizer

from causaldsl.scm.mechanism import Mechanism


def together(first: Mechanism, method: str, weights: Mapping[str, Tensor], inputs: Sequence[Tensor]) -> Tensor:
    """Call one method of alike mechanisms, all at once.

    Parameters
    ----------
    first : Mechanism
        One of them.
    method : str
        Its name, such as `forward`.
    weights : mapping of str to Tensor, shape (k, ...)
        Parameters and buffers by name, a slice a mechanism.
    inputs : sequence of Tensor, shape (k, ...)
        Each argument of the method, a slice a mechanism.

    Returns
    -------
    Tensor, shape (k, ...)
    """

    def one(state: dict[str, Tensor], *arguments: Tensor) -> Any:
        return functional_call(_Method(first, method), {f"of.{k}": t for k, t in state.items()}, arguments)

    found: Tensor = torch.vmap(one, randomness="error")(dict(weights), *inputs)
    return found


def tensors_of(mechanism: Mechanism) -> dict[str, Tensor]:
    """Return the parameters and buffers of a mechanism by name."""
    return dict(mechanism.named_parameters()) | dict(mechanism.named_buffers())


class Stacked:
    """Alike mechanisms whose weights lie in one tensor a name, for as long as they learn.

    The mechanisms' own parameters and buffers become views of their slices: they always have what was learned, and what
    is loaded into them is learned from. `release` gives them memory of their own again.

    Parameters
    ----------
    mechanisms : sequence of Mechanism
        Alike (see `Controller.alike`).
    """

    def __init__(self, mechanisms: Sequence[Mechanism]) -> None:
        self.mechanisms = tuple(mechanisms)
        self.owned = [tensors_of(mechanism) for mechanism in mechanisms]
        if len(self.owned) == 1:
            self.tensors = self.owned[0]
            return
        self.tensors = {}
        for name, some in self.owned[0].items():
            stack = torch.stack([tensors[name].detach() for tensors in self.owned])
            for tensors, part in zip(self.owned, stack, strict=True):
                tensors[name].data = part
            learns = isinstance(some, nn.Parameter)
            self.tensors[name] = nn.Parameter(stack, some.requires_grad) if learns else stack

    def __call__(self, method: str, *inputs: Tensor) -> Tensor:
        """Call one method of all, with and to tensors of shape (mechanisms, ...)."""
        if len(self.mechanisms) == 1:
            result: Tensor = getattr(self.mechanisms[0], method)(*(argument[0] for argument in inputs))
            return result.unsqueeze(0)
        return together(self.mechanisms[0], method, self.tensors, inputs)

    @property
    def parameters(self) -> list[nn.Parameter]:
        """What an optimiser is to change."""
        return [tensor for tensor in self.tensors.values() if isinstance(tensor, nn.Parameter)]

    def release(self) -> None:
        """Give each mechanism its weights in memory of its own."""
        for tensor in (tensor for tensors in self.owned for tensor in tensors.values()):
            tensor.data = tensor.data.clone()


@dataclass
class NodeMoments:
    """The state of an optimiser of stacked weights by the mechanisms' own, as `causaldsl.scm.state` saves it."""

    state: dict[Tensor, dict[str, Tensor]] = field(default_factory=dict)

    @classmethod
    def of(cls, optimiser: Optimizer, stacks: Sequence[Stacked]) -> NodeMoments:
        """Take the state of an optimiser apart; the step, which all weights share, is each one's."""
        found = cls()
        for tensor, owned in _learned(stacks):
            moments = optimiser.state.get(tensor, {})
            for i, own in enumerate(owned):
                found.state[own] = {k: v if k == "step" or own is tensor else v[i] for k, v in moments.items()}
        return found

    def give(self, optimiser: Optimizer, stacks: Sequence[Stacked]) -> None:
        """Put the state together again in an optimiser."""
        optimiser.state.clear()
        for tensor, owned in _learned(stacks):
            parts = [self.state.get(own, {}) for own in owned]
            if parts[0]:
                optimiser.state[tensor] = {
                    k: v if k == "step" or owned[0] is tensor else torch.stack([part[k] for part in parts])
                    for k, v in parts[0].items()
                }


def _learned(stacks: Sequence[Stacked]) -> Iterator[tuple[nn.Parameter, list[Tensor]]]:
    """Yield each weight that an optimiser changes, and the mechanisms' own."""
    for stack in stacks:
        for name, tensor in stack.tensors.items():
            if isinstance(tensor, nn.Parameter):
                yield tensor, [owned[name] for owned in stack.owned]


class _Method(nn.Module):
    """A module whose forward is another module's method, so that `functional_call` can reach it."""

    def __init__(self, of: nn.Module, method: str) -> None:
        super().__init__()
        self.of = of
        self.method = method

    def forward(self, *arguments: Tensor) -> Any:
        return getattr(self.of, self.method)(*arguments)
