"""Bounds against every coupling of the two worlds that the laws allow."""

import pytest

from causaldsl.graph.read import read_text
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
