"""The picture as SVG: well-formed, self-contained, said aloud, and the same bytes each time."""

import re
import subprocess
import sys
from xml.etree import ElementTree

from hypothesis import given, settings

from causaldsl.graph.drawing.figure import Line
from causaldsl.graph.drawing.layout import draw
from causaldsl.graph.drawing.strokes import strokes
from causaldsl.graph.ir import CausalGraph, Node
from causaldsl.graph.read import read_text
from causaldsl.testing.strategies import any_graphs

SVG = "{http://www.w3.org/2000/svg}"
TEXT = """model m "A <b>title</b> & more"
binary A, B, "C & D"; image F[3, 32, 32]; latent U
U -> A, B; A -> B -> "C & D"; A <-> B; * -> F"""


def parsed(svg):
    return ElementTree.fromstring(svg)


@settings(max_examples=50, deadline=None)
@given(any_graphs(max_nodes=8))
def test_any_graph_is_well_formed(graph):
    root = parsed(graph.draw().svg())
    assert [text.text for text in root.iter(f"{SVG}text")] == [box.label for box in graph.draw().boxes]
    assert len(root.findall(f"{SVG}g/{SVG}g")) == len(graph.nodes) + len(graph.edges)
    assert not list(root.iter(f"{SVG}script"))


def test_latents_arcs_images_and_arrowheads():
    graph = read_text(TEXT)
    root = parsed(graph.draw().svg())
    edges, nodes, _ = root.findall(f"{SVG}g")
    dashed = [e.find(f"{SVG}title").text for e in edges if e.find(f"{SVG}path[@stroke-dasharray]") is not None]
    assert dashed == ["U → A", "U → B", "A ↔ B"]
    heads = [len(e.findall(f"{SVG}path[@stroke='none']")) for e in edges]
    assert heads == [2 if sign == "<->" else 1 for _, _, sign in graph.edges]
    rects = {n.find(f"{SVG}title").text: n.findall(f"{SVG}rect") for n in nodes}
    assert [len(rects[name]) for name in ("A", "F", "U")] == [1, 2, 1]
    assert rects["U"][0].get("stroke-dasharray")
    assert not rects["A"][0].get("stroke-dasharray")


def test_it_fits_any_page():
    svg = read_text(TEXT).draw(do=["A"], given=["F"]).svg()
    assert "currentColor" in svg
    assert not re.search(r"\bid=|url\(|href|<style|https?://(?!www\.w3\.org)", svg)


def test_it_is_said_aloud():
    root = parsed(read_text(TEXT).draw(do=["B=1"]).svg())
    assert (root.get("role"), root.get("aria-label")) == ("img", "Causal graph A <b>title</b> & more")
    said = root.find(f"{SVG}desc").text
    assert said.startswith("5 nodes, 8 edges; B=1 is set; U → A; A → B (cut); U → B (cut); B → C & D;")


def test_names_are_text_whatever_they_hold():
    names = ["<script>alert(1)</script>", '"><img src=x>', "a\x00b\ud800", "{{7*7}}"]
    graph = CausalGraph(tuple(Node(name, None, (names[0],) if name != names[0] else ()) for name in names))
    svg = graph.draw().svg()
    svg.encode()
    assert "<script" not in svg
    assert "<img" not in svg
    assert [t.text for t in parsed(svg).iter(f"{SVG}text")] == [*names[:2], "a\ufffdb\ufffd", "{{7*7}}"]


def test_a_cut_leaves_two_stubs_and_two_slashes():
    line = Line("A", "B", "->", ((0, 0), (0, 20), (0, 40), (0, 60)))
    whole = strokes(line)
    assert (len(whole.whole), len(whole.stubs), len(whole.heads), whole.slashes) == (1, 0, 1, [])
    cut = strokes(Line("A", "B", "->", line.points, cuts=("head",)))
    assert (len(cut.heads), len(cut.faint_heads), len(cut.slashes)) == (0, 1, 2)
    ((*_, (_, end)),), (((_, start), *_),) = cut.whole, cut.stubs
    assert 20 < end < start < 45, "a gap in the middle"
    both = strokes(Line("A", "B", "<->", line.points, cuts=("tail", "head")))
    assert (len(both.whole), len(both.stubs), len(both.faint_heads), len(both.slashes)) == (1, 2, 2, 4)
    assert both.whole[0][0][1] < both.whole[0][-1][1]


def test_the_bytes_do_not_depend_on_the_process():
    code = (
        "import sys; from causaldsl.graph.read import read_text\n"
        f"sys.stdout.buffer.write(read_text({TEXT!r}).draw(do=['A'], given=['B']).svg().encode())\n"
        "assert not {'torch', 'networkx', 'matplotlib', 'numpy'} & set(sys.modules)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PATH": ""}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
    assert runs[0].decode() == draw(read_text(TEXT), ["A"], ["B"]).svg()
