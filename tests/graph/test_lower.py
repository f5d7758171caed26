import pytest

from causaldsl.errors import GraphError
from causaldsl.graph import edges as edges_module
from causaldsl.graph.domain import Binary, Categorical, Image, Real
from causaldsl.graph.ir import CausalGraph, MechanismSpec, Option
from causaldsl.graph.read import read_text
from causaldsl.syntax.words import RESERVED


def edges(text: str) -> set[str]:
    return {" ".join((a, sign, b)) for a, b, sign in read_text(text).edges}


def codes(text: str) -> list[str]:
    with pytest.raises(GraphError) as caught:
        read_text(text)
    return [d.code for d in caught.value.diagnostics]


def test_domains() -> None:
    graph = read_text(
        'binary A; node B; categorical C {black, "dark blond", -3}; categorical D {-1..2}; real E\n'
        "real F in [-inf, 2]\n"
        "image G[3, 32, 64]; latent H; latent I : binary; latent J : real in [0, 1]; latent K : categorical {x, y}"
    )
    assert {n.name: n.domain for n in graph} == {
        "A": Binary(),
        "B": None,
        "C": Categorical(("black", "dark blond", "-3")),
        "D": Categorical(("-1", "0", "1", "2"), is_range=True),
        "E": Real(),
        "F": Real(high=2.0),
        "G": Image(3, 32, 64),
        "H": None,
        "I": Binary(),
        "J": Real(0.0, 1.0),
        "K": Categorical(("x", "y")),
    }
    assert graph.latents == ("H", "I", "J", "K")
    assert graph.columns == ("A", "B", "C", "D", "E", "F")
    assert graph.images == ("G",)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("A, B -> C, D", {"A -> C", "A -> D", "B -> C", "B -> D"}),
        ("{A, B,} -> {C}", {"A -> C", "B -> C"}),
        ("A -> B -> C", {"A -> B", "B -> C"}),
        ("A -> B <- C", {"A -> B", "C -> B"}),
        ("D <- C <- {A, B}", {"C -> D", "A -> C", "B -> C"}),
        ("A <-> B", {"A <-> B"}),
        ("B <-> A", {"A <-> B"}),
        ("C, D <-> A", {"A <-> C", "A <-> D"}),
        ("A <-> B -> C", {"A <-> B", "B -> C"}),
        ("A -> B; A <-> B", {"A -> B", "A <-> B"}),
        ("* -> D", {"A -> D", "B -> D", "C -> D"}),
        ("A -> *", {"A -> B", "A -> C", "A -> D"}),
        ("A -> B -> *", {"A -> B", "B -> C", "B -> D"}),
        ("{*, A} -> D", {"A -> D", "B -> D", "C -> D"}),
        ("group G = A, B; G -> C", {"A -> C", "B -> C"}),
        ("group G = H, B; group H = A; G -> C", {"A -> C", "B -> C"}),
        ("group G = *; G -> F", {"A -> F", "B -> F", "C -> F", "D -> F"}),
        ("group G = A, B; * -> G", {"C -> A", "C -> B", "D -> A", "D -> B"}),
        ("* -> F", {"A -> F", "B -> F", "C -> F", "D -> F"}),
    ],
)
def test_edges(statements: str, expected: set[str]) -> None:
    assert edges(f"binary A, B, C, D; image F[3, 2, 2]; {statements}") == expected
    assert edges(f"{statements}; binary A, B, C, D; image F[3, 2, 2]") == expected


def test_a_star_leaves_out_images_and_latents() -> None:
    assert edges("binary A; image F, G[3, 2, 2]; latent U; * -> F") == {"A -> F"}


def test_parents_and_pairs_are_in_order_of_declaration() -> None:
    graph = read_text("node A, B, C, D; D <- C; B, A -> D; C <-> B; B <-> A; D <-> A")
    assert graph["D"].parents == ("A", "B", "C")
    assert graph.confounded == (("A", "B"), ("A", "D"), ("B", "C"))


def test_the_order_of_statements_does_not_matter() -> None:
    statements = ["node A, B, C", "A -> B", "B -> C", "A ~ neural", "default binary ~ wgan", "group G = B"]
    forward, backward = read_text("\n".join(statements)), read_text("\n".join(statements[::-1]))
    assert forward == backward
    assert hash(forward) == hash(backward)


