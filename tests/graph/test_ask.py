import pytest

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
        ("X _||_ Y | W", "false: an open path: X -> M -> Y"),
        ("Z _||_ Y | X", "false: an open path: Z <- U -> X <- W -> Y (X is given)"),
        ("Z _||_ Y | X, U", "true: every path between them is blocked"),
        ("not Z _||_ Y", "true: an open path: Z <- U -> X -> M -> Y"),
        ("ancestor W -> Y", "true: W -> Y"),
        ("ancestor U -> Y", "true: U -> X -> M -> Y"),
        ("ancestor Y -> W", "false: no directed path from Y to W; but W -> Y"),
        ("ancestor W -> Z", "false: no directed path from W to Z"),
        ("adjustment X -> Y", "{W}"),
        ("adjustment Y -> X", "{W, M}"),
        ("adjustment X -> Z", "no adjustment set"),
        ("adjustment W -> Z", "{}"),
        ("adjustment X -> Y | W", "true: given W, no path that is not causal is open"),
        ("adjustment X -> Y | {}", "false: an open path: X <- W -> Y"),
        ("adjustment W -> X | {}", "true: no path that is not causal is open"),
        ("adjustment X -> Y | W, M", "false: M lies on the causal path X -> M -> Y"),
        ('adjustment X -> Y | W, "odd one"', 'false: "odd one" is an effect of Y on the causal path X -> M -> Y'),
        ("not adjustment X -> Y", "false: for example {W}"),
        ("not adjustment X -> Z", "true: no adjustment set"),
    ],
)
def test_answers_and_their_reasons(question: str, answer: str) -> None:
    assert str(ask(GRAPH, question)) == answer


def test_no_path_at_all() -> None:
    assert str(ask(read_text("node A, B, C, D; A -> B; C <-> D"), "A _||_ D | C")) == "true: no path joins them"


def test_what_an_answer_is() -> None:
    verdict = GRAPH.ask("X _||_ Y|W")
    assert verdict == Verdict("X _||_ Y | W", False, "an open path: X -> M -> Y")
    assert (bool(verdict), verdict.value) == (False, False)
    assert verdict.as_json() == {"question": "X _||_ Y | W", "answer": False, "reason": "an open path: X -> M -> Y"}
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
