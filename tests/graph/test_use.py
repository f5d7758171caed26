from pathlib import Path

import pytest

from causaldsl.errors import CausalError, Diagnostic
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import file_source, read_file, read_source
from causaldsl.graph.use import Folder
from causaldsl.source import Source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files outside of the model's folder are one level up."""
    (tmp_path / "model").mkdir()
    return tmp_path / "model"


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / (name.replace("__", "/") + ".causal")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.causal"


def findings(path: Path) -> list[Diagnostic]:
    with pytest.raises(CausalError) as caught:
        read_file(path)
    return list(caught.value.diagnostics)


def test_nodes_groups_edges_and_equations_come_along(folder: Path) -> None:
    main = write(
        folder,
        main='model m "mine"\nbinary First\nuse "labels.causal"\nbinary Last\nG -> Last\nA ~ wgan',
        labels="language 1\nmodel other\nbinary A, B, C; group G = A, B; A -> B; C := bernoulli(0.5)\n"
        "A ~ neural; default binary ~ neural(hidden=1); query P(A); assert A _||_ C",
    )
    graph = read_file(main)
    assert [n.name for n in graph] == ["First", "A", "B", "C", "Last"]
    assert set(graph.edges) == {("A", "B", "->"), ("A", "Last", "->"), ("B", "Last", "->")}
    assert graph["C"].equation is not None
    assert graph["A"].mechanism is not None
    assert graph["A"].mechanism.kind == "wgan"
    assert graph["B"].mechanism is None
    assert graph.queries == graph.assertions == ()
    assert (graph.name, graph.title) == ("m", "mine")
    assert graph.warnings == ()


def test_paths_are_relative_to_the_file_that_names_them(folder: Path) -> None:
    main = write(folder, main='use "parts/a.causal"\nA -> B', parts__a='use "b.causal"\nnode A', parts__b="node B")
    assert [n.name for n in read_file(main)] == ["B", "A"]


def test_a_file_is_read_once_however_often_it_is_reached(folder: Path) -> None:
    main = write(
        folder,
        main='use "l.causal"; use "r.causal"; use "./l.causal"',
        l='use "c.causal"; node L',
        r='use "c.causal"; node R',
        c="node C",
    )
    assert [n.name for n in read_file(main)] == ["C", "L", "R"]


def test_a_star_means_the_same_whoever_uses_the_file(folder: Path) -> None:
    main = write(
        folder,
        main='binary Mine\nuse "face.causal"\nMine -> A',
        face='use "labels.causal"\nimage F[3, 32, 32]\n* -> F',
        labels="binary A, B",
    )
    assert read_file(main)["F"].parents == ("A", "B")


def test_findings_name_their_file(folder: Path) -> None:
    main = write(folder, main='use "other.causal"\nA -> B\nC -> A', other="node A B\nnode D\nD -> D")
    source, place = file_source(main)
    graph, found, readable = read_source(source, place)
    assert (graph, readable) == (None, False)
    assert [(f.span and Path(f.span.source.name).name, f.code) for f in found] == [
        ("main.causal", "C201"),
        ("other.causal", "C101"),
        ("other.causal", "C204"),
    ]
    assert str(folder / "other.causal") + ":1:8" in str(found[1])


def test_a_name_is_declared_once_in_all_files(folder: Path) -> None:
    (finding,) = findings(write(folder, main='use "other.causal"\nbinary A', other="binary A"))
    assert finding.code == "C202"
    assert finding.hint is not None
    assert finding.hint.endswith("other.causal already")


@pytest.mark.parametrize(
    "texts", [{"main": 'use "main.causal"'}, {"main": 'use "a.causal"', "a": 'node A; use "main.causal"'}]
)
def test_a_circle_of_files_is_an_error(folder: Path, texts: dict[str, str]) -> None:
    (finding,) = findings(write(folder, **texts))
    assert finding.code == "C231"
    assert finding.message.count("main.causal") == 2


