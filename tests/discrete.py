"""Random discrete models of small DAGs, all latents included: laws as arrays with an axis a node."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tests.brute_force import Dag


class Model:
    """A random model of binary nodes; axes are in the order of `dag.nodes`, summed-out ones keep size 1."""

    def __init__(self, dag: Dag, seed: int) -> None:
        self.dag = dag
        self.at = {name: i for i, name in enumerate(dag.nodes)}
        draw = np.random.default_rng(seed)
        self._laws = []
        for name in dag.nodes:
            causes = {a for a, b in dag.edges if b == name}
            law = draw.uniform(0.1, 0.9, [2 if n in causes else 1 for n in dag.nodes])
            self._laws.append(np.concatenate([law, 1 - law], axis=self.at[name]))

    def _product(self, without: Iterable[str] = ()) -> np.ndarray:
        law = np.ones([1] * len(self.at))
        for name, own in zip(self.dag.nodes, self._laws, strict=True):
            if name not in without:
                law = law * own
        return law

    def over(self, law: np.ndarray, names: Iterable[str]) -> np.ndarray:
        """The marginal over some nodes."""
        kept = set(names)
        return law.sum(axis=tuple(i for n, i in self.at.items() if n not in kept), keepdims=True)

    def seen(self, names: Iterable[str]) -> np.ndarray:
        """The law of some nodes."""
        return self.over(self._product(), names)

    def given(self, left: Iterable[str], right: Iterable[str]) -> np.ndarray:
        """P(left | right)."""
        return self.seen({*left, *right}) / self.seen(right)

    def done(self, y: Iterable[str], x: Iterable[str]) -> np.ndarray:
        """P(y | do(x)), by the truncated factorisation."""
        x = set(x)
        law = self.over(self._product(x), {*y, *x})
        return np.broadcast_to(law, [2 if n in {*y, *x} else 1 for n in self.at])

    def adjusted(self, y: Iterable[str], x: Iterable[str], z: Iterable[str]) -> np.ndarray:
        """The sum over z of P(y | x, z) P(z)."""
        return self.over(self.given(y, {*x, *z}) * self.seen(z), {*y, *x})

    def through_the_front_door(self, y: Iterable[str], x: Iterable[str], z: Iterable[str]) -> np.ndarray:
        """The sum over z of P(z | x) times the sum over x' of P(y | x', z) P(x')."""
        inner = self.over(self.given(y, {*x, *z}) * self.seen(x), {*y, *z})
        return self.over(self.given(z, x) * inner, {*y, *x})
