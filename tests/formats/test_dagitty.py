"""dagitty's language. The graphs in dagitty/*.txt are known from the literature and written anew for this test.

A file is a text, and after `---` how it is written as a causal text, then what is lost. `python
tests/formats/test_dagitty.py` writes what comes out now; read the difference before you commit it.
"""

from pathlib import Path

import pytest

from causaldsl.errors import CausalError, CausalSyntaxError, GraphError
from causaldsl.formats import dagitty_reader
from causaldsl.formats.causal import write_causal
from causaldsl.formats.dagitty import plugin, write_dagitty
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text

FILES = sorted((Path(__file__).parent / "dagitty").glob("*.txt"))


def rendered(text: str) -> str:
    graph, lost = plugin.read(text, "x.dagitty")
    return write_causal(graph) + "".join(f"# lost: {phrase}\n" for phrase in lost)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_known_graphs(path: Path) -> None:
    text, _, expected = path.read_text(encoding="utf-8").partition("\n---\n")
    assert rendered(text) == expected
    graph, _ = plugin.read(text, "x.dagitty")
    assert plugin.read(write_dagitty(graph), "x.dagitty") == (graph, ())
    assert graph.warnings == ()


def read(text: str) -> CausalGraph:
    return plugin.read(text, "x.dagitty")[0]


def edges(text: str) -> list[str]:
    return sorted(" ".join((a, sign, b)) for a, b, sign in read(text).edges)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dag{a->b->c<-d}", ["a -> b", "b -> c", "d -> c"]),
        ("dag { a -> b b -> c d }", ["a -> b", "b -> c"]),
        ("dag { Y <- Z -> X -> Y }", ["X -> Y", "Z -> X", "Z -> Y"]),
        ("dag { a\n->\nb }", ["a -> b"]),
        ("dag { {a b} -> {c d} }", ["a -> c", "a -> d", "b -> c", "b -> d"]),
        ("dag { {a, b; c} -> d; }", ["a -> d", "b -> d", "c -> d"]),
        ("dag { x -> {z -> {y w}} }", ["x -> w", "x -> y", "x -> z", "z -> w", "z -> y"]),
        ("dag { x <-> {z -> {a}} -> y }", ["a -> y", "x <-> a", "x <-> z", "z -> a", "z -> y"]),
        ("dag { {} -> a }", []),
        ("dag { a -> b; a -> b; a <-> b; b <-> a }", ["a -> b", "a <-> b"]),
        ("pdag { a -> b }", ["a -> b"]),
        ('dag { "a -> b" -> Coffee.Type }', ["a -> b -> Coffee.Type"]),
        ('dag { "say \\"no\\"" -> "back\\\\slash" }', ['say "no" -> back\\slash']),
        ("dag { gro\u0308\u00dfe -> b; gr\u00f6\u00dfe -> c }", ["größe -> b", "größe -> c"]),
        ('dag { a [e, pos="1,2"] -> b [beta=.3, label="x ] y"] -> c }', ["a -> b", "b -> c"]),
        ("/* c */ dag { # c\n a -> b // c\n }\n# c", ["a -> b"]),
        ("dag { dag -> bb -> e }", ["bb -> e", "dag -> bb"]),
        ("\ufeffdag {\r\na -> b\r\n}", ["a -> b"]),
    ],
)  # fmt: skip
def test_edges(text: str, expected: list[str]) -> None:
    assert edges(text) == expected


