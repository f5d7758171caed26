"""An optimiser's state as a flat dictionary of tensors, for safetensors."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor
from torch.optim import Optimizer


def optimiser_state(optimiser: Optimizer) -> dict[str, Tensor]:
    """Return the state as `"3.exp_avg"` -> tensor; hyperparameters are the config's, not the state's."""
    states = optimiser.state_dict()["state"]
    return {f"{i}.{name}": t for i, state in states.items() for name, t in state.items() if isinstance(t, Tensor)}


def load_optimiser(optimiser: Optimizer, state: Mapping[str, Tensor]) -> None:
    """Take back what `optimiser_state` returned."""
    whole = optimiser.state_dict()
    whole["state"] = {}
    for entry, tensor in state.items():
        index, _, name = entry.partition(".")
        whole["state"].setdefault(int(index), {})[name] = tensor
    optimiser.load_state_dict(whole)
