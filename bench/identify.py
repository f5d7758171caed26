"""Identification, beside the peers: `OMP_NUM_THREADS=1 python bench/identify.py`.

Speed: CPU milliseconds an effect on a graph of 1,000 nodes, 1,500 arrows and 100 common causes, for effects of which
several districts are made. Numbers: how many estimands for small random graphs are off in a random model. y0 and dowhy
are peers where they can be imported (`PYTHONPATH=DIR` after `pip install --no-deps --target DIR ..`), and left out, and
said to be, where not.
"""

from __future__ import annotations

import argparse
import importlib
import random
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import networkx as nx

from causaldsl.errors import UsageError
from causaldsl.graph.districts import districts
from causaldsl.graph.identification.algebra import product
from causaldsl.graph.identification.estimand import ONE, Estimand, Factor, Ratio, Sum, Symbol
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.make import make_graph

Effect = tuple[str, str]


def random_graph(n: int, m: int, common: int, seed: int, reach: int) -> CausalGraph:
    """A graph whose arrows and common causes join nodes that are not far from each other, so that chains are long."""
    draw = random.Random(seed)
    pairs: dict[str, set[tuple[int, int]]] = {"->": set(), "<->": set()}
    for sign, count in (("->", m), ("<->", common)):
        while len(pairs[sign]) < count:
            a = draw.randrange(n - 1)
            pairs[sign].add((a, min(n - 1, a + draw.randint(1, reach))))
    edges = [(f"V{a}", f"V{b}", sign) for sign, found in pairs.items() for a, b in sorted(found)]
    graph = make_graph([Node(f"V{i}", None) for i in range(n)], edges)
    assert graph.links
    return graph


def of_several_districts(graph: CausalGraph, count: int, least: int) -> list[Effect]:
    """Effects whose ancestors hold some districts of several nodes, one of which is cut by what is done."""
    draw, names = random.Random(2), [node.name for node in graph]
    found: list[Effect] = []
    while len(found) < count:
        x = draw.choice(names)
        y = draw.choice(sorted(graph.descendants({x})))
        above = graph.subgraph(graph.ancestors({y}))
        large = [district for district in districts(above) if len(district) > 1]
        if x != y and len(large) >= least and any(x in district for district in large):
            found.append((x, y))
    return found


LIMIT = 60
"""Seconds that one answer may take."""


def milliseconds(ask: Callable[..., Any], effects: Sequence[Effect], passes: int) -> list[float]:
    """The CPU time of each effect, the least of some passes; infinite where it takes too long."""
    best = [float("inf")] * len(effects)
    for _ in range(passes):
        for i, (x, y) in enumerate(effects):
            signal.setitimer(signal.ITIMER_REAL, LIMIT)
            try:
                begun = time.process_time()
                ask(x, y)
                best[i] = min(best[i], (time.process_time() - begun) * 1e3)
            except TimeoutError:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
    return best


def too_long(*_: object) -> None:
    raise TimeoutError


