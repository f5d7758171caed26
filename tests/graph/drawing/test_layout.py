"""The laws of a drawing, on graphs drawn at random: what a reader's eye relies on."""

import math
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.errors import UsageError
from causaldsl.graph.domain import Image
from causaldsl.graph.drawing.figure import HEIGHT
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.ir import Node
from causaldsl.graph.make import make_graph
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import any_graphs


@st.composite
def larger_graphs(draw_):
    """Sparse graphs of up to 40 nodes, with latents, images and `<->`."""
    n = draw_(st.integers(8, 40))
    rng = random.Random(draw_(st.integers(0, 10_000)))
    nodes = [Node(f"V{i}" * rng.choice((1, 1, 4)), Image(3, 8, 8) if rng.random() < 0.1 else None) for i in range(n)]
    pairs = [sorted(rng.sample(range(n), 2)) for _ in range(rng.randrange(2 * n))]
    edges = dict.fromkeys((nodes[a].name, nodes[b].name, "<->" if rng.random() < 0.15 else "->") for a, b in pairs)
    return make_graph(nodes, list(edges))


ANY = any_graphs(max_nodes=8) | larger_graphs()
fewer = settings(max_examples=50, deadline=None)


def curve(points):
    """Points on a line, closely."""
    for i in range(0, len(points) - 1, 3):
        p, a, b, q = points[i : i + 4]
        for k in range(25):
            t = k / 24
            w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield tuple(sum(v * point[axis] for v, point in zip(w, (p, a, b, q), strict=True)) for axis in (0, 1))


def inside(point, box, inset=0.5):
    """Whether a point is in a box, whose ends are half circles unless it is an image."""
    dx, dy = abs(point[0] - box.x), abs(point[1] - box.y)
    if box.image:
        return dx < box.width / 2 - inset and dy < HEIGHT / 2 - inset
    return math.hypot(max(dx - (box.width - HEIGHT) / 2, 0), dy) < HEIGHT / 2 - inset


@fewer
@given(ANY)
def test_no_two_boxes_overlap(graph):
    boxes = draw(graph).boxes
    assert [box.name for box in boxes] == [node.name for node in graph.nodes]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            apart_x = abs(a.x - b.x) - (a.width + b.width) / 2
            apart_y = abs(a.y - b.y) - HEIGHT
            assert apart_x > 20 or apart_y > 20


@fewer
@given(ANY)
def test_every_edge_is_drawn_once_and_causes_are_above(graph):
    drawing = draw(graph)
    assert [(line.tail, line.head, line.sign) for line in drawing.lines] == list(graph.edges)
    at = {box.name: box.y for box in drawing.boxes}
    for line in drawing.lines:
        assert line.sign == "<->" or at[line.tail] < at[line.head]
        assert line.dashed == (line.sign == "<->" or graph[line.tail].latent)


@fewer
@given(ANY)
def test_everything_is_finite_and_inside(graph):
    drawing = draw(graph)
    for box in drawing.boxes:
        assert box.width / 2 < box.x < drawing.width - box.width / 2
        assert HEIGHT / 2 < box.y < drawing.height - HEIGHT / 2
    for line in drawing.lines:
        for x, y in curve(line.points):
            assert math.isfinite(x)
            assert 0 < x < drawing.width
            assert 0 < y < drawing.height


@fewer
@given(ANY)
def test_lines_end_at_their_boxes_and_pass_by_all_others(graph):
    drawing = draw(graph)
    boxes = {box.name: box for box in drawing.boxes}
    for line in drawing.lines:
        points = list(curve(line.points))
        for name, (x, y) in ((line.tail, points[0]), (line.head, points[-1])):
            box = boxes[name]
            assert abs(x - box.x) <= box.width / 2
            over = 0 if box.image else max(abs(x - box.x) - (box.width - HEIGHT) / 2, 0)
            assert abs(y - box.y) == pytest.approx(math.sqrt((HEIGHT / 2) ** 2 - over**2), abs=0.3), "on the border"
        for box in drawing.boxes:
            assert not any(inside(point, box) for point in points), f"{line.tail} {line.sign} {line.head} at {box.name}"


@fewer
@given(st.data(), ANY)
def test_an_intervention_changes_the_arrows_into_it_alone(data, graph):
    before = draw(graph)
    chosen = data.draw(st.sets(st.sampled_from([node.name for node in graph.nodes]), max_size=3))
    after = draw(graph, do=chosen)
    assert (after.width, after.height) == (before.width, before.height)
    assert [replace(box, mark="") for box in after.boxes] == list(before.boxes)
    assert {box.name for box in after.boxes if box.mark == "do"} == chosen
    assert [replace(line, cuts=()) for line in after.lines] == list(before.lines)
    whole = [(line.tail, line.head, line.sign) for line in after.lines if not line.cuts]
    assert whole == list(graph.do(chosen).edges)
    for line in after.lines:
        ends = {"tail": line.tail, "head": line.head}
        assert {ends[end] for end in line.cuts} == chosen & (
            {line.tail, line.head} if line.sign == "<->" else {line.head}
        )


