import pytest

from causaldsl.errors import UsageError
from causaldsl.graph.read import read_text


def test_each_variable_stands_once() -> None:
    """Shpitser and Pearl 2008, figure 9: D and its children are the same in both worlds but for what X causes."""
    graph = read_text("binary X, D, W, Z, Y; X -> W -> Y; D -> Z -> Y; X <-> Y")
    found = graph.counterfactual_graph("P(Y[X=1]=1 | X=0, Z[D=0]=1, D=0)")
    assert found.consistent
    assert [node.name for node in found.graph] == ["X=1", "X", "D", "W[X=1]", "Z", "Y[X=1]"]
    assert found.graph.edges == (
        ("X=1", "W[X=1]", "->"),
        ("D", "Z", "->"),
        ("W[X=1]", "Y[X=1]", "->"),
        ("Z", "Y[X=1]", "->"),
        ("X", "Y[X=1]", "<->"),
    )
    assert dict(found.variables) == {"Y[X=1]": "Y[X=1]", "X": "X", "Z[D=0]": "Z", "D": "D"}
    assert dict(found.values) == {"Y[X=1]": "Y=1", "X": "X=0", "Z": "Z=1", "D": "D=0"}


def test_what_was_seen_makes_worlds_the_same() -> None:
    graph = read_text("binary X, Y; X -> Y")
    assert [n.name for n in graph.counterfactual_graph("P(Y[X=1]=1 | X=1)").graph] == ["X=1", "X", "Y[X=1]"]
    same = graph.counterfactual_graph("P(Y[X=1]=1, Y=1 | X=1)")
    assert [n.name for n in same.graph] == ["X", "Y"]
    assert dict(same.variables) == {"Y[X=1]": "Y", "Y": "Y", "X": "X"}
    assert not graph.counterfactual_graph("P(Y[X=1]=1, Y=0 | X=1)").consistent


def test_copies_share_their_noise_and_what_confounds_them() -> None:
    graph = read_text("binary X, A, B; X -> A, B; A <-> B")
    found = graph.counterfactual_graph("P(A[X=0]=1, A[X=1]=1, B=1)")
    assert {frozenset(pair) for pair in found.graph.confounded} == {
        frozenset(pair) for pair in (("A[X=0]", "A[X=1]"), ("A[X=0]", "B"), ("A[X=1]", "B"))
    }


def test_a_world_within_a_world_is_an_arrow_from_it() -> None:
    graph = read_text("binary X, M, Y; X -> M -> Y; X -> Y")
    found = graph.counterfactual_graph("P(Y[X=1, M=M[X=0]]=1)")
    assert ("M[X=0]", "Y[X=1, M=M[X=0]]", "->") in found.graph.edges
    assert ("X=1", "Y[X=1, M=M[X=0]]", "->") in found.graph.edges


def test_open_names_and_what_holds_by_itself() -> None:
    graph = read_text("binary X, Y; X -> Y")
    found = graph.counterfactual_graph("P(Y[X=1], X[X=1]=1)")
    assert dict(found.values) == {"Y[X=1]": "Y"}
    assert dict(found.variables) == {"Y[X=1]": "Y[X=1]"}
    with pytest.raises(UsageError, match="C321"):
        graph.counterfactual_graph("P(X[Y=1], X)")


def test_no_two_variables_have_one_name() -> None:
    """What the worlds set matters to Y by way of C alone, which is another variable in each of them."""
    graph = read_text("binary P, Q, W, V, C, Y; Q -> V; W, V -> C -> Y")
    found = graph.counterfactual_graph("P(C[W=1]=0, Y[P=0]=1, C[V=1]=1, Y[Q=0]=0 | V=0, V[Q=0]=1, W=1)")
    assert found.graph is not None
    assert [node.name for node in found.graph][-4:] == ["C[W=1]", "C[V=1]", "Y", "Y'"]
    assert found.graph["Y"].parents == ("C[W=1]",)
    assert found.graph["Y'"].parents == ("C[V=1]",)
    assert {name: node for name, node in found.variables if name.startswith("Y")} == {"Y[P=0]": "Y", "Y[Q=0]": "Y'"}
