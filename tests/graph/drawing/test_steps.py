"""The steps of the layout, each against a plain way to say the same."""

import random
import unicodedata
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags

from causaldsl.graph.drawing.layers import layers
from causaldsl.graph.drawing.measure import LONGEST, ems, shortened
from causaldsl.graph.drawing.order import Grid
from causaldsl.graph.drawing.places import nearest, places
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import any_graphs


@pytest.fixture(scope="module")
def font():
    return FT2Font(findfont(FontProperties(family="DejaVu Sans")))


def advance(font, text):
    return sum(font.load_char(ord(c), flags=LoadFlags.NO_SCALE).horiAdvance for c in text) / font.units_per_EM


def test_widths_bound_those_of_a_wide_font(font):
    known = (chr(c) for c in font.get_charmap() if c < 0x530 or 0x10A0 <= c < 0x1100 or 0x1E00 <= c < 0x1F00)
    letters = [c for c in known if unicodedata.category(c)[0] in "LNPS" and unicodedata.category(c) != "Sk"]
    greek = {c: 0.2 for c in letters if "GREEK" in unicodedata.name(c)}  # less than the padding of a box
    too_wide = [c for c in letters if advance(font, c) > ems(c) + greek.get(c, 1e-3)]
    assert too_wide == []
    assert len(letters) > 1000


def test_widths_are_no_waste(font):
    for name in ("Mouth_Slightly_Open", "5_o_Clock_Shadow", "political inequality", "größe", "возраст", "X"):
        assert ems(name) < 1.25 * advance(font, name)


@given(st.text(max_size=80))
def test_a_shortened_text_fits_and_keeps_both_ends(text):
    short = shortened(text)
    assert ems(short) <= LONGEST + 1e-9
    assert short == text if ems(text) <= LONGEST else "…" in short
    head, _, tail = short.partition("…")
    assert text.startswith(head)
    assert text.endswith(tail)


@given(any_graphs(max_nodes=8), st.floats(1, 2000))
def test_causes_stand_above_and_no_row_is_empty(graph, width):
    row = layers(graph, [width] * len(graph.nodes), 80)
    number = graph.links.number
    assert all(row[number[a]] < row[number[b]] for a, b, sign in graph.edges if sign == "->")
    assert sorted(set(row)) == list(range(len(set(row))))
    assert all(row.count(r) * width <= max(1200, (3.4 * 80 * width * len(row)) ** 0.5) + width for r in row)


def test_a_node_is_lowered_only_if_that_makes_edges_shorter():
    graph = read_text("node A, B, C, Y, R, S; A -> B -> C -> Y; R -> Y; R <-> S; S <-> A")
    row = dict(zip((n.name for n in graph.nodes), layers(graph, [50] * 6, 80), strict=True))
    assert (row["A"], row["Y"]) == (0, 3)
    assert row["S"] == 0
    alone = read_text("node A, B, C, Y, R; A -> B -> C -> Y; R -> Y")
    assert layers(alone, [50] * 5, 80)[4] == 2


def grid_of(seed):
    rng = random.Random(seed)
    row = [rng.randrange(4) for _ in range(14)]
    row[0] = 3
    pairs = [rng.sample(range(14), 2) for _ in range(18)]
    used = {r: i for i, r in enumerate(sorted(set(row)))}
    return Grid([used[r] for r in row], [(a, b, True) for a, b in pairs])


def crossings(grid):
    """Count crossings pair by pair."""
    place = {item: i for row in grid.rows for i, item in enumerate(row)}
    found = 0
    for row in grid.rows:
        pieces = [(place[u], place[v]) for u in row for v in grid.down[u]]
        found += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(pieces, 2))
    return found


@given(st.integers(0, 10_000))
def test_ordering_never_makes_more_crossings(seed):
    grid = grid_of(seed)
    before = crossings(grid)
    assert grid.crossings() == before
    rows = [sorted(row) for row in grid.rows]
    grid.arrange()
    assert grid.crossings() == crossings(grid) <= before
    assert [sorted(row) for row in grid.rows] == rows


def test_a_planar_order_is_found():
    """Twelve edges, given so that nearly all of them cross."""
    grid = Grid([0] * 6 + [1] * 6, [(i, 11 - i, True) for i in range(6)] + [(i, 10 - i, True) for i in range(5)])
    assert grid.crossings() > 20
    grid.arrange()
    assert grid.crossings() == 0


def test_joined_nodes_of_one_row_stand_together():
    grid = Grid([0] * 5, [(0, 4, False)])
    grid.arrange()
    assert abs(grid.rows[0].index(0) - grid.rows[0].index(4)) == 1


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 9), st.floats(0, 20)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_nearest_places_keep_their_distance_and_cannot_be_bettered(items, rng):
    wanted, weights, gaps = (list(column) for column in zip(*items, strict=True))
    gaps = gaps[1:]
    found = nearest(wanted, weights, gaps)
    assert all(b - a >= gap - 1e-6 for (a, b), gap in zip(pairwise(found), gaps, strict=True))

    def cost(places_):
        return sum(w * (p - q) ** 2 for w, p, q in zip(weights, places_, wanted, strict=True))

    for _ in range(20):  # any feasible place on the way to another feasible one is worse
        other = [found[0] + rng.uniform(-5, 5)]
        for gap in gaps:
            other.append(other[-1] + gap + rng.uniform(0, 5))
        nudged = [0.99 * p + 0.01 * q for p, q in zip(found, other, strict=True)]
        assert cost(nudged) >= cost(found) - 1e-6


@given(st.integers(0, 10_000))
def test_places_keep_the_order_and_the_distances(seed):
    grid = grid_of(seed)
    grid.arrange()
    place = places(grid, lambda u, v: 10 + u % 3 + v % 3)
    for row in grid.rows:
        for u, v in pairwise(row):
            assert place[v] - place[u] >= 10 + u % 3 + v % 3 - 1e-6


def test_what_just_fits_is_not_shortened() -> None:
    assert ems("m" * 26) == LONGEST
    assert shortened("m" * 26) == "m" * 26
    assert shortened("m" * 27) == "m" * 12 + "…" + "m" * 12
    assert shortened("abcd", 2.0) == "…"
    assert [ems(c) for c in ("i", "n", "m", "\u0301", "🙂", "\u0253", "因")] == [0.38, 0.65, 1.0, 0.0, 1.4, 1.1, 1.25]
