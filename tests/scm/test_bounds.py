"""Bounds against every coupling of the two worlds that the laws allow."""

import itertools

import numpy as np
import pytest
import torch

from causaldsl.errors import UsageError
from causaldsl.graph.expression import Counterfactual, Variable
from causaldsl.graph.question import Event, Probability
from causaldsl.graph.read import read_text
from causaldsl.scm.bounds import bounds_of
from causaldsl.scm.build import compile_graph
from tests.models import random_model

QUESTIONS = {
    "P(Y[X=0]=0 | X=1, Y=1)": (1, lambda y0, y1: y1 == 1, lambda y0, y1: y0 == 0),
    "P(Y[X=1]=1 | X=0, Y=0)": (0, lambda y0, y1: y0 == 0, lambda y0, y1: y1 == 1),
    "P(Y[X=0]=1, Y[X=1]=0)": (None, lambda y0, y1: True, lambda y0, y1: (y0, y1) == (1, 0)),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("seed", range(6))
def test_bounds_within_strata_are_met_by_the_extreme_couplings(question, seed):
    """With p0, p1 the laws of Y under X=0, X=1 given Z, a coupling is P(Y[X=0]=Y[X=1]=1), between two ends."""
    model, tables = random_model(read_text("binary Z, X, Y; Z -> X, Y; X -> Y"), seed)
    assert model.graph["Y"].parents == ("Z", "X")
    x_seen, evidence, asked = QUESTIONS[question]
    low = high = weight = 0.0
    for z in (0, 1):
        p0, p1 = tables["Y"][z, 0, 1], tables["Y"][z, 1, 1]
        of_z = tables["Z"].reshape(-1)[z] * (1 if x_seen is None else tables["X"][z, x_seen])
        shares = []
        for both in (max(0, p0 + p1 - 1), min(p0, p1)):
            units = {(1, 1): both, (1, 0): p0 - both, (0, 1): p1 - both, (0, 0): 1 - p0 - p1 + both}
            shares.append(sum(p for worlds, p in units.items() if evidence(*worlds) and asked(*worlds)))
        low += of_z * min(shares)
        high += of_z * max(shares)
        weight += of_z * sum(p for worlds, p in units.items() if evidence(*worlds))
    assert model.ask(question).bounds == pytest.approx((low / weight, high / weight), abs=1e-5)


def test_what_the_cause_changes_is_no_stratum():
    model, _ = random_model(read_text("binary Z, X, M, Y; Z -> X, Y; X -> M, Y; M -> Y"), 1)
    found = model.ask("P(Y[X=0]=0 | X=1, Y=1)")
    assert found.bounds[0] - 1e-6 <= found.value <= found.bounds[1] + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_what_a_world_on_the_right_sets_is_no_stratum(seed):
    model, _ = random_model(read_text("binary A, B, M, Y; A, B -> M; B, M -> Y"), seed)
    for question in ("P(Y[B=0]=1 | Y[A=1]=1)", "P(Y[B=1]=0 | M[A=0]=0)", "P(M[B=0]=1 | B=0, Y[A=1]=0)"):
        found = model.ask(question)
        low, high = found.bounds
        assert low <= found.value <= high


class Units:
    """Units of a confounded X -> Y: the law of (X, Y[X=0], Y[X=1], ..), and what the data tell of it."""

    def __init__(self, seed, causes, levels):
        rng = np.random.default_rng(seed)
        self.shape = (causes, *[levels] * causes)
        self.law = rng.dirichlet(np.full(causes * levels**causes, rng.choice([0.1, 1.0]))).reshape(self.shape)
        self.units = list(itertools.product(*map(range, self.shape)))

    def holds(self, unit, event):
        name = event.variable.name if isinstance(event.variable, Variable) else event.variable.world[0][1]
        found = unit[0] if name == "X" else unit[1 + (unit[0] if name == "Y" else name)]
        return found == event.value

    def probability(self, events, weights=None):
        law = self.law if weights is None else weights.reshape(self.shape)
        return float(sum(law[u] for u in self.units if all(self.holds(u, e) for e in events)))

    def numbers(self, asked):
        """Answer as a model does whose effects the data tell."""
        events = asked.events
        if asked.do:
            ((x, a),) = ((i.name, i.value) for i in asked.do)
            events = [Event(Counterfactual(e.name, ((x, a),)), "=", e.value) for e in events]
        return torch.tensor(self.probability(events), dtype=torch.float64)


def imagined(x, y):
    return Event(Counterfactual("Y", (("X", x),)), "=", y)


def seen(**values):
    return tuple(Event(Variable(name), "=", value) for name, value in values.items())


FORMS = {
    "necessity": ((imagined(0, 0),), seen(X=1, Y=1)),
    "sufficiency": ((imagined(1, 1),), seen(X=0, Y=0)),
    "both": ((imagined(1, 1), imagined(0, 0)), ()),
    "of the treated": ((imagined(0, 1),), seen(X=1)),
    "of those who have it": ((imagined(0, 0),), seen(Y=1)),
    "together": ((imagined(0, 1), *seen(X=1, Y=0)), ()),
    "of one value": ((imagined(0, 1), imagined(1, 1)), ()),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("causes", "levels"), [(2, 2), (3, 2), (2, 3), (3, 3)])
def test_bounds_hold_for_every_law(form, causes, levels):
    events, given = FORMS[form]
    widths = []
    for seed in range(12):
        units = Units(seed, causes, levels)
        if (evidence := units.probability(given)) > 1e-3:
            low, high = bounds_of(Probability(events, given=given), units.numbers)
            assert low - 1e-9 <= units.probability((*events, *given)) / evidence <= high + 1e-9
            widths.append(high - low)
    assert min(widths) < 0.95


@pytest.mark.parametrize("form", FORMS)
def test_bounds_without_an_effect_hold(form):
    events, given = FORMS[form]
    for seed in range(10):
        units = Units(seed, 3, 2)
        evidence = units.probability(given)
        if evidence > 1e-3:
            asked = Probability(events, given=given)
            told = bounds_of(asked, lambda part, u=units: None if part.do else u.numbers(part))
            closer = bounds_of(Probability(events, given=given), units.numbers)
            assert told[0] <= closer[0] + 1e-9
            assert closer[1] <= told[1] + 1e-9
            assert told[0] <= units.probability((*events, *given)) / evidence + 1e-9 <= told[1] + 2e-9


def test_what_fits_no_form_is_bounded_by_each_world_alone():
    for seed in range(20):
        units = Units(seed, 3, 2)
        events, given = (imagined(0, 1), imagined(1, 0)), (imagined(2, 1), *seen(X=0))
        truth = units.probability((*events, *given)) / units.probability(given)
        low, high = bounds_of(Probability(events, given=given), units.numbers)
        assert low - 1e-9 <= truth <= high + 1e-9


def test_bounds_of_tian_and_pearl_where_two_levels_are_confounded():
    for seed in range(10):
        units = Units(seed, 2, 2)
        p = {(x, y): units.probability(seen(X=x, Y=y)) for x in (0, 1) for y in (0, 1)}
        done = {x: units.probability((imagined(x, 1),)) for x in (0, 1)}
        y = p[0, 1] + p[1, 1]
        low = max(0, done[1] - done[0], y - done[0], done[1] - y)
        high = min(done[1], 1 - done[0], p[1, 1] + p[0, 0], done[1] - done[0] + p[1, 0] + p[0, 1])
        found = bounds_of(Probability((imagined(1, 1), imagined(0, 0))), units.numbers)
        assert found == pytest.approx((low, high), abs=1e-9)


def test_each_row_of_a_table_has_bounds():
    model, _ = random_model(read_text("binary X, Y; X -> Y"), 2)
    table = model.ask("P(Y[X=0] | X=1, Y)").table
    for row in table:
        alone = model.ask(f"P(Y[X=0]={row.at['Y[X=0]']} | X=1, Y={row.at['Y']})")
        assert row.bounds == pytest.approx(alone.bounds)
        assert row.as_json()["bounds"] == list(row.bounds)
    assert f"without that between {table[0].bounds[0]:.4f}" in str(model.ask("P(Y[X=0] | X=1, Y)"))
    assert all(row.bounds is None for row in model.ask("P(Y[X=0] | X=1)").table)


BOW = "binary X, Y; X -> Y; X <-> Y"


@pytest.mark.parametrize(
    "question",
    [
        "P(Y[X=0]=1 | X=1, Y=1)",
        "P(Y[X=0]=1 | X=1)",
        "E[Y[X=1] - Y[X=0]]",
        "P(Y[X=1], Y[X=0])",
        "P(X=1 | Y[X=1]=0)",
    ],
)
def test_what_no_data_tell_of_one_world_they_tell_not_of_two(question):
    model = compile_graph(read_text(BOW))
    with pytest.raises(UsageError, match=r"P\(Y \| do\(X=[01]\)\) is not identifiable"):
        model.ask(question)
    found = model.ask(question, allow_unidentified=True)
    assert "not identifiable" in found.warning
    assert "the unobserved causes are as they were learned" in found.assumption
    if question == "P(Y[X=0]=1 | X=1, Y=1)":
        assert found.bounds == pytest.approx((0, 1))


def test_what_is_told_is_answered_whatever_is_unobserved():
    model = compile_graph(read_text(BOW))
    assert model.ask("P(Y[X=0]=1 | X=0)").value == pytest.approx(model.ask("P(Y=1 | X=0)").value)
    door = compile_graph(read_text("binary X, M, Y; X -> M -> Y; X <-> Y"))
    found = door.ask("P(Y[X=0]=1 | X=1, Y=1)")
    assert found.warning is None
    assert found.bounds[0] - 1e-9 <= found.value <= found.bounds[1] + 1e-9
    assert door.ask("P(Y[X=0]=1 | X=1)").assumption.startswith("nothing beyond the graph")


def test_drawing_what_no_data_tell_says_so():
    model = compile_graph(read_text(BOW))
    assert any("P(Y | do(X)) is not identifiable" in note for note in model.sample(5, do={"X": 1}).notes)
    assert any("not identifiable" in note for note in model.sample(5, do={"X": ":= bernoulli(0.3)"}).notes)
    assert any("not identifiable" in note for note in model.counterfactual({"Y": 1}, {"X": 1}, n=5).notes)
    assert not model.sample(5, given={"X": 1}).notes
    assert not model.sample(5, do={"Y": 1}).notes
