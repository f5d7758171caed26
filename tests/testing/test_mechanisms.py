"""Every built-in mechanism keeps the laws, and each law finds the one that breaks it."""

import math
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import pytest
import torch
from torch import nn

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Binary, Real
from causaldsl.graph.read import read_text
from causaldsl.mechanisms.table import Table, TableOptions
from causaldsl.mechanisms.table_counts import CountedTable
from causaldsl.plugins.defaults import shape_of
from causaldsl.plugins.protocols import NodeShape
from causaldsl.plugins.registry import load, names
from causaldsl.scm.mechanism import Mechanism
from causaldsl.testing import check_mechanism
from causaldsl.testing.mechanisms import check_statement

EQUATIONS = """
binary A, B, N; categorical C {x, y, z}; real X, Y; real Z in [0, 1]
Y := 0.5*X - 2*A + normal(0, 1 + A)
Z := sigmoid(X + where(C == x, 1, -1) + normal(0, 1))
B := bernoulli(0.2 + 0.6*A)
N | A, C := [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6], [0.5, 0.5], [1, 0]]
"""


def shapes(text):
    graph = read_text(text)
    return [shape_of(graph, node) for node in graph.nodes if node.equation is not None]


@pytest.mark.parametrize("kind", names("mechanisms"))
def test_built_in_mechanisms_keep_the_laws(kind):
    check_mechanism(load("mechanisms", kind), shapes=shapes(EQUATIONS) if kind == "equation" else None)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("constant", {"p": 0.3}),
        ("neural", {"hidden": 4, "layers": 1}),
        ("table", {"prior": 0.0}),
        ("linear", {"ridge": 1.0}),
        ("flow", {"bins": 3, "hidden": 4}),
        ("wgan", {"noise": 1, "critic_steps": 1, "hidden": 4}),
    ],
)
def test_and_so_they_do_with_other_options(kind, options):
    plugin = load("mechanisms", kind)
    check_mechanism(plugin, plugin.options(**options))


NODE = NodeShape("Y", Binary(), (("A", Binary()),))


class Kind(Table):
    """A kind of mechanism as good as `table`, until something of it is replaced."""

    __module__ = Table.__module__  # which needs no torch, as this one does
    module: ClassVar[type] = CountedTable

    def build(self, shape, options):
        return self.module(shape, options)


class Gaussian(Mechanism):
    """A real node, normal around its parents' sum."""

    def __init__(self, shape, options):
        super().__init__(shape)
        self.mean = nn.Parameter(torch.rand(()))

    def noise(self, n, generator):
        return torch.randn(n, 1, generator=generator)

    def forward(self, parents, noise):
        return self.mean + parents.sum(-1) + noise[..., 0]

    def log_prob(self, parents, values):
        return -0.5 * (values - self.mean - parents.sum(-1)) ** 2 - 0.5 * math.log(2 * math.pi)

    def abduct(self, parents, values, noise, generator):
        return (values - self.mean - parents.sum(-1)).unsqueeze(-1), self.log_prob(parents, values).double()


def broken(base, **replaced):
    kind = Kind()
    kind.module = type("Broken", (base,), replaced)
    return kind


def learning(**methods):
    def learner(controller, nodes, rows, schedule):
        found = Table().learner(controller, nodes, rows, schedule)
        for name, method in methods.items():
            setattr(found, name, partial(method, found))
        return found

    return learner


def test_the_doubles_keep_the_laws():
    check_mechanism(Kind())
    real = broken(Gaussian)
    real.learner = lambda *_: None
    check_mechanism(real, shapes=[NodeShape("Y", Real(), (("A", Binary()), ("X", Real())))])


def halves(self, parents, values, noise, generator):
    """Noise on the right side of one half, and always the same."""
    return 0.25 + (values.unsqueeze(-1) == 0) / 2 + 0 * noise, self.log_prob(parents, values).double()


def two_regions(first, second):
    return lambda self, x: (torch.tensor([first, second]), torch.tensor([[0, 1]] * len(x)))


def same_law(*p):
    return lambda self, x: torch.tensor(p).log().expand(len(x), -1)


def as_it_was(dtype):
    return lambda self, x, values, noise, generator: (noise, torch.zeros(len(noise), dtype=dtype))