def test_every_word_of_a_role() -> None:
    text = "dag { {X1 X2 X3} -> {Y1 Y2 Y3}; X1 [exposure] X2 [e] X3 [source] Y1 [outcome] Y2 [o] Y3 [target] "
    text += "L1 [latent] L2 [l] L3 [u] L4 [unobserved] A [adjusted] B [a] S [s, selected] }"
    graph, lost = plugin.read(text, "x.dagitty")
    effect = "P(Y1, Y2, Y3 | do(X1, X2, X3))"
    assert [q.text for q in graph.queries] == [effect, "adjustment X1, X2, X3 -> Y1, Y2, Y3 | A, B"]
    assert graph.latents == ("L1", "L2", "L3", "L4")
    assert lost == ("role selected of S",)


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("dag { X [exposure] X -> Y }", ["role exposure of X"]),
        ("dag { Y [outcome] Z [adjusted] Z -> Y }", ["role outcome of Y", "role adjusted of Z"]),
        ("dag { U [exposure, latent] Y [outcome] U -> Y }", ["role exposure of U", "role outcome of Y"]),
        ("dag { X [exposure, outcome] }", ["role exposure of X", "role outcome of X"]),
        ("dag { X [e] Y [o] U [latent, adjusted] U -> X -> Y }", ["role adjusted of U"]),
        ('dag { bb="0,0,1,1" X [pos="0,1"] Y [pos="1,1", color=#ff0000] X -> Y [beta=-.3] // c\n }',
         ["attribute bb of the graph", "attribute pos of a node (2 times)", "attribute color of a node",
          "attribute beta of an edge", "a comment"]),
        ("dag { a // b\n # c\n }", ["2 comments"]),
    ],
)  # fmt: skip
def test_what_is_lost_in_reading_is_said(text: str, lost: list[str]) -> None:
    assert list(plugin.read(text, "x.dagitty")[1]) == lost


@pytest.mark.parametrize(
    ("query", "held"),
    [
        ("query P(Y | do(X))", True),
        ("query P(Y, W | do(X, Z))", False),  # dagitty's roles have no order but that of declaration
        ("query P(W, Y | do(X, Z))", True),
        ("query P(Y | do(X)); query adjustment X -> Y | W, Z", True),
        ("query P(Y | X)", False),
        ("query P(Y=1 | do(X=1))", False),
        ("query P(Y | do(X), Z)", False),
        ("query identifiable P(Y | do(X))", False),
        ("query E[Y | do(X=1)]", False),
        ("query adjustment X -> Y | Z", False),
    ],
)
def test_queries_that_are_roles(query: str, held: bool) -> None:
    graph = read_text(f"binary W, X, Y, Z; X, Z -> Y; {query}")
    text, lost = plugin.write(graph)
    assert (not any(phrase.startswith("query") for phrase in lost)) == held
    assert [q.text for q in read(text).queries] == ([q.text for q in graph.queries] if held else [])


def test_only_one_effect_has_roles() -> None:
    graph = read_text("node X, Y, Z; query P(Y | do(X)); query P(Y | do(Z)); query adjustment X -> Y | Z")
    text, lost = plugin.write(graph)
    assert lost == ("query P(Y | do(Z))",)
    assert text == "dag {\n  X [exposure]\n  Y [outcome]\n  Z [adjusted]\n}\n"


