"""The public strategies: what they draw can be used, differs enough, and shrinks to what one can read."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import pretty

import causaldsl
from causaldsl.errors import RunError, UsageError
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.parse_question import parse_question
from causaldsl.graph.question import Numeric
from causaldsl.graph.read import read_text
from causaldsl.plugins.defaults import learned
from causaldsl.scm.build import compile_graph
from causaldsl.testing import admgs, graphs, interventions, questions, scms
from causaldsl.testing.strategies import models

KINDS = ("discrete", "linear", "mixed")
LINEAR = "real A, B; A := normal(0, 1); B := A + normal(0, 1)"
MANY = settings(max_examples=3000, database=None, suppress_health_check=[HealthCheck.too_slow])
"""`find` draws until it has found; what it draws first depends on which modules are loaded."""
FIRST = settings(MANY, phases=[Phase.generate])


@pytest.mark.parametrize(
    ("wanted", "edges"),
    [
        (lambda g: True, ()),
        (lambda g: [arrow for *_, arrow in g.edges] == ["->"], (("A", "B", "->"),)),
        (
            lambda g: not g.latents + g.confounded and any(len(n.parents) == 2 for n in g),
            (("A", "C", "->"), ("B", "C", "->")),
        ),
        (lambda g: len(g.confounded) == 1, (("A", "B", "<->"),)),
        (lambda g: len(g.latents) == 1, (("U", "A", "->"), ("U", "B", "->"))),
    ],
)
def test_graphs_shrink_to_small_ones(wanted, edges):
    graph = find(graphs(), wanted, settings=MANY)
    assert graph.edges == edges
    assert [n.name for n in graph.nodes] == sorted({name for a, b, _ in edges for name in (a, b)}) or ["A"]


@given(admgs(4))
def test_admgs_are_bare(graph):
    assert graph.latents == ()
    assert {node.domain for node in graph.nodes} == {None}


@pytest.mark.parametrize(
    "wanted",
    [
        lambda g: g.columns != tuple(sorted(g.columns)),  # the order of declaration says nothing
        lambda g: g.order[0] == "B",
        lambda g: len(g.nodes) == 6 and len(g.edges) > 9,
        lambda g: len(g.confounded) == 3,
        lambda g: len({n.domain for n in g.nodes}) == 4,
    ],
)
def test_graphs_are_of_many_kinds(wanted):
    find(graphs(), wanted, settings=FIRST)


def test_what_is_not_wanted_is_not_drawn():
    @given(graphs(3, min_nodes=2, latents=False, confounded=False))
    def check(graph):
        assert 2 <= len(graph.nodes) <= 3
        assert not graph.latents
        assert not graph.confounded

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_models_are_simulators(kind):
    @given(scms(kind=kind))
    @settings(max_examples=20)
    def check(graph):
        assert learned(graph) == ()
        assert graph.warnings == ()
        sample = compile_graph(graph).sample(20)
        assert tuple(sample) == graph.columns

    check()


def test_every_combination_can_come_about():
    @given(scms(3))
    @settings(max_examples=20)
    def check(graph):
        model = compile_graph(graph)
        assert all(row.p > 0 for row in model.ask(f"P({', '.join(graph.columns)})").table)

    check()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("discrete", "binary A, B; A := [[0.5, 0.5]]; B | A := [[0.5, 0.5], [0.5, 0.5]]"),
        ("linear", LINEAR),
    ],
    ids=["discrete", "linear"],
)
def test_models_shrink_to_readable_ones(kind, text):
    graph = find(scms(kind=kind), lambda g: len(g.edges) == 1, settings=MANY)
    assert graph == read_text(text)


def test_a_counterexample_is_shown_as_its_text():
    assert pretty(read_text("binary A, B; A -> B")) == 'causaldsl.parse("""\n    binary A, B\n\n    A -> B\n""")'


@given(models(3) | scms(3))
@settings(max_examples=20)
def test_a_counterexample_can_be_pasted(graph):
    assert eval(pretty(graph), {"causaldsl": causaldsl}) == (graph if graph.name else replace(graph, title=""))


@pytest.mark.parametrize("kind", KINDS)
def test_interventions_can_be_done(kind):
    @given(st.data())
    @settings(max_examples=15)
    def check(data):
        graph = data.draw(scms(3, kind=kind))
        do = data.draw(interventions(graph, soft=True))
        assert 1 <= len(do) <= 2
        sample = compile_graph(graph).sample(5, do=do).to_pandas()
        hard = {name: value for name, value in do.items() if not str(value).startswith(":=")}
        assert all((sample[name] == value).all() for name, value in hard.items())

    check()


def test_intervals_are_kept_to():
    graph = read_text("real A in [3, 4]; image F[3, 32, 32]; latent U; node N; U -> A -> F")

    @given(interventions(graph))
    def check(do):
        assert set(do) == {"A"}
        assert 3 <= do["A"] <= 4

    check()


@given(st.data())
@settings(max_examples=50)
def test_questions_can_be_asked(data):
    graph = data.draw(graphs(4))
    meaning = parse_question(data.draw(questions(graph, 0)), graph)
    assert not isinstance(meaning, Numeric)
    assert graph.ask(meaning) is not None


@pytest.mark.parametrize("rung", [1, 2, 3])
def test_questions_about_numbers_are_answered(rung):
    @given(st.data())
    @settings(max_examples=25)
    def check(data):
        graph = data.draw(scms(3, kind=data.draw(st.sampled_from(KINDS))))
        text = data.draw(questions(graph, rung))
        assert max(q.rung for q in parse_question(text, graph).quantities) == rung
        try:
            answer = compile_graph(graph).ask(text, draws=1000)
        except RunError as error:
            assert "probability zero" in str(error)  # noqa: PT017 - what else goes wrong fails
        else:
            assert answer.table or answer.value is not None

    check()


def test_every_form_of_question_is_drawn():
    graph = read_text("binary A; real B; latent U; A, U -> B")
    for piece in (
        "_||_",
        "ancestor",
        "adjustment",
        "instruments",
        "independencies",
        "identifiable",
        "do(",
        "[A=",
        "E[",
    ):
        find(questions(graph), lambda text, piece=piece: piece in text, settings=FIRST)


def test_a_graph_without_labels_has_no_numbers():
    graph = read_text("node A, B; A -> B")
    assert find(questions(graph), lambda text: "_||_" in text) == "A _||_ B"
    for strategy in (lambda: questions(graph, 1), lambda: interventions(graph)):
        with pytest.raises(UsageError, match="has no label"):
            strategy()


@given(st.from_type(CausalGraph))
def test_graphs_come_by_their_type(graph):
    assert len(graph.nodes) >= 1
