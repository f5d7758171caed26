"""The state of a learner as one flat dictionary of tensors, every entry by name."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn


class Stateful(Protocol):
    """What keeps moments by parameter, such as an optimiser."""

    @property
    def state(self) -> MutableMapping[Any, Any]:
        """The moments by name, a parameter each."""
        ...


def gather(networks: Mapping[str, nn.Module], optimisers: Mapping[str, Stateful]) -> dict[str, Tensor]:
    """Collect networks as `name.parameter` and each network's Adam state as `adam.name.parameter.moment`.

    Parameters
    ----------
    networks : mapping of str to Module
        By name.
    optimisers : mapping of str to Stateful
        By the name of the network whose parameters it holds.

    Returns
    -------
    dict of str to Tensor
        Copies, contiguous.
    """
    found = {f"{name}.{k}": v for name, network in networks.items() for k, v in network.state_dict().items()}
    for name, optimiser in optimisers.items():
        for parameter, tensor in networks[name].named_parameters():
            for moment, value in optimiser.state.get(tensor, {}).items():
                found[f"adam.{name}.{parameter}.{moment}"] = value
    return {k: v.detach().clone(memory_format=torch.contiguous_format) for k, v in found.items()}


@torch.no_grad()
def scatter(state: Mapping[str, Tensor], networks: Mapping[str, nn.Module], optimisers: Mapping[str, Stateful]) -> None:
    """Put back what `gather` collected."""
    for name, network in networks.items():
        network.load_state_dict({k: state[f"{name}.{k}"] for k in network.state_dict()})
    for name, optimiser in optimisers.items():
        optimiser.state.clear()
        for parameter, tensor in networks[name].named_parameters():
            prefix = f"adam.{name}.{parameter}."
            moments = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            if moments:  # of the parameter's own memory layout, so that the continuation is bit-identical
                optimiser.state[tensor] = {
                    k: v.to(tensor.device, copy=True) if v.dim() == 0 else torch.empty_like(tensor).copy_(v)
                    for k, v in moments.items()
                }
