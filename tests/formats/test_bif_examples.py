"""The example networks that pgmpy installs (which is never imported), against a second reading of their numbers."""

import gzip
import importlib.util
import re
from itertools import product
from pathlib import Path

import pytest

from causaldsl.formats.bif import plugin
from causaldsl.formats.causal import write_causal
from causaldsl.graph.domain import Binary, Categorical
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text

SPEC = importlib.util.find_spec("pgmpy")
pytestmark = pytest.mark.skipif(SPEC is None, reason="pgmpy's files are not installed")

_VARIABLE = re.compile(r"variable (\S+) \{\s*type discrete \[ (\d+) \] \{ ([^}]*) \};")
_LAW = re.compile(r"probability \( (\S+)(?: \| ([^)]*))? \) \{(.*?)\n\}", re.DOTALL)
_ROW = re.compile(r"^\s*(?:table|\(([^)]*)\))([^;]*);", re.MULTILINE)

Cells = dict[tuple[str, ...], float]


def example(name: str) -> str:
    assert SPEC is not None
    assert SPEC.submodule_search_locations
    folder = Path(SPEC.submodule_search_locations[0]) / "utils/example_models"
    return gzip.decompress((folder / f"{name}.bif.gz").read_bytes()).decode()


def second_reading(text: str) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, Cells]]:
    """Return levels, parents, and for each node the number of each (parents' levels, own level)."""
    levels = {name: listed.split(", ") for name, _, listed in _VARIABLE.findall(text)}
    parents: dict[str, list[str]] = {}
    cells: dict[str, Cells] = {}
    for name, given, body in _LAW.findall(text):
        parents[name] = given.split(", ") if given else []
        cells[name] = {
            (*(at.split(", ") if at else ()), level): float(p)
            for at, numbers in _ROW.findall(body)
            for level, p in zip(levels[name], numbers.split(","), strict=True)
        }
    return levels, parents, cells


def as_cells(graph: CausalGraph, name: str) -> Cells:
    """Return the numbers of a node's table, by name."""
    table = graph[name].equation
    assert isinstance(table, Table)
    rows = product(*(levels_of(graph, parent) for parent in table.given))
    return {
        (*at, level): p
        for at, row in zip(rows, table.rows, strict=True)
        for level, p in zip(levels_of(graph, name), row, strict=True)
    }


def levels_of(graph: CausalGraph, name: str) -> tuple[str, ...]:
    domain = graph[name].domain
    assert isinstance(domain, Binary | Categorical)
    return domain.levels


@pytest.mark.parametrize(("name", "size"), [("asia", (8, 8)), ("child", (20, 25)), ("alarm", (37, 46))])
def test_small_networks(name: str, size: tuple[int, int]) -> None:
    text = example(name)
    graph, lost = plugin.read(text, f"{name}.bif")
    assert lost == ()
    assert (len(graph.nodes), len(graph.edges)) == size
    levels, parents, cells = second_reading(text)
    assert [node.name for node in graph] == list(levels)
    for node in graph:
        assert list(levels_of(graph, node.name)) == levels[node.name]
        assert set(node.parents) == set(parents[node.name])
        assert as_cells(graph, node.name) == cells[node.name]
    assert plugin.read(plugin.write(graph)[0], "again.bif") == (graph, ())
    assert read_text(write_causal(graph)) == graph


def test_munin() -> None:
    text = example("munin")
    graph, lost = plugin.read(text, "munin.bif")
    assert lost == ()
    levels, parents, cells = second_reading(text)
    assert {node.name: set(node.parents) for node in graph} == {name: set(of) for name, of in parents.items()}
    assert (len(graph.nodes), len(graph.edges)) == (1041, 1397)
    for name in list(levels)[::20]:
        assert as_cells(graph, name) == cells[name]
    assert plugin.read(plugin.write(graph)[0], "again.bif") == (graph, ())
