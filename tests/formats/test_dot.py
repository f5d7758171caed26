import pytest
from hypothesis import given, settings

from causaldsl.errors import CausalSyntaxError, GraphError
from causaldsl.formats import dot_reader
from causaldsl.formats.causal import plugin as causal
from causaldsl.formats.dot import plugin, write_dot
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.testing.formats import assert_round_trip
from causaldsl.testing.strategies import any_graphs


@given(any_graphs(max_nodes=4))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_back(graph: CausalGraph) -> None:
    text, lost = plugin.write(graph)
    assert lost == ()
    assert plugin.read(text, "x.dot") == (graph, ())


def test_how_it_is_drawn() -> None:
    text = write_dot(
        read_text('model m "A title"; binary A, B; latent U; image F[3, 8, 8]; U -> A, B; A -> F; A <-> B; A ~ k(n=1)')
    )
    assert text.splitlines() == [
        'digraph "m" {',
        '  label="A title"',
        '  "A" [domain="binary", mechanism="k(n=1)"]',
        '  "B" [domain="binary"]',
        '  "U" [style=dashed, latent=true]',
        '  "F" [shape=box, domain="image [3, 8, 8]"]',
        '  "U" -> "A"',
        '  "U" -> "B"',
        '  "A" -> "F"',
        '  "A" -> "B" [dir=both, style=dashed]',
        "}",
    ]


def test_what_is_lost_in_writing_is_said() -> None:
    _, lost = plugin.write(read_text("binary A, B; group G = A; G -> B; A := 1; query P(B); assert A _||_ B"))
    assert lost == ("equation of A", "group G", "query P(B)", "assert A _||_ B")


@pytest.mark.parametrize(
    ("text", "nodes", "edges"),
    [
        ("digraph { a -> b -> c }", "a b c", ["a -> b", "b -> c"]),
        ("digraph { b; a; a -> b }", "b a", ["a -> b"]),
        ("digraph { a -> {b c} }", "a b c", ["a -> b", "a -> c"]),
        ("digraph { subgraph s { a -> b } -> c }", "a b c", ["a -> b", "a -> c", "b -> c"]),
        ("strict digraph G { subgraph cluster_0 { a } a:n -> b:s:e }", "a b", ["a -> b"]),
        ('digraph { "a:b":n -> c }', "a:b c", ["a:b -> c"]),
        ("digraph { a -> b [dir=back] }", "a b", ["b -> a"]),
        ("digraph { b -> a [dir=both] }", "b a", ["b <-> a"]),
        ("/* c */ digraph { a -> b // x\n# y\n}", "a b", ["a -> b"]),
        ('digraph { "a\\"b" -> "c\\\\" }', 'a"b c\\', ['a"b -> c\\']),
    ],
)
def test_what_others_write(text: str, nodes: str, edges: list[str]) -> None:
    graph, lost = plugin.read(text, "x.dot")
    assert " ".join(n.name for n in graph) == nodes
    assert sorted(" ".join((a, sign, b)) for a, b, sign in graph.edges) == sorted(edges)
    assert lost == ()


def test_what_is_lost_in_reading_is_said() -> None:
    text = (
        'digraph { rankdir=LR; node [shape=box]; a [color=red, domain="no such"]; b [color=blue]; a -> b [weight=2] }'
    )
    text += "digraph {}"
    graph, lost = plugin.read(text, "x.dot")
    assert [n.domain for n in graph] == [None, None]
    assert set(lost) == {
        "attribute shape of every node",
        "attribute weight of an edge",
        "attribute color of a node (2 times)",
        "attribute domain of a node",
        "attribute rankdir of the graph",
        "all graphs of the text but the first (1)",
    }


def test_an_attribute_cannot_smuggle_statements_in() -> None:
    graph, lost = plugin.read('digraph { a [domain="binary , b", mechanism="k; node c"] }', "x.dot")
    assert [(n.name, n.domain, n.mechanism) for n in graph] == [("a", None, None)]
    assert len(lost) == 2


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("digraph {", "C120", (1, 10)),
        ("", "C120", (1, 1)),
        ("digraph { a }\nnonsense", "C120", (2, 1)),
        ("graph { a -- b }", "C122", (1, 1)),
        ("digraph { a -> b [dir=none] }", "C122", (1, 1)),
        ("digraph " + "{" * 10_000 + "}" * 10_000, "C121", (1, 59)),
        ("digraph { a -> b " * 60, "C121", None),
    ],
)
def test_what_is_no_causal_graph_in_dot(text: str, code: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(CausalSyntaxError) as caught:
        plugin.read(text, "x.dot")
    (finding,) = caught.value.diagnostics
    assert finding.code == code
    assert finding.span is not None
    assert place is None or finding.span.begin == place


def test_cycles_are_refused() -> None:
    with pytest.raises(GraphError, match="a -> b -> a"):
        plugin.read("digraph { a -> b -> a }", "x.dot")


def test_a_text_beyond_the_cap_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot_reader, "MAX_CHARACTERS", 20)
    with pytest.raises(CausalSyntaxError, match="25 characters; 20 are the most"):
        plugin.read("digraph { a -> b -> cd; }", "x.dot")


def test_a_latent_with_causes_is_real_and_a_title_without_a_name_is_said_to_be_lost() -> None:
    text = 'digraph { label="two\nlines"; a -> m -> y; m [style=dashed]; b [latent=true]; b -> y [dir=both] }'
    graph, _ = plugin.read(text, "x.dot")
    assert [(n.name, str(n.domain)) for n in graph if n.latent] == [("m", "real"), ("b", "real")]
    assert [(w.code, w.severity) for w in graph.warnings] == [("C129", "warning")] * 2
    assert graph.title == "two lines"
    assert causal.write(graph)[1] == ("the model's title",)
    assert_round_trip(causal, graph)
