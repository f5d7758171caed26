import pytest
from hypothesis import given, settings

from causaldsl.errors import CausalError, CausalSyntaxError, GraphError
from causaldsl.formats import bif_reader, bif_tables
from causaldsl.formats.bif import plugin, write_bif
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text
from causaldsl.testing.formats import assert_round_trip
from causaldsl.testing.strategies import models

A = "variable A { type discrete [ 2 ] { yes, no }; }\n"
B = "variable B {\n  type discrete [ 2 ] { True, False };\n}\n"
C = "variable C { type discrete [3] { 1, 2, 3 }; }\n"


def table(text: str, name: str = "A") -> tuple[tuple[str, ...], tuple[tuple[float, ...], ...]]:
    equation = plugin.read(text, "x.bif")[0][name].equation
    assert isinstance(equation, Table)
    return equation.given, equation.rows


@given(models(max_nodes=4, levels=True))
@settings(max_examples=60, deadline=None)
def test_a_second_trip_changes_nothing(graph: CausalGraph) -> None:
    text, lost = plugin.write(graph)
    assert lost == ()
    assert write_bif(plugin.read(text, "x.bif")[0]) == text


def test_how_it_is_written() -> None:
    graph = read_text(
        'model m "A title"; binary A; categorical B {"<5", "a, b"}; latent U : categorical {0..2}; B, U -> A; A <-> U; '
        'A ~ k; B := [[0.25, 0.75]]; categorical "1" {"0", "1"}; "1" | B := [[1, 0], [0.5, 0.5]]; query P(A | "1"="0")'
    )
    assert plugin.write(graph)[0].splitlines() == [
        "network m {",
        '  property title = "A title";',
        '  property edge = "A <-> U";',
        '  property query = "P(A | \\"1\\"=\\"0\\")";',
        "}",
        "variable A {",
        "  type discrete [ 2 ] { 0, 1 };",
        '  property mechanism = "k";',
        "}",
        "variable B {",
        '  type discrete [ 2 ] { <5, "a, b" };',
        "}",
        "variable U {",
        "  type discrete [ 3 ] { 0, 1, 2 };",
        "  property latent = true;",
        "}",
        "variable 1 {",
        "  type discrete [ 2 ] { 0, 1 };",
        '  property domain = "categorical {\\"0\\", \\"1\\"}";',
        "}",
        "probability ( A | B, U ) {",
        "}",
        "probability ( B ) {",
        "  table 0.25, 0.75;",
        "}",
        "probability ( 1 | B ) {",
        "  (<5) 1.0, 0.0;",
        '  ("a, b") 0.5, 0.5;',
        "}",
    ]


@pytest.mark.parametrize(
    "levels",
    ["yes, no", "True, False", "0, 1", "1, 0", "1, 2, 3", "-1, 0", "a b, c", "<5, 5-10, >=10, a/b, Transp., 0.5, _"],
)
def test_levels_keep_their_names_and_their_order(levels: str) -> None:
    expected = tuple(levels.split(", "))
    graph, lost = plugin.read(f"variable A {{ type discrete [ {len(expected)} ] {{ {levels} }}; }}", "x.bif")
    assert graph["A"].domain.levels == expected  # type: ignore[union-attr]
    assert lost == ()


def test_which_levels_are_numbers() -> None:
    graph, _ = plugin.read(
        "".join(
            f"variable V{i} {{ type discrete [ {len(levels.split(','))} ] {{ {levels} }}; }}\n"
            for i, levels in enumerate(("0, 1", "1, 0", "1, 2, 3", "1, 3", "01, 02", "yes, no"))
        ),
        "x.bif",
    )
    assert [str(node.domain) for node in graph] == [
        "binary",
        'categorical {"1", "0"}',
        "categorical {1..3}",
        'categorical {"1", "3"}',
        'categorical {"01", "02"}',
        "categorical {yes, no}",
    ]


