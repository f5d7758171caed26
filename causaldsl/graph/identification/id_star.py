r"""ID*: the probability of counterfactual claims, from experiments, and from what is seen where that is enough.

Once each variable of the claims stands once in the counterfactual graph (see `parallel`), their probability is the sum,
over the values of the variables that are not claimed, of

    P(every variable V has its value, had its causes been set to their values)

which is a product over the groups of variables that share unobserved causes [1]_, [2]_. A group that holds no node
twice, and gives every node only one value, whether it is in the group or set for it, is about one world: its factor is
`P(S | do(..))`, which an experiment shows. A group that would need a node to be two things at once is about worlds that
nobody sees together, and then no experiment identifies the claims: such is the probability of necessity and
sufficiency, `P(Y[X=1]=1, Y[X=0]=0)`, in any graph in which X causes Y.

Each `P(S | do(..))` is a factor `Q[S]`, and ID (see `effects`) says whether what is seen identifies it too.

Unlike in the pseudo-code of [1]_, values that the sum runs over are variables, never values that might by chance agree
with others: a group in which one stands where another value is set is about several worlds for some of its values, and
is not identified.

References
----------
.. [1] Shpitser and Pearl, "Complete identification methods for the causal hierarchy", Journal of Machine Learning
   Research 9, 2008 (shpitser2008).
.. [2] Correa, Lee and Bareinboim, "Nested counterfactual identification from arbitrary surrogate experiments", NeurIPS
   2021 (correa2021).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from causaldsl.graph.identification.algebra import product
from causaldsl.graph.identification.c_factors import CFactors
from causaldsl.graph.identification.effects import q
from causaldsl.graph.identification.estimand import ZERO, Estimand, Factor, Symbol, Term
from causaldsl.graph.identification.hedge import Forests
from causaldsl.graph.identification.mixed import Mixed
from causaldsl.graph.identification.names import renamed
from causaldsl.graph.identification.parallel import Claim, Depends, Impossible, Parallel, World, settle, tied
from causaldsl.graph.identification.sums import total


@dataclass(frozen=True)
class Crossed:
    """A group of variables that is about several worlds.

    Parameters
    ----------
    group : tuple of (int, tuple of (int, Symbol or Fixed))
        The variables: nodes, each with what its world sets.
    node : int
        The node that would have to have two values at once.
    """

    group: tuple[tuple[int, World], ...]
    node: int


@dataclass(frozen=True)
class Computed:
    """How a probability is computed.

    Parameters
    ----------
    experiments : Estimand
        From laws under interventions.
    seen : Estimand or Forests
        From what is seen; or the hedge of the first factor for which that is not possible.
    """

    experiments: Estimand
    seen: Estimand | Forests


Failure = Crossed | Depends


def id_star(graph: Mixed, claims: Sequence[Claim], bound: Iterable[Symbol] = ()) -> Computed | Failure:
    """Identify the probability of claims.

    Parameters
    ----------
    graph : Mixed
        The graph.
    claims : sequence of Claim
        What is claimed, jointly.
    bound : iterable of Symbol
        Variables in the claims that are summed over.

    Returns
    -------
    Computed, Crossed or Depends
        What to compute; or the group that no experiment shows; or the open variable on whose value the answer depends.
    """
    settled = settle(graph, claims, bound)
    if isinstance(settled, Depends):
        return settled
    if isinstance(settled, Impossible):
        return Computed(ZERO, ZERO)
    found, left = settled
    values = _values(graph, found, left)
    open_to = {s for claim in left for s in _symbols(claim)} - set(bound)
    groups = sorted(tied(graph, found), key=lambda group: -group[-1])
    known = CFactors(graph, graph.ancestors(variant.node for variant in found.variants))
    factors = [_factor(known, found, values, open_to, group) for group in groups]
    failures = [factor for factor in factors if not isinstance(factor, Computed)]
    if failures:
        return min(failures, key=lambda failure: isinstance(failure, Depends))
    computed = [factor for factor in factors if isinstance(factor, Computed)]
    summed = [s for s in dict.fromkeys(values) if isinstance(s, Symbol) and s not in open_to]
    experiments = total(summed, product(factor.experiments for factor in computed))
    hedges = [factor.seen for factor in computed if isinstance(factor.seen, Forests)]
    if hedges:
        return Computed(experiments, hedges[0])
    return Computed(experiments, total(summed, product(f.seen for f in computed if isinstance(f.seen, Estimand))))


def _symbols(claim: Claim) -> Iterator[Symbol]:
    yield from (term for term in (claim.value, *(t for _, t in claim.world)) if isinstance(term, Symbol))


def _values(graph: Mixed, found: Parallel, claims: Iterable[Claim]) -> list[Term]:
    """Return for each variable its value, or a variable of its own that the sum runs over."""
    taken = {symbol for claim in claims for symbol in _symbols(claim)}
    values: list[Term] = []
    for variant in found.variants:
        if variant.value is not None:
            values.append(variant.value)
            continue
        symbol = Symbol(graph.names[variant.node])
        while symbol in taken:
            symbol = Symbol(symbol.node, symbol.primes + 1)
        taken.add(symbol)
        values.append(symbol)
    return values


def _factor(
    known: CFactors, found: Parallel, values: Sequence[Term], open_to: Collection[Term], group: Iterable[int]
) -> Computed | Failure:
    """Compute the factor of a group, if it gives every node one value."""
    variants = [found.variants[i] for i in group]
    wanted = [(cause, values[at] if isinstance(at, int) else at) for v in variants for cause, at in v.sources]
    wanted += [(found.variants[i].node, values[i]) for i in group]
    setting: dict[int, Term] = {}
    unclear: list[Symbol] = []
    for node, term in wanted:
        other = setting.setdefault(node, term)
        if other != term:
            symbols = [t for t in (term, other) if isinstance(t, Symbol)]
            if not symbols or not all(symbol in open_to for symbol in symbols):
                return Crossed(tuple((v.node, v.world) for v in variants), node)
            unclear += symbols
    if unclear:
        return Depends(unclear[0])
    return _one_world(known, [v.node for v in variants], setting)


def _one_world(known: CFactors, nodes: list[int], setting: Mapping[int, Term]) -> Computed:
    """Compute the factor of a group that is about one world."""
    inside = set(nodes)
    done = tuple(setting[node] for node in sorted(setting) if node not in inside)
    experiments = Factor(tuple(setting[node] for node in sorted(inside)), (), done)
    law = q(known, inside)
    if isinstance(law, Forests):
        return Computed(experiments, law)
    terms = {known.symbol(node): term for node, term in setting.items()}
    return Computed(experiments, renamed(law, known.graph.rank, terms))