@pytest.mark.parametrize(
    ("law", "base", "replaced"),
    [
        ("noise has the shape", CountedTable, {"noise": lambda self, n, g: torch.rand(n, generator=g)}),
        ("equal generators", CountedTable, {"noise": lambda self, n, g: torch.rand(n, 1)}),
        ("equal causes and noise", Gaussian, {"forward": lambda self, x, e: e[..., 0] + torch.rand(len(e))}),
        ("noise is left", Gaussian, {"forward": lambda self, x, e: e.sub_(1)[..., 0] * 0}),
        ("generator that is passed", Gaussian, {"forward": lambda self, x, e: e[..., 0] + 0 * torch.rand(len(e))}),
        ("values have the shape", Gaussian, {"forward": lambda self, x, e: e}),
        ("values are float", CountedTable, {"forward": lambda self, x, e: (e[..., 0] > 0.5).long()}),
        ("levels' indices", CountedTable, {"forward": lambda self, x, e: e[..., 0]}),
        ("values are finite", Gaussian, {"forward": lambda self, x, e: e[..., 0] / 0}),
        ("in any company", Gaussian, {"forward": lambda self, x, e: e[..., 0] - e.mean()}),
        ("they sum to 1", CountedTable, {"log_probabilities": same_law(0.1, 0.8), "forward": CountedTable.forward}),
        ("drawn with their", CountedTable, {"forward": lambda self, x, e: (e[..., 0] < 0.3).float()}),
        ("only a discrete node", Gaussian, {"tabulates": True, "log_probabilities": same_law(0.5, 0.5)}),
        ("is what was seen", CountedTable, {"abduct": as_it_was(torch.float64)}),
        ("are float64", CountedTable, {"abduct": as_it_was(torch.float32)}),
        ("has the law of noise", CountedTable, {"abduct": halves}),
        ("weights sum to 1", CountedTable, {"regions": two_regions(0.5, 0.4)}),
        ("as the noise falls", CountedTable, {"regions": two_regions(0.8, 0.2)}),
    ],
)
def test_each_law_finds_what_breaks_it(law, base, replaced):
    kind = broken(base, **replaced)
    shape = NODE
    if base is Gaussian:
        kind.learner = lambda *_: None
        shape = NodeShape("Y", Real(), NODE.parents)
    with pytest.raises(AssertionError, match=law) as found:
        check_mechanism(kind, shapes=[shape])
    assert str(found.value).startswith(f"a {shape.domain} node of binary: ")


class Hidden(Gaussian):
    """Some of what it is stands in no state."""

    def __init__(self, shape, options):
        super().__init__(shape, options)
        self.offset = torch.rand(())

    def forward(self, parents, noise):
        return super().forward(parents, noise) + self.offset


@pytest.mark.parametrize(
    ("vectorises", "law"),
    [(True, "`forward` of many at once"), (False, "the weights are all that two of one shape")],
)
def test_weights_that_are_not_in_the_state(vectorises, law):
    kind = broken(Hidden, vectorises=vectorises)
    kind.learner = lambda *_: None
    with pytest.raises(AssertionError, match=law):
        check_mechanism(kind, shapes=[NodeShape("Y", Real(), ())])


def counts(learner):
    return learner.networks["nodes"]["node:Y0"].counts


def forgetful(learner, state):
    counts(learner).fill_(7)


@pytest.mark.parametrize(
    ("law", "step", "methods"),
    [
        ("the loss `nll` is finite", lambda learner: {"nll": math.nan}, {}),
        ("the loss `nll` is a float", lambda learner: {"nll": torch.zeros(())}, {}),
        ("`.*Y0.counts` is the same bit by bit", lambda learner: counts(learner).copy_(torch.rand(2, 2)), {}),
        ("`.*Y0.counts` is the same bit by bit", lambda learner: None, {"load_state": forgetful}),
        ("`.*Y0.counts` is finite", lambda learner: counts(learner).fill_(math.inf), {}),
    ],
)
def test_each_law_of_learning_finds_what_breaks_it(law, step, methods):
    def losses(learner, t):
        found = step(learner)
        return found if isinstance(found, dict) else {}

    kind = Kind()
    kind.learner = learning(step=losses, **methods)
    with pytest.raises(AssertionError, match=law):
        check_mechanism(kind, shapes=[NODE])


class Refusing(Kind):
    """A kind that makes nothing."""

    __module__ = Table.__module__

    def check(self, shape, options):
        raise UsageError("never")


def test_a_kind_that_refuses_all_nodes_is_not_checked_in_silence():
    with pytest.raises(AssertionError, match="refuses all nodes"):
        check_mechanism(Refusing())


@dataclass
class Loose:
    size: int = 1


@dataclass(frozen=True)
class Demanding:
    size: int


@pytest.mark.parametrize(
    ("law", "stated"),
    [
        ("a dataclass", {"options": dict}),
        ("are frozen", {"options": Loose}),
        ("has a default: size", {"options": Demanding}),
        ("names what it can make", {"domains": frozenset()}),
        ("not \\['image'\\]", {"domains": frozenset({"image"})}),
        ("not \\['picture'\\]", {"parent_domains": frozenset({"picture"})}),
        ("`abducts` is True or False", {"abducts": "no"}),
        ("`abducts` names domains that it makes", {"abducts": frozenset({"real"})}),
        ("`latents` names the way", {"latents": True}),
        ("has `options`", {"learner": None, "build": None, "domains": None, "options": None}),
        ("without torch", {}),
    ],
)
def test_what_is_stated_wrongly_is_found(law, stated):
    plugin = object() if law == "has `options`" else type("Odd", (Table,), {"options": TableOptions, **stated})()
    with pytest.raises(AssertionError, match=law):
        check_statement(plugin)