@pytest.mark.parametrize(
    ("text", "code", "place", "said"),
    [
        ("dag { a -- b }", "C125", (1, 9), "`<->` for an unobserved common cause"),
        ("dag { a --> b }", "C125", (1, 9), "`-->` is no edge"),
        ("dag { a @-> b }", "C125", (1, 9), "`@->` is no edge"),
        ("dag { a => b }", "C125", (1, 9), "`=>` is no edge"),
        ("dag { a → b }", "C125", (1, 9), "`→` is no edge"),
        ("dag {\n  a -> political-inequality }", "C125", (2, 17), '"political-inequality"'),
        ("dag { well-being-2 -> a }", "C125", (1, 11), '"well-being-2"'),
        ("dag { a, b -> c }", "C123", (1, 8), "`{a b} -> c`"),
        ("dag { a -> b", "C123", (1, 13), "expected `}`"),
        ("dag { a -> }", "C123", (1, 12), "an arrow leads to"),
        ("dag { -> a }", "C123", (1, 7), "unexpected `->`"),
        ("dag { a } b", "C123", (1, 11), "ends before this"),
        ("dag { a:n -> b }", "C123", (1, 8), "stands in quotes"),
        ("dag { {a b} [latent] }", "C123", (1, 13), "belong to one node"),
        ("dag { a [pos=] }", "C123", (1, 14), "expected a value"),
        ("dag { a [->] }", "C123", (1, 10), "expected an attribute"),
        ("dag a b { }", "C123", (1, 7), "expected `{`"),
        ("a -> b", "C123", (1, 1), "begins with `dag {`"),
        ("", "C123", (1, 1), "begins with `dag {`"),
        ("mag { a -> b }", "C126", (1, 1), "says ancestor"),
        ("pag { a @-> b }", "C126", (1, 1), "many causal graphs"),
        ("graph { a -> b }", "C126", (1, 1), "nothing about causes"),
        ("digraph { a -> b }", "C126", (1, 1), "--from dot"),
        ("pdag { a -- b }", "C125", (1, 10), "no edge"),
        ("dag { {a b} -> {b c} }", "C204", (1, 7), "cannot cause itself"),
        ("dag { a <-> a }", "C204", (1, 7), "no common cause with itself"),
        ("dag {\n a -> b -> c\n c -> a }", "C203", (3, 2), "a -> b -> c -> a"),
        ('dag { "a\nb" }', "C219", (1, 7), "cannot be a node's name"),
        ("dag { " + "{" * 10**5 + " }", "C124", (1, 206), "deeper than 200"),
        ("X E\nY\n", "C123", (2, 1), "a variable and its sign"),
        ("X E\nYes O\n\nX Yess", "C201", (4, 3), "did you mean"),
    ],
)
def test_what_is_no_causal_graph(text: str, code: str, place: tuple[int, int], said: str) -> None:
    with pytest.raises((CausalSyntaxError, GraphError)) as caught:
        read(text)
    (finding,) = caught.value.diagnostics
    assert (finding.code, finding.span and finding.span.begin) == (code, place)
    assert said in str(finding)


def test_all_findings_in_one_go() -> None:
    with pytest.raises(CausalSyntaxError) as caught:
        read("dag { a -- b -- c; x-y -> z; d [exposre]; ( }")
    assert [f.code for f in caught.value.diagnostics] == ["C125", "C125", "C125", "C127", "C123"]
    with pytest.raises(CausalSyntaxError) as caught:
        read("dag {" + "a -- b " * 10_000 + "}")
    assert len(caught.value.diagnostics) == 101


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("dag { a [exposre] }", "did you mean `exposure`?"),
        ("dag { a [Latent] }", "did you mean `latent`?"),
        ("dag { a [green] }", "the roles are exposure, outcome, adjusted, latent, selected"),
        ("dag { a [latent=1] }", "write `[latent]`"),
        ("dag { a -> b [latent] }", "a statement of its own: `a [latent]`"),
    ],
)
def test_a_role_that_is_none_is_a_warning_and_said_to_be_lost(text: str, hint: str) -> None:
    graph, lost = plugin.read(text, "x.dagitty")
    (warning,) = graph.warnings
    assert (warning.code, warning.severity) == ("C127", "warning")
    assert hint in str(warning)
    assert len(lost) == 1
    assert graph.latents == ()


def test_a_name_without_its_quotes_is_a_warning() -> None:
    (warning,) = read("dag {\n  social status -> income\n}").warnings
    assert (warning.code, warning.severity, warning.span and warning.span.begin) == ("C135", "warning", (2, 3))
    assert '`"social status"`' in str(warning)
    for text in (
        "dag { a\n b -> c }",
        "dag { a; b -> c }",
        "dag { a b -> c -> a }",
        "dag { a [latent] b -> c }",
        "dag { a b }",
    ):
        assert read(text).warnings == ()


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dagitty_reader, "MAX_EDGES", 3)
    with pytest.raises(CausalError, match="more than 3 edges"):
        read("dag { {a b} -> {c d} }")
    monkeypatch.setattr(dagitty_reader, "MAX_CHARACTERS", 5)
    with pytest.raises(CausalError, match="7 characters; 5 are the most"):
        read("dag { }")


def test_a_long_chain_needs_no_stack() -> None:
    text = "dag { " + " -> ".join(f"n{i}" for i in range(10_000)) + " }"
    assert len(read(text).edges) == 9_999


if __name__ == "__main__":
    for file in FILES:
        before = file.read_text(encoding="utf-8").partition("\n---\n")[0]
        file.write_text(f"{before}\n---\n{rendered(before)}", encoding="utf-8", newline="\n")
