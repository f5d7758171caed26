import pytest

from causaldsl.check.assertions import judge
from causaldsl.errors import UsageError
from causaldsl.graph.answers import AdjustmentSets, Verdict
from causaldsl.graph.ask import ask
from causaldsl.graph.read import read_text

GRAPH = read_text(
    'binary X, Y, W, M, Z, "odd one"\nlatent U\nW -> X -> M -> Y; W -> Y; U -> X, Z\ngroup G = X, Y; Z, G -> "odd one"'
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("X _||_ Y | W", "false: the path X -> M -> Y is open"),
        ("Z _||_ Y | X", "false: the path Z <- U -> X <- W -> Y is open, since X is given"),
        ("Z _||_ Y | X, U", "true: every path between them is blocked"),
        ("not Z _||_ Y", "true: the path Z <- U -> X -> M -> Y is open"),
        ("ancestor W -> Y", "true: W -> Y"),
        ("ancestor U -> Y", "true: U -> X -> M -> Y"),
        ("ancestor Y -> W", "false: no directed path leads from Y to W, but one leads back: W -> Y"),
        ("ancestor W -> Z", "false: no directed path leads from W to Z"),
        ("adjustment X -> Y", "{W}"),
        ("adjustment Y -> X", "{W, M}"),
        ("adjustment X -> Z", "there is no adjustment set"),
        ("adjustment W -> Z", "{}"),
        ("adjustment X -> Y | W", "true: given W, no path that is not causal is open"),
        ("adjustment X -> Y | {}", "false: the path X <- W -> Y is open"),
        ("adjustment W -> X | {}", "true: no path that is not causal is open"),
        ("adjustment X -> Y | W, M", "false: M lies on the causal path X -> M -> Y"),
        ('adjustment X -> Y | W, "odd one"', 'false: "odd one" is an effect of Y on the causal path X -> M -> Y'),
        ("instruments M -> Y", "X | W\nZ"),
        ("instruments X -> W", "Z"),
        ("not instruments M -> Y", "false: for example X | W"),
        ("not adjustment X -> Y", "false: for example {W}"),
        ("not adjustment X -> Z", "true: there is no adjustment set"),
    ],
)
def test_answers_and_their_reasons(question: str, answer: str) -> None:
    assert str(ask(GRAPH, question)) == answer


def test_lists_of_pairs() -> None:
    graph = read_text("node I, X, Y, W; I -> X -> Y; X <-> Y; W -> I, Y")
    assert ask(graph, "instruments X -> Y").as_json()["sets"] == [["I", ["W"]]]
    assert ask(graph, "independencies").as_json()["sets"] == [["X", "W", ["I"]]]
    assert str(ask(graph, "independencies")) == "X _||_ W | I"
    assert ask(graph, "independencies").value == tuple(graph.independencies())
    assert ask(graph, "instruments X -> Y").value == tuple(graph.instruments("X", "Y"))


def test_nothing_to_list() -> None:
    graph = read_text("node X, Y; X -> Y")
    assert str(ask(graph, "instruments X -> Y")) == "there is no instrument"
    assert str(ask(graph, "independencies")) == "there is no independency"
    assert str(ask(graph, "not independencies")) == "true: there is no independency"


def test_identification_has_answers_of_its_own() -> None:
    question = "identifiable P(Y | do(X))"
    assert ask(GRAPH, question) == GRAPH.identify(question)
    denied = ask(GRAPH, f"not {question}")
    assert denied == Verdict(f"not {question}", False, GRAPH.identify(question).reason)


def test_a_search_that_is_given_up_says_so() -> None:
    """Nine times a pair of colliders, and opening both ties X to Y as well."""
    parts = [f"node L{i}, C{i}, R{i}; I -> C{i} <- L{i}; L{i} -> R{i} <- X" for i in range(9)]
    graph = read_text("; ".join(["node I, X, Y; X -> Y; X <-> Y", *parts, "assert instruments X -> Y"]))
    answer = ask(graph, "instruments X -> Y")
    assert answer.as_json() == {"question": "instruments X -> Y", "sets": [], "truncated": True}
    assert str(answer) == "no instrument was found before the search was given up"
    with pytest.raises(UsageError, match="cannot be told: no instrument was found before"):
        ask(graph, "not instruments X -> Y")
    assert [(j.holds, j.reason) for j in judge(graph)] == [(None, str(answer))]


def test_no_path_at_all() -> None:
    assert str(ask(read_text("node A, B, C, D; A -> B; C <-> D"), "A _||_ D | C")) == "true: no path joins them"


def test_what_an_answer_is() -> None:
    verdict = GRAPH.ask("X _||_ Y|W")
    assert verdict == Verdict("X _||_ Y | W", False, "the path X -> M -> Y is open")
    assert (bool(verdict), verdict.value) == (False, False)
    assert verdict.as_json() == {"question": "X _||_ Y | W", "answer": False, "reason": "the path X -> M -> Y is open"}
    sets = GRAPH.ask("adjustment X -> Y")
    assert sets == AdjustmentSets("adjustment X -> Y", False, (("W",),))
    assert (bool(sets), sets.value) == (True, (frozenset("W"),))
    assert sets.as_json() == {"question": "adjustment X -> Y", "sets": [["W"]], "truncated": False}


def test_long_lists_end_and_say_so() -> None:
    ladder = read_text("node X, Y, A, B, C, D; X <- A -> B -> Y; X <- C -> D -> Y; X -> Y")
    answer = ask(ladder, "adjustment X -> Y", limit=3)
    assert isinstance(answer, AdjustmentSets)
    assert (len(answer.sets), answer.truncated) == (3, True)
    assert str(answer).splitlines() == ["{B, D}", "{A, D}", "{A, C}", "..."]
    assert not ask(ladder, "adjustment X -> Y", limit=4).as_json()["truncated"]


def test_numbers_are_not_for_a_graph_to_say() -> None:
    with pytest.raises(UsageError, match="asks for a number"):
        ask(GRAPH, "P(Y=1)")
    with pytest.raises(UsageError, match="asks for a number"):
        ask(GRAPH, "not P(Y=1) > 0.5")


def test_a_question_about_other_names() -> None:
    with pytest.raises(UsageError, match="`Mm` is not declared"):
        ask(GRAPH, "X _||_ Mm")
