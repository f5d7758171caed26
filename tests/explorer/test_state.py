"""What a viewer chose, from the query of an address."""

import pytest

from causaldsl.errors import UsageError
from causaldsl.explorer.state import read_state
from causaldsl.graph.read import read_text

GRAPH = read_text(
    'binary Bald, Male; categorical Hair {blond, "dark brown"}; real Age; image Face[3, 32, 32]; latent U\n'
    "Male, U -> Bald, Hair; Bald -> Face"
)


def test_what_is_set_and_what_is_seen():
    state = read_state([("do", "Bald=1"), ("given", 'Hair="dark brown"'), ("given", "Age = 3.5"), ("seed", "7")], GRAPH)
    assert state.done == {"Bald": 1}
    assert state.beside == {"Hair": "dark brown", "Age": 3.5}
    assert state.seen == {"Bald": 1, "Hair": "dark brown", "Age": 3.5}
    assert (state.n, state.seed) == (10, 7)
    assert state.given == ('Hair="dark brown"', "Age=3.5")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ([("do", "Bald=7")], "no level"),
        ([("do", "Bal=1")], "not declared"),
        ([("do", "Bald := bernoulli(0.5)")], "expected NAME=VALUE"),
        ([("do", "Bald")], "no value"),
        ([("do", "Bald=1"), ("given", "Bald=1")], "given twice"),
        ([("do", "U=1")], "`U`"),
        ([("n", "0")], "n is `0`"),
        ([("n", "41")], "n is `41`"),
        ([("n", "-1")], "n is `-1`"),
        ([("n", "²")], "n is"),
        ([("seed", "99999999999")], "seed is"),
        ([("dp", "Bald=1")], "there is no `dp`"),
    ],
)
def test_what_cannot_be_asked_for(query, message):
    with pytest.raises(UsageError, match=message):
        read_state(query, GRAPH)