@pytest.mark.parametrize("path", ["../out.causal", "/etc/hostname", "parts/../../out.causal", "link.causal"])
def test_a_file_outside_of_the_folder_is_refused(folder: Path, path: str) -> None:
    (folder.parent / "out.causal").write_text("node Outside")
    (folder / "link.causal").symlink_to(folder.parent / "out.causal")
    (finding,) = findings(write(folder, main=f'use "{path}"'))
    assert finding.code == "C232"


def test_a_missing_file_and_one_that_is_no_text(folder: Path) -> None:
    (folder / "latin.causal").write_bytes(b"node gr\xf6\xdfe")
    found = findings(write(folder, main='use "none.causal"\nuse "latin.causal"\nuse "."'))
    assert [f.code for f in found] == ["C230"] * 3
    assert "no such file" in found[0].message
    assert "not UTF-8" in found[1].message


def test_a_long_chain_of_files_needs_no_recursion(folder: Path) -> None:
    n = 1_500
    write(folder, **{f"f{i}": f'use "f{i + 1}.causal"\nnode N{i}' for i in range(n)}, **{f"f{n}": f"node N{n}"})
    assert len(read_file(write(folder, main='use "f0.causal"')).nodes) == n + 1


# ---- tables in files


def table(folder: Path, text: str, equation: str = 'Y | X, Z := table("y.csv")') -> CausalGraph:
    (folder / "y.csv").write_text(text, encoding="utf-8")
    return read_file(write(folder, main=f"binary X, Y; categorical Z {{a, b}}\n{equation}"))


FINE = "X,Z,0,1\n0,a,0.9,0.1\n1,b,0.6,0.4\n0,b,0.8,0.2\n1,a,0.7,0.3\n"


@pytest.mark.parametrize("text", [FINE, "\ufeff" + FINE.replace("\n", "\r\n"), FINE.replace(",", " , ") + "\n"])
def test_a_table_beside_the_text(folder: Path, text: str) -> None:
    equation = table(folder, text)["Y"].equation
    assert equation == Table(("X", "Z"), ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0.6, 0.4)))


def test_a_table_without_causes(folder: Path) -> None:
    assert table(folder, "0,1\n0.25,0.75\n", 'Y := table("y.csv")')["Y"].equation == Table((), ((0.25, 0.75),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty file"),
        (FINE.replace("X,Z", "Z,X"), "begins with Z, X, 0, 1"),
        (FINE.replace("1,b", "1,c"), "line 3 of .* has an unknown level, `c`"),
        (FINE.replace("0.9", "most"), "line 2 of .*: could not convert"),
        (FINE.replace("0.9,", ""), "line 2 of .* has 3 cells, not 4"),
        (FINE + "0,a,0.9,0.1\n", "line 6 of .* is about levels that another line is about"),
        (FINE.replace("1,b,0.6,0.4\n", ""), "has no line for 1, b"),
    ],
)
def test_a_table_file_that_is_no_table(folder: Path, text: str, message: str) -> None:
    with pytest.raises(CausalError, match=rf"(?s)error\[C450\].*{message}"):
        table(folder, text)


def test_a_table_file_whose_rows_are_no_laws(folder: Path) -> None:
    with pytest.raises(CausalError, match=r"C449\]: the row for 0, a sums to 1\.09, not to 1"):
        table(folder, FINE.replace("0.9", "0.99"))


@pytest.mark.parametrize(
    "call", ["table(y)", 'table("y.csv", "z.csv")', "table()", 'table("none.csv")', 'table("../y.csv")']
)
def test_a_table_takes_one_file_of_the_folder(folder: Path, call: str) -> None:
    with pytest.raises(CausalError, match=r"error\[C450\]"):
        table(folder, FINE, f"Y | X, Z := {call}")


def test_a_text_that_is_not_saved_stands_for_its_file(tmp_path: Path) -> None:
    (tmp_path / "labels.causal").write_text("binary A")
    source = Source(str(tmp_path / "main.causal"), 'use "labels.causal"; B -> C')
    folder = Folder(tmp_path.resolve(), {(tmp_path / "labels.causal").resolve(): "\ufeffbinary B, C\r\n"})
    graph, found, _ = read_source(source, folder)
    assert (found, graph and graph.edges) == ([], (("B", "C", "->"),))
