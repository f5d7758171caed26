"""The answer to whether a question can be answered from what is seen, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from causaldsl.graph.domain import quoted
from causaldsl.graph.identification.drawn import spelled_variant
from causaldsl.graph.identification.estimand import Estimand, Symbol
from causaldsl.graph.identification.hedge import Hedge
from causaldsl.graph.identification.id_star import Crossed
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.question import Identifiable, Probability

if TYPE_CHECKING:
    from causaldsl.graph.identification.evaluation import Tabulated
    from causaldsl.graph.ir import CausalGraph


@dataclass(frozen=True)
class Crossing:
    """Why no experiment answers a question across worlds.

    Parameters
    ----------
    variables : tuple of str
        Variables that share unobserved causes, so that they have to be seen together.
    node : str
        The node that would have to have two values at once.
    """

    variables: tuple[str, ...]
    node: str

    def __str__(self) -> str:
        together = ", ".join(self.variables)
        return f"{together} have to be seen together, and {quoted(self.node)} would have two values at once"


def crossing_of(crossed: Crossed, observed: Mixed, texts: Mapping[Symbol, str]) -> Crossing:
    """Name the variables of a group that is about several worlds."""
    names = [spelled_variant(observed, node, world, texts) for node, world in crossed.group]
    return Crossing(tuple(names), observed.names[crossed.node])


@dataclass(frozen=True)
class Identification:
    """Whether a probability can be computed from what is seen, whatever the model of the graph.

    Parameters
    ----------
    query : Probability
        What was asked.
    estimand : Estimand or None
        What to compute; None if there is no such thing.
    hedge : Hedge or None
        What forbids it; None if it is identifiable.
    graph : CausalGraph
        The graph that was asked.
    variables : tuple of (str, Symbol)
        What the question leaves open, as it is spelled, each with the variable that stands for it in the estimand.
    experiments : Estimand or None
        For a question across worlds: how laws under interventions answer it; None where they do not.
    crossing : Crossing or None
        For a question across worlds that no experiments answer: why not.
    """

    query: Probability
    estimand: Estimand | None
    hedge: Hedge | None
    graph: CausalGraph = field(compare=False, repr=False)
    variables: tuple[tuple[str, Symbol], ...] = ()
    experiments: Estimand | None = None
    crossing: Crossing | None = None

    @property
    def identifiable(self) -> bool:
        """Whether there is an estimand."""
        return self.estimand is not None

    @property
    def arbitrary(self) -> tuple[str, ...]:
        """The nodes in the estimand whose value may be chosen freely: in every model it is the same for each."""
        if self.estimand is None:
            return ()
        number = self.graph.links.number
        free = {symbol.node for symbol in self.estimand.free.difference(symbol for _, symbol in self.variables)}
        return tuple(sorted(free, key=number.__getitem__))

    @property
    def reason(self) -> str:
        """The verdict in a sentence without a full stop."""
        if self.estimand is not None:
            free = f", for any value of {', '.join(map(quoted, self.arbitrary))}" if self.arbitrary else ""
            return f"{self.query} = {self.estimand}{free}"
        if self.crossing is not None:
            return f"{self.query} is not identifiable, not by experiments either: {self.crossing}"
        known = "" if self.experiments is None else f"; experiments would show it: {self.experiments}"
        return f"{self.query} is not identifiable: there is a hedge, {self.hedge}{known}"

    @property
    def value(self) -> bool:
        """The verdict."""
        return self.identifiable

    def __bool__(self) -> bool:
        return self.identifiable

    def __str__(self) -> str:
        return self.reason

    def as_json(self) -> dict[str, Any]:
        """Render as `causaldsl ask --json` prints it."""
        return {
            "question": str(Identifiable(self.query)),
            "identifiable": self.identifiable,
            "estimand": None if self.estimand is None else str(self.estimand),
            "hedge": None if self.hedge is None else self.hedge.as_json(),
            "reason": self.reason,
        }

    def evaluate(self, law: Tabulated) -> Tabulated:
        """Compute the answer from the law of what is seen.

        Parameters
        ----------
        law : Tabulated
            The joint law of the nodes that are seen, or of those that the question is about and their ancestors.

        Returns
        -------
        Tabulated
            One axis a name that the question leaves open, in its order. Where the estimand holds for any value of some
            nodes, it is averaged over these; they agree in every law of the graph, and in data nearly so. nan where the
            law has no cases that the answer needs.

        Raises
        ------
        UsageError
            If there is no estimand, or the law does not hold what it needs.
        """
        from causaldsl.graph.identification.evaluation import answer

        return answer(self, law)

    def verify(self, trials: int = 10, seed: int = 0) -> float:
        """Return how far the estimand is from the truth in random models; see `causaldsl.graph.identification.verify`.

        Examples
        --------
        >>> from causaldsl.graph.read import read_text
        >>> graph = read_text("node X, M, Y; X -> M -> Y; X <-> Y")
        >>> graph.identify("P(Y | do(X))").verify(trials=3) < 1e-9
        True
        """
        from causaldsl.graph.identification.verify import verify

        return verify(self, trials, seed)