@pytest.mark.parametrize(
    ("law", "given_", "rows"),
    [
        ("( A ) { table 0.2, 0.8; }", (), [(0.2, 0.8)]),
        ("(A){table .2 8e-1;}", (), [(0.2, 0.8)]),
        ("( A | B ) { (True) 0.2, 0.8; (False) 1, 0.; }", ("B",), [(0.2, 0.8), (1, 0)]),
        ("( A | B ) { (False) 1, 0; (True) 0.2, 0.8; }", ("B",), [(0.2, 0.8), (1, 0)]),
        ("( A | B ) { (False) 1, 0; default 0.2, 0.8; }", ("B",), [(0.2, 0.8), (1, 0)]),
        ("( A | B ) { table 0.2, 1.0, 0.8, 0.0; }", ("B",), [(0.2, 0.8), (1, 0)]),
        ("( A B ) { table 0.2 1.0 0.8 0.0; } // old", ("B",), [(0.2, 0.8), (1, 0)]),
        ("( A | C ) { (3) 1, 0; (1) 0, 1; default .5, .5; }", ("C",), [(0, 1), (0.5, 0.5), (1, 0)]),
        (
            "( A | C B ) { (1 True) 0.1, 0.9; ( 2,False ) 0.2, 0.8; /* (3, True) */ default 0, 1; }",
            ("C", "B"),
            [(0.1, 0.9), (0, 1), (0, 1), (0.2, 0.8), (0, 1), (0, 1)],
        ),
        (
            "( A | B, C ) { (True, 1) 0.1, 0.9; (True, 2) 0.2, 0.8; (True, 3) .3, .7; default 0, 1; }",
            ("B", "C"),
            [(0.1, 0.9), (0.2, 0.8), (0.3, 0.7), (0, 1), (0, 1), (0, 1)],
        ),
    ],
)
def test_laws_as_they_are_written(law: str, given_: tuple[str, ...], rows: list[tuple[float, float]]) -> None:
    assert table(f"{A}{B}{C}probability {law}") == (given_, tuple(rows))


def test_names_in_quotes_and_with_spaces() -> None:
    text = (
        'network "Dog-Problem" { /* 2; */ property "author x; y" ; }\n'
        "variable political inequality { type discrete[2] { dark blond, // the first\n  black }; }\n"
        'variable "a | b" { type discrete [2] { "say \\"no\\"" "x;//y" }; property position = (7, 6) ; }\n'
        'probability ( "a | b" | political  inequality ) {\n  ( dark blond ) 0.1, 0.9; ("black") 0.2, 0.8; }'
    )
    graph, lost = plugin.read(text, "x.bif")
    assert graph.name == "Dog-Problem"
    assert [(n.name, n.parents, str(n.domain)) for n in graph] == [
        ("political inequality", (), 'categorical {"dark blond", black}'),
        ("a | b", ("political inequality",), 'categorical {"say \\"no\\"", "x;//y"}'),
    ]
    assert graph["a | b"].equation == Table(("political inequality",), ((0.1, 0.9), (0.2, 0.8)))
    assert lost == ('property "author x; y" of the network', "property position of a variable")
    assert_round_trip(plugin, graph)


def test_structure_without_numbers() -> None:
    graph, lost = plugin.read(f"network unknown {{ }} {A}{B}probability ( A | B ) {{ }}", "x.bif")
    assert graph == read_text("categorical A {yes, no}; categorical B {True, False}; B -> A")
    assert lost == ()


def test_rounded_rows_are_divided_by_their_sums_and_that_is_said() -> None:
    text = f"{A}{B}{C}probability ( C | A, B ) {{ (yes, True) 0.333, 0.333, 0.333; (no, True) 0.3333, 0.3333, 0.3333; "
    graph, lost = plugin.read(
        text + "(yes, False) 0.3333333, 0.3333333, 0.3333333; default 0.5, 0.25, 0.25; }", "x.bif"
    )
    equation = graph["C"].equation
    assert isinstance(equation, Table)
    third = 0.333 / (3 * 0.333)
    assert equation.rows[0] == pytest.approx((third, third, third), abs=1e-15)
    assert equation.rows[1] == (0.3333333, 0.3333333, 0.3333333)
    assert lost == ("2 rows of C as written, with a sum other than 1 by rounding: divided by it",)
    assert_round_trip(plugin, graph)