@fewer
@given(ANY)
def test_the_same_graph_gives_the_same_drawing(graph):
    assert draw(graph) == draw(make_graph(graph.nodes, graph.edges, graph.name))


def test_what_is_set_and_seen_is_said_in_the_box():
    graph = read_text('binary A, B; categorical "Hair colour" {black, "dark blond"}; A -> B -> "Hair colour"')
    drawing = draw(graph, do={"B": 1}, given=['"Hair colour"="dark blond"', "A"])
    assert [(box.label, box.mark) for box in drawing.boxes] == [
        ("A", "given"),
        ("B=1", "do"),
        ('"Hair colour"="dark blond"', "given"),
    ]


@pytest.mark.parametrize(
    ("law", "cut"),
    [("Age=3", "XZ"), ("Age := normal(0, 1)", "XZ"), ("Age := X + 1", "Z"), ("Age := Age + 10", "")],
)
def test_a_soft_intervention_cuts_what_its_law_does_not_read(law, cut):
    graph = read_text("real X, Z, Age; X, Z -> Age")
    assert "".join(line.tail for line in draw(graph, do=[law]).lines if line.cuts) == cut


@pytest.mark.parametrize(
    ("do", "seen", "message"),
    [
        (["Mustahce"], [], "did you mean `Mustache`"),
        (["Mustahce=1"], [], "did you mean `Mustache`"),
        (["A=2"], [], "has no level"),
        ({"A": 2}, [], "has no level"),
        (["A"], ["A=1"], "`A` is in do and in given"),
        (["A", "A=1"], [], "`A` is given twice"),
        ([], ["A := B"], "what is given is seen"),
        (["A := B <- A"], [], "unexpected"),
    ],
)
def test_marks_that_cannot_be(do, seen, message):
    with pytest.raises(UsageError, match=message):
        draw(read_text("binary A, B, Mustache; A -> B"), do, seen)


def test_rows_are_as_one_would_draw_them():
    boxes = {box.name: box for box in draw(read_text("node X, M, Y, I; X -> M -> Y; X <-> Y; I -> Y")).boxes}
    assert boxes["X"].x == boxes["M"].x, "a chain is straight"
    assert boxes["I"].y == boxes["M"].y, "a cause stands just above its effect"
    arc = draw(read_text("node A, B; A <-> B"))
    assert arc.boxes[0].y == arc.boxes[1].y


def test_a_row_that_is_too_wide_is_broken():
    names = [f"Attribute_{i}" for i in range(40)]
    drawing = draw(make_graph([Node("X", None), *(Node(n, None) for n in names)], [("X", n, "->") for n in names]))
    rows = {}
    for box in drawing.boxes[1:]:
        rows.setdefault(box.y, []).append(box)
    assert len(rows) > 1
    assert max(map(len, rows.values())) - min(map(len, rows.values())) <= 1
    assert drawing.width < 3 * drawing.height


def test_a_chain_of_ten_thousand_nodes_is_no_recursion():
    nodes = [Node(f"N{i}", None) for i in range(10_000)]
    edges = [(a.name, b.name, "->") for a, b in pairwise(nodes)]
    drawing = draw(make_graph(nodes, [*edges, ("N0", "N9999", "->")]))
    slant = [abs(a.x - b.x) for a, b in pairwise(drawing.boxes)]
    assert sum(s > 0 for s in slant) < 20, "nearly all of it is straight"


def test_the_longest_edges_of_a_dense_graph_go_straight():
    nodes = [Node(f"N{i}", None) for i in range(400)]
    chain = [(a.name, b.name, "->") for a, b in pairwise(nodes)]
    skips = [(f"N{i}", f"N{i + 200}", "->") for i in range(200)]
    drawing = draw(make_graph(nodes, [*chain, *skips]))
    assert len(drawing.lines) == 599
    assert min(len(line.points) for line in drawing.lines if line.head != f"N{int(line.tail[1:]) + 1}") == 4


def test_nothing_is_drawn_of_nothing():
    drawing = draw(read_text(""))
    assert (drawing.boxes, drawing.lines) == ((), ())
    assert drawing.width > 0
    assert drawing.height > 0


@fewer
@given(ANY)
def test_numbers_have_one_digit_behind_the_point(graph):
    drawing = draw(graph)
    numbers = [drawing.width, drawing.height]
    numbers += [number for box in drawing.boxes for number in (box.x, box.y, box.width)]
    numbers += [number for line in drawing.lines for point in line.points for number in point]
    assert numbers == [round(number, 1) for number in numbers]


def test_what_is_set_is_a_name_an_assignment_or_names_with_values():
    graph = read_text("binary B; real Age; B -> Age")
    for do, label in (("B", "B"), ("B=1", "B=1"), ({"B": True}, "B=1"), ({"Age": ":= Age + 10"}, "Age := Age + 10")):
        (box,) = (box for box in draw(graph, do).boxes if box.mark)
        assert (box.mark, box.label) == ("do", label)
    assert graph._repr_svg_() == graph.draw()._repr_svg_() == graph.draw().svg()
