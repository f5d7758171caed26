"""Every kind of mechanism of levels tells what would have been, exactly where it has a table."""

import pytest
import torch

from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph


@pytest.mark.parametrize("kind", ["neural", "linear", "table", "constant(p=0.3)"])
def test_two_levels_share_one_uniform(kind):
    model = compile_graph(read_text(f"binary X, Z, Y; X, Z -> Y; X, Z ~ constant(p=0.5); Y ~ {kind}"))
    if kind == "table":
        model.controller["Y"].counts.copy_(torch.tensor([[1.0, 3.0], [2.0, 2.0], [8.0, 1.0], [1.0, 8.0]]))
    law = model.controller.law("Y")[:, 1].reshape(2, 2)
    for x in (0, 1):
        for z in (0, 1):
            p, q = law[x, z].item(), law[1 - x, z].item()
            asked = f"P(Y[X={1 - x}]=1 | X={x}, Z={z}, Y=1)"
            assert model.ask(asked).value == pytest.approx(min(p, q) / p, abs=1e-6)


@pytest.mark.parametrize("kind", ["neural", "linear", "table"])
def test_three_levels_keep_what_did_not_change(kind):
    model = compile_graph(read_text(f"binary X; categorical Y {{a, b, c}}; X -> Y; X ~ constant(p=0.5); Y ~ {kind}"))
    assert model.ask("P(Y[X=1]=b | X=1, Y=b)").value == pytest.approx(1)
    drawn = model.counterfactual({"X": 1, "Y": "b"}, {"X": 0}, n=2000)["Y"]
    assert drawn.eq(1).double().mean() > model.controller.law("Y")[0, 1]  # Gumbel-max: what was stays likelier