def peer(module: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(module)
    except ImportError as error:
        print(f"{module} is left out: {error}")
        return None


def row(who: str, times: Sequence[float], ours: Sequence[float]) -> None:
    if max(times) == float("inf"):
        print(f"{who:12} {f'over {LIMIT} s':>10}", flush=True)
        return
    ratio = sum(times) / sum(ours[: len(times)])
    print(f"{who:12} {sum(times) / len(times):10.2f} {max(times):10.2f} {ratio:10.1f}", flush=True)


class Y0:
    """y0, asked about our graphs."""

    def __init__(self) -> None:
        self.dsl, self.graph = peer("y0.dsl"), peer("y0.graph")
        self.algorithm = peer("y0.algorithm.identify")

    def __bool__(self) -> bool:
        return self.algorithm is not None

    def mixed(self, graph: CausalGraph) -> Any:
        directed = [(a, b) for a, b, sign in graph.edges if sign == "->"]
        return self.graph.NxMixedGraph.from_str_edges(
            nodes=[node.name for node in graph], directed=directed, undirected=list(graph.confounded)
        )

    def identify(self, mixed: Any, x: str, y: str) -> Any:
        """Their estimand, or None."""
        v = self.dsl.Variable
        asked = self.algorithm.Identification.from_parts(outcomes={v(y)}, treatments={v(x)}, graph=mixed)
        try:
            return self.algorithm.identify(asked)
        except self.algorithm.Unidentifiable:
            return None

    def ours(self, theirs: Any) -> Estimand:
        """Their estimand in our words."""
        dsl = self.dsl
        if isinstance(theirs, dsl.Sum):
            return Sum(tuple(sorted(Symbol(v.name) for v in theirs.ranges)), self.ours(theirs.expression))
        if isinstance(theirs, dsl.Product):
            return product(self.ours(part) for part in theirs.expressions)
        if isinstance(theirs, dsl.Fraction):
            return Ratio(self.ours(theirs.numerator), self.ours(theirs.denominator))
        if isinstance(theirs, dsl.Probability):
            sides = (theirs.children, theirs.parents)
            return Factor(*(tuple(Symbol(v.name) for v in side) for side in sides))
        assert isinstance(theirs, dsl.One), theirs
        return ONE


def speed(n: int, y0: Y0) -> None:
    graph = random_graph(n, n * 3 // 2, n // 10, seed=1, reach=n // 20)
    effects = of_several_districts(graph, 40, least=3)
    answers = [graph.identify(f"P({y} | do({x}))") for x, y in effects]
    above = [len(graph.ancestors({y})) for _, y in effects]
    print(
        f"n = {n:,}: {len(effects)} effects, {sum(map(bool, answers))} of them identifiable, "
        f"{sum(above) / len(above):.0f} ancestors in the mean"
    )
    print(f"{'':12} {'mean ms':>10} {'most ms':>10} {'ratio':>10}")
    ours = milliseconds(lambda x, y: graph.identify(f"P({y} | do({x}))"), effects, 5)
    row("causaldsl", ours, ours)
    if n <= 1_000:
        if y0:
            mixed = y0.mixed(graph)
            row("y0", milliseconds(lambda x, y: y0.identify(mixed, x, y), effects[:3], 1), ours)
        if (dowhy := peer("dowhy.causal_identifier.id_identifier")) is not None:
            dag = nx.DiGraph(graph.nx)  # it knows no latents: what it says is about another graph
            row("dowhy *", milliseconds(lambda x, y: dowhy.identify_effect_id(dag, x, y), effects[:1], 1), ours)
            print("* without regard to what is latent")


def numbers(count: int, y0: Y0) -> None:
    """Estimands of small graphs in a random model of each."""
    wrong: dict[str, int] = {"causaldsl": 0, "y0": 0}
    identified = differ = failed = 0
    for seed in range(count):
        draw = random.Random(seed)
        n = draw.randint(3, 6)
        pairs = [(a, b) for b in range(n) for a in range(b)]
        edges = [(f"V{a}", f"V{b}", "->") for a, b in pairs if draw.random() < 0.5]
        edges += [(f"V{a}", f"V{b}", "<->") for a, b in pairs if draw.random() < 0.25]
        graph = make_graph([Node(f"V{i}", None) for i in range(n)], edges)
        x, y = draw.sample([node.name for node in graph], 2)
        found = graph.identify(f"P({y} | do({x}))")
        if found:
            identified += 1
            wrong["causaldsl"] += found.verify(trials=1, seed=seed) > 1e-9
        if not y0:
            continue
        theirs = y0.identify(y0.mixed(graph), x, y)
        differ += (theirs is not None) != found.identifiable
        if found and theirs is not None:
            try:
                wrong["y0"] += replace(found, estimand=y0.ours(theirs)).verify(trials=1, seed=seed) > 1e-9
            except UsageError:
                failed += 1
    print(f"{count} effects in graphs of 3 to 6 nodes, {identified} identifiable; wrong in a random model:")
    print(f"{'causaldsl':12} {wrong['causaldsl']:6}")
    if y0:
        print(f"{'y0':12} {wrong['y0']:6}, another verdict {differ} times, no number {failed} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--effects", type=int, default=1_000)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, too_long)
    y0 = Y0()
    for n in arguments.sizes:
        speed(n, y0)
    numbers(arguments.effects, y0)


if __name__ == "__main__":
    main()