def test_own_mechanisms_go_before_defaults() -> None:
    graph = read_text(
        "binary A, B; real C; image F[3, 2, 2]; latent U : binary; latent V; U, V -> A, B; A -> F; group G = A\n"
        "G ~ wgan(layers=3); default binary ~ neural(hidden=8); default image ~ r3gan"
    )
    small = MechanismSpec("neural", (Option("hidden", 8),))
    assert {n.name: n.mechanism for n in graph} == {
        "A": MechanismSpec("wgan", (Option("layers", 3),)),
        "B": small,
        "C": None,
        "F": MechanismSpec("r3gan"),
        "U": small,
        "V": None,
    }


def test_option_values() -> None:
    graph = read_text('node A; A ~ k(i=3, f=0.5, n=-2, t=true, w=word, q="true", l=[1, [x, "y z"]], e=[])')
    assert graph["A"].mechanism is not None
    assert {o.name: o.value for o in graph["A"].mechanism.options} == {
        "i": 3, "f": 0.5, "n": -2, "t": True, "w": "word", "q": "true", "l": (1, ("x", "y z")), "e": (),
    }  # fmt: skip


def test_questions_are_kept() -> None:
    graph = read_text("node A, B\nquery P(A |   # given\n  B)\nassert A _||_ B")
    assert [q.text for q in graph.queries] == ["P(A | B)"]
    assert [q.text for q in graph.assertions] == ["A _||_ B"]
    assert graph.queries[0].span is not None
    assert graph.queries[0].span.begin == (2, 7)


def test_model_and_language() -> None:
    graph = read_text('language 1\nmodel "my model" "what it is about"\nnode A')
    assert (graph.name, graph.title) == ("my model", "what it is about")
    assert (read_text("node A").name, read_text("model m; node A").title) == ("", "")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_names_in_quotes_only(word: str) -> None:
    graph = read_text(f'node "{word}", B; "{word}" -> B')
    assert graph.edges == ((word, "B", "->"),)
    assert codes(f"node {word}, B") == ["C205"]
    assert codes(f'node "{word}", B; B -> {word}') == ["C205"]


@pytest.mark.parametrize("word", ["P", "E", "do", "in", "within", "inf", "true", "table"])
def test_other_words_are_names(word: str) -> None:
    assert read_text(f"node {word}, B; {word} -> B; query {word} _||_ B").edges == ((word, "B", "->"),)


def test_levels_and_option_values_may_be_any_word() -> None:
    graph = read_text("categorical A {real, not, model}; A ~ k(x=model)")
    assert graph["A"].domain == Categorical(("real", "not", "model"))


def test_too_many_edges_are_refused_by_name_and_in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edges_module, "MAX_EDGES", 5)
    names = ", ".join(f"N{i}" for i in range(6))
    assert codes(f"node {names}; N0, N1 -> N2, N3; N0 -> N4, N5; N1 -> N4") == ["C213"]
    assert len(read_text(f"node {names}; N0, N1 -> N2, N3; N0 -> N4").edges) == 5


def test_several_findings_in_one_go_and_in_order() -> None:
    assert codes("binary A, A\nA -> Bx\nB -> Cx\nA ~ neural(x=1, x=2)\nA -> A") == [
        "C202",
        "C201",
        "C201",
        "C201",
        "C218",
        "C204",
    ]


def test_warnings_about_what_is_missing_wait_until_there_are_no_errors() -> None:
    assert codes("latent U; node A; A -> A") == ["C204"]
    assert [w.code for w in read_text("latent U; node A").warnings] == ["C251"]


def test_a_mediating_latent_with_one_child_is_no_finding() -> None:
    assert read_text("node A, B; latent U : real; A -> U -> B").warnings == ()


def test_a_long_chain() -> None:
    names = [f"N{i}" for i in range(10_000)]
    graph = read_text(f"node {', '.join(names)}\n{' -> '.join(names)}")
    assert graph.order == tuple(names)
    assert graph.depth["N9999"] == 9_999
    assert graph == read_text(f"node {', '.join(names)}\n{' -> '.join(names)}")
    assert codes(f"node {', '.join(names)}\n{' -> '.join([*names, names[0]])}") == ["C203"]


def test_graphs_that_differ_are_not_equal() -> None:
    texts = [
        "node A, B; A -> B",
        "node A, B; B -> A",
        "node A, B; A <-> B",
        "binary A, B; A -> B",
        "node A, B; A -> B; A ~ k",
    ]
    graphs: list[CausalGraph] = [read_text(t) for t in texts]
    assert len(set(graphs)) == len(texts)


def test_a_level_is_a_number_with_its_sign_whatever_is_between() -> None:
    graph = read_text("categorical A {-  # five less two\n 3, - 1.50, 4}; query P(A=-3)")
    assert graph["A"].domain == Categorical(("-3", "-1.50", "4"))
