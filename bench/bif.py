"""Read pgmpy's 24 example networks beside pgmpy's own reader: `OMP_NUM_THREADS=1 python bench/bif.py [NAME..]`.

CPU seconds of one run each: reading BIF, writing it, reading that again, writing the causal text, reading it again.
Every round is checked to give an equal graph, and every number to be pgmpy's. pgmpy's files lie where `make test` puts
them; pgmpy is a peer where it can be imported (`PYTHONPATH=DIR` after `pip install --target DIR pgmpy`), and left out,
and said to be, where not.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from causaldsl.formats.bif import plugin, write_bif
from causaldsl.formats.causal import write_causal
from causaldsl.graph.domain import Binary, Categorical
from causaldsl.graph.expression import Table
from causaldsl.graph.ir import CausalGraph
from causaldsl.graph.read import read_text


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU time of one run, and what it gave."""
    begun = time.process_time()
    result = function()
    return time.process_time() - begun, result


def same_numbers(graph: CausalGraph, reader: Any) -> bool:
    """Whether names, levels, parents and all numbers are those that pgmpy reads."""
    for node in graph.nodes:
        table = node.equation
        assert isinstance(table, Table)
        assert isinstance(node.domain, Binary | Categorical)
        if list(node.domain.levels) != reader.variable_states[node.name]:
            return False
        if list(table.given) != reader.variable_parents[node.name]:
            return False
        if not np.array_equal(np.array(table.rows).T, reader.variable_cpds[node.name]):
            return False
    return len(graph.nodes) == len(reader.variable_names)


def peer() -> Callable[[str], Any] | None:
    """Return pgmpy's reader, or None where it cannot be imported."""
    try:
        from pgmpy.readwrite.BIF import BIFReader
    except ImportError as error:
        print(f"pgmpy is left out: {error}")
        return None
    return lambda text: BIFReader(string=text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    names = parser.parse_args().names
    spec = importlib.util.find_spec("pgmpy")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("pgmpy's files are not installed: pip install --no-deps pgmpy")
    folder = Path(spec.submodule_search_locations[0]) / "utils" / "example_models"
    files = sorted(folder.glob("*.bif.gz"), key=lambda path: path.stat().st_size)
    read_by_peer = peer()
    print("network     nodes  edges  numbers    read  write  again  .causal  again     sum  pgmpy  ratio  same numbers")
    for path in files:
        name = path.name.removesuffix(".bif.gz")
        if names and name not in names:
            continue
        text = gzip.decompress(path.read_bytes()).decode()
        times = [0.0] * 5
        times[0], (graph, lost) = seconds(lambda text=text: plugin.read(text, "x.bif"))
        times[1], written = seconds(lambda graph=graph: write_bif(graph))
        times[2], (again, _) = seconds(lambda written=written: plugin.read(written, "x.bif"))
        times[3], causal = seconds(lambda graph=graph: write_causal(graph))
        times[4], once_more = seconds(lambda causal=causal: read_text(causal))
        assert lost == ()
        assert graph == again == once_more
        cells = sum(
            len(n.equation.rows) * len(n.equation.rows[0]) for n in graph.nodes if isinstance(n.equation, Table)
        )
        row = f"{name:10}  {len(graph.nodes):5}  {len(graph.edges):5}  {cells:7,}"
        row += "".join(f"  {t:{width}.3f}" for t, width in zip(times, (6, 5, 5, 7, 5), strict=True))
        row += f"  {sum(times):6.2f}"
        if read_by_peer is not None:
            spent, reader = seconds(lambda text=text: read_by_peer(text))
            row += f"  {spent:5.1f}  {spent / times[0]:5.0f}  {same_numbers(graph, reader)}"
        print(row, flush=True)


if __name__ == "__main__":
    main()
