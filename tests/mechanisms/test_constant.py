"""`constant` is what it says, whatever its causes."""

import pytest
import torch

from causaldsl.errors import GraphError, RunError
from causaldsl.graph.read import read_text
from causaldsl.scm.build import compile_graph


def drawn(text, **how):
    return compile_graph(read_text(text)).sample(2000, **how)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("binary A; A ~ constant", 0),
        ("binary A; A ~ constant(value=1)", 1),
        ("categorical A {x, y}; A ~ constant(value=x)", 0),
        ("categorical A {x, y}; A ~ constant(value=y)", 1),
        ("categorical A {0..9}; A ~ constant(value=7)", 7),
        ("real A; A ~ constant", 0.0),
        ("real A; A ~ constant(value=-2.5)", -2.5),
        ("real A in [3, 5]; A ~ constant(value=3)", 3.0),
    ],
)
def test_it_is_always_the_same(text, value):
    assert drawn(text)["A"].eq(value).all()


def test_probabilities_are_the_same_whatever_the_causes():
    text = "binary A, B; categorical C {x, y, z}; A -> B, C\nA ~ constant(p=0.5); B ~ constant(p=0.25)\n"
    model = compile_graph(read_text(text + "C ~ constant(p=[0.2, 0, 0.8])"))
    law = model.joint().marginal("A", "B", "C")
    expected = (
        torch.tensor([0.5, 0.5])[:, None, None] * torch.tensor([0.75, 0.25])[:, None] * torch.tensor([0.2, 0, 0.8])
    )
    torch.testing.assert_close(law, expected.double(), atol=1e-6, rtol=0)


def test_a_number_that_it_never_is_has_probability_zero():
    model = compile_graph(read_text("real A; A ~ constant(value=2)"))
    assert model.sample(3, given={"A": 2})["A"].tolist() == [2.0] * 3
    with pytest.raises(RunError, match="probability zero"):
        model.sample(3, given={"A": 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("binary A; A ~ constant(value=1, p=0.5)", "give `value` or `p`"),
        ("binary A; A ~ constant(p=1.5)", "whose sum is 1"),
        ("binary A; A ~ constant(p=[0.5, 0.6])", "whose sum is 1"),
        ("binary A; A ~ constant(p=[half, half])", "whose sum is 1"),
        ("categorical A {x, y, z}; A ~ constant(p=[0.5, 0.5])", "2 probabilities for 3 levels"),
        ("real A in [3, 5]; A ~ constant", "0 is outside"),
        ("categorical A {x, y}; A ~ constant", "no level `0`"),
        ("real A; A ~ constant(p=0.5)", "a real node has no probabilities"),
        ("binary A; A ~ constant(value=2)", "no level `2`"),
        ("real A; A ~ constant(value=much)", "not a number"),
    ],
)
def test_what_cannot_be_is_refused(text, message):
    with pytest.raises(GraphError, match=message):
        compile_graph(read_text(text))
