"""The index is held to what the compiler resolves, and to what one expects of texts that it cannot."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causaldsl.formats.causal import write_causal
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.lists import Scope
from causaldsl.graph.lower import Lowering
from causaldsl.graph.use import Folder, gather
from causaldsl.lsp.names import Index
from causaldsl.source import Source
from causaldsl.syntax.parser import parse
from causaldsl.syntax.tree import Name
from causaldsl.testing.strategies import models, mutations, token_soups

EXAMPLES = (Path(__file__).parents[2] / "grammar" / "README.md").read_text(encoding="utf-8").split("```causal\n")[1:]
SUBTLE = """categorical Hair {black, grey, Old}
categorical Beard {black, grey, none}
binary Old, black
real Age
Age -> Old, black
Hair := where(Old, Old, where(Old and black, black, grey))
Beard := where(Hair == Old or Old == 1, grey, Hair_)
categorical Hair_ {black, grey, none}
query P(Hair=black, Old | do(Hair := where(black, black, grey)))
query E[where(Hair == grey, Age, 0)[x] | Old]
query E[Age[Hair=Old, Old=Old[black=1]]]
query E[(Hair == Beard) + (black == Hair) + (Hair == black) + (Beard[Old=1] == none)]
"""


def index(text: str) -> Index:
    return Index.of(gather(parse(Source.normalised("<text>", text))[0], None))


def resolved(text: str) -> set[tuple[int, str]]:
    """Where the compiler resolves which name."""
    found: set[tuple[int, str]] = set()

    class Spy(Scope):
        def resolve(self, name: Name) -> tuple[str, ...]:
            found.add((name.start, name.text))
            return super().resolve(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("causaldsl.graph.lower.Scope", Spy)
        Lowering(gather(parse(Source.normalised("<text>", text))[0], None), None).run()
    return found


def walked(text: str) -> set[tuple[int, str]]:
    mentions = [m for found in index(text).mentions.values() for m in found if not m.declares]
    return {(m.span.start, m.name) for m in mentions}


@pytest.mark.parametrize("text", [block.split("```")[0] for block in EXAMPLES] + [SUBTLE.replace("[x]", "")])
def test_the_examples_are_walked_as_the_compiler_resolves_them(text: str) -> None:
    assert walked(text) == resolved(text)


@settings(max_examples=60, deadline=None)
@given(models())
def test_graphs_are_walked_as_the_compiler_resolves_them(graph: CausalGraph) -> None:
    text = write_causal(graph)
    assert walked(text) == resolved(text)


@settings(deadline=None)
@given(token_soups() | mutations(SUBTLE) | st.text())
def test_any_text_is_walked(text: str) -> None:
    found = index(text)
    source = Source.normalised("<text>", text)
    for name, mentions in found.mentions.items():
        for mention in mentions:
            assert 0 <= mention.span.start < mention.span.end <= len(source.text)
            assert found.at(mention.span.source, mention.span.start) is not None, name
    for declared in found.declared.values():
        assert isinstance(declared.called, str)


def test_what_is_declared() -> None:
    text = (
        'binary A, "b c"; categorical H {x, "dark blond", -1}; categorical D {-3..3}; real R in [0, inf]; real S\n'
        "image F[3, 8, 8]; latent U; latent V : categorical {a, b}; latent W : real in [0, 1]; node N; group G = A"
    )
    found = index(text).declared
    assert {name: declared.called for name, declared in found.items()} == {
        "A": "binary",
        "b c": "binary",
        "H": 'categorical {x, "dark blond", -1}',
        "D": "categorical {-3..3}",
        "R": "real in [0, inf]",
        "S": "real",
        "F": "image [3, 8, 8]",
        "U": "latent",
        "V": "latent categorical {a, b}",
        "W": "latent real in [0, 1]",
        "N": "node",
        "G": "group",
    }
    assert found["H"].levels == ("x", "dark blond", "-1")
    assert found["D"].levels == ("-3", "-2", "-1", "0", "1", "2", "3")
    assert [name for name, declared in found.items() if declared.is_group] == ["G"]


def test_a_statement_that_cannot_be_read_declares_and_mentions_all_the_same() -> None:
    text = "binary A B, C {x, y}\nA -> -> B\nA ~ ( A"
    found = index(text)
    assert list(found.declared) == ["A", "B", "C"]
    assert [m.span.begin.line for m in found.mentions["A"]] == [1, 2, 3, 3]
    assert [m.declares for m in found.mentions["A"]] == [True, False, False, False]
    assert found.declared["A"].called == "declared in a statement that cannot be read"


def test_places() -> None:
    source = Source("<text>", "node A, Bcd; A->Bcd")
    found = Index.of(gather(parse(source)[0], None))
    at = {i: m.name for i in range(20) if (m := found.at(source, i))}
    assert at == dict.fromkeys((5, 6, 13, 14), "A") | dict.fromkeys((8, 9, 10, 11, 16, 17, 18, 19), "Bcd")
    assert list(index("A -> B; node A").undeclared()) == ["B"]


def test_names_of_used_files(tmp_path: Path) -> None:
    (tmp_path / "used.causal").write_text("binary A, B\nA -> B")
    source = Source(str(tmp_path / "main.causal"), 'use "used.causal"\nA <-> B; binary C')
    found = Index.of(gather(parse(source)[0], Folder(tmp_path)))
    assert list(found.declared) == ["A", "B", "C"]
    assert [(Path(m.span.source.name).stem, m.span.begin.line) for m in found.mentions["A"]] == [
        ("main", 2),
        ("used", 1),
        ("used", 2),
    ]