def test_properties_cannot_smuggle_statements_in() -> None:
    text = (
        'network x { property query = "P(A); node Z"; property edge = "A -> B; A -> C"; property group = "G = A, B"; '
        'property edge = "A -> A"; property edge = "B <-> A"; property assert = "P(A"; property query = "P(B=True)"; '
        "}\n"
        'variable A { type discrete [2] {yes,no}; property domain = "binary"; property equation = "B := True"; }\n'
        f"{B}variable C {{ type discrete [2] {{0,1}}; property latent = maybe; "
        'property equation = "C := bernoulli(0.5)"; property mechanism = "a; node Y"; }\n'
        "probability ( A ) { table 0.5, 0.5; }"
    )
    graph, lost = plugin.read(text, "x.bif")
    assert [node.name for node in graph] == ["A", "B", "C"]
    assert graph.edges == ()
    assert graph.groups == (("G", ("A", "B")),)
    assert [q.text for q in graph.queries] == ["P(B=True)"]
    assert str(graph["C"].equation) == "bernoulli(0.5)"
    assert sorted(lost) == [
        "property assert of the network",
        "property domain of a variable",
        "property edge of the network (3 times)",
        "property equation of a variable",
        "property latent of a variable",
        "property mechanism of a variable",
        "property query of the network",
    ]


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("", "C130", (1, 1), "no block"),
        ("# B\nvariabel A { }", "C130", (1, 1), "`#` where a block"),
        (f"{A}variabel D {{ }}", "C130", (2, 1), "did you mean `variable`"),
        ("variable A { type continuous; }", "C130", (1, 19), "`discrete` should stand"),
        ("variable A { type discrete [2] { a, b } }", "C130", (1, 41), "`;` should stand"),
        ("variable A { type discrete [3] { a, b }; }", "C130", (1, 32), "`A` has 2 levels listed, not 3"),
        ("variable A { type discrete [two] { a, b }; }", "C130", (1, 29), "number of levels"),
        ("variable A { type discrete [2] { a, b }; property x }", "C130", (1, 42), "no `;` at its end"),
        ("variable A { }", "C130", (1, 14), "`type discrete"),
        ("variable A, B { }", "C130", (1, 11), "`{` should stand"),
        ("variable A { type discrete [2] { a, ", "C130", (1, 37), "the text ends"),
        ("variable { }", "C130", (1, 10), "a name should stand"),
        ("variable A { type discrete [2] { a, a }; }", "C206", (1, 32), "the level `a` twice"),
        ("variable A { type discrete [1] { a }; }", "C206", (1, 32), "`A` has 1 level;"),
        ("variable A { type discrete [2] { a, b\u202ec }; }", "C219", (1, 32), "control character"),
        (f"{A}{A}", "C202", (2, 10), "declared twice"),
        (f'{A}network "x', "C130", (2, 9), "the quote is never closed"),
        (f"{A}/* x */ /* y", "C130", (2, 9), "the comment is never closed"),
        (f"{A}probability ( B ) {{ }}", "C201", (2, 15), "`B` is not declared"),
        (f"{A}{B}probability ( A | b ) {{ }}", "C201", (5, 19), "did you mean `B`"),
        (f"{A}probability ( A | A ) {{ }}", "C204", (2, 19), "cannot cause itself"),
        (f"{A}{B}probability ( A | B, B ) {{ }}", "C131", (5, 22), "`B` is named twice"),
        (f"{A}{B}probability ( A, B | B ) {{ }}", "C130", (5, 18), "law of one node"),
        (f"{A}probability ( A ) {{ }} probability ( A ) {{ }}", "C131", (2, 37), "a second law of `A`"),
        (f"{A}{B}probability ( A | B ) {{ (True) 1, 0; }}", "C131", (5, 25), "no row for (False)"),
        (f"{A}{C}probability ( A | C ) {{ (2) 1, 0; }}", "C131", (3, 25), "no row for (1), nor 1 more"),
        (
            f"{A}{B}probability ( A | B ) {{ (True) 1, 0; (True) 0, 1; }}",
            "C131",
            (5, 38),
            "second row of `A` for (True)",
        ),
        (f"{A}{B}probability ( A | B ) {{ (true) 1, 0; }}", "C131", (5, 25), "did you mean `True`"),
        (f"{A}{B}probability ( A | B ) {{ (yes) 1, 0; }}", "C131", (5, 25), "its levels are True, False"),
        (f"{A}{B}probability ( A | B ) {{ (True, x) 1, 0; }}", "C131", (5, 25), "2 levels, and the node 1 parent"),
        (f"{A}{B}probability ( A | B ) {{ (True) 1; }}", "C131", (5, 25), "1 number, and `A` 2 levels"),
        (f"{A}probability ( A ) {{ table 0.5, 0.4; }}", "C131", (2, 21), "the row for the node sums to 0.9, not to 1"),
        (f"{A}probability ( A ) {{ table 0.5, 0.498; }}", "C131", (2, 21), "sums to 0.998"),
        (f"{A}probability ( A ) {{ table 1.5, -0.5; }}", "C131", (2, 21), "1.5 is no probability"),
        (f"{A}probability ( A ) {{ table 1e308, 1e308; }}", "C131", (2, 21), "1e+308 is no probability"),
        (f"{A}probability ( A ) {{ table 0.5, nan; }}", "C130", (2, 32), "`nan` is no number"),
        (f"{A}probability ( A ) {{ table 0.5, 1_0; }}", "C130", (2, 32), "`1_0` is no number"),
        (f"{A}probability ( A ) {{ table 1, 0, 0; }}", "C131", (2, 21), "3 numbers and needs 2"),
        (f"{A}probability ( A ) {{ table 1, 0; default 1, 0; }}", "C131", (2, 33), "a `table` and more"),
        (f"{A}{B}probability ( A | B ) {{ table 0.1, 0.9, 0.2, 0.8; }}", "C131", (5, 25), "change slowest"),
        (f"{A}{B}probability ( A | B ) {{ default 1, 0; default 0, 1; }}", "C131", (5, 39), "second `default`"),
        (f"{A}probability ( A ) {{ table 1, 0 }}", "C130", (2, 21), "this row cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, code: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(CausalError) as caught:
        plugin.read(text, "x.bif")
    (finding,) = caught.value.diagnostics
    assert finding.code == code
    assert finding.span is not None
    assert finding.span.begin == place
    assert message in f"{finding.message}\n{finding.hint}"


def test_all_findings_come_in_one_go() -> None:
    text = "variable A { type discrete [2] { a b };\nvariable B { type; }\nvariable C { type discrete [2] { a } }\n"
    with pytest.raises(CausalSyntaxError) as caught:
        plugin.read(text, "x.bif")
    assert [d.span.begin.line for d in caught.value.diagnostics if d.span] == [2, 2, 3]
    with pytest.raises(GraphError) as wrong:
        plugin.read(f"{A}{B}probability ( A | x ) {{ }} probability ( B ) {{ table 1, 1; }}", "x.bif")
    assert [d.code for d in wrong.value.diagnostics] == ["C201", "C131"]


def test_cycles_are_refused() -> None:
    with pytest.raises(GraphError, match=r"x.bif:5:41: error\[C203\].*A -> B -> A"):
        plugin.read(f"{A}{B}probability ( A | B ) {{ }} probability ( B | A ) {{ }}", "x.bif")


def test_what_bif_cannot_hold_is_refused_by_name() -> None:
    with pytest.raises(GraphError) as caught:
        plugin.write(read_text("node N; real R in [0, 1]; image F[3, 8, 8]; latent U; binary A; N, R -> A; U -> A, R"))
    assert [d.message for d in caught.value.diagnostics] == [
        "BIF cannot hold `N`: its domain is not stated",
        "BIF cannot hold `R`: it is real in [0, 1]",
        "BIF cannot hold `F`: it is image [3, 8, 8]",
        "BIF cannot hold `U`: its domain is not stated",
    ]
    assert {d.code for d in caught.value.diagnostics} == {"C134"}


def test_what_is_too_large_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    law = f"{A}{B}probability ( A | B ) {{ default 1, 0; }}\nprobability ( B ) {{ table 1, 0; }}"
    monkeypatch.setattr(bif_tables, "MAX_CELLS", 5)
    with pytest.raises(GraphError, match="with the law of `B` the text has more than 5 numbers"):
        plugin.read(law, "x.bif")
    monkeypatch.setattr(bif_reader, "MAX_CHARACTERS", 20)
    with pytest.raises(CausalSyntaxError, match=r"C132.*20 are the most"):
        plugin.read(law, "x.bif")


def test_a_law_of_many_parents_needs_no_room_for_its_rows() -> None:
    parents = "".join(f"variable P{i} {{ type discrete [2] {{ 0, 1 }}; }}\n" for i in range(60))
    head = ", ".join(f"P{i}" for i in range(60))
    with pytest.raises(GraphError, match="C132"):
        plugin.read(f"{A}{parents}probability ( A | {head} ) {{ default 1, 0; }}", "x.bif")
