"""Time what a model of labels draws and answers, beside numpy, Pyro and pgmpy in one run: `python bench/inference.py`.

The model is that of `bench/peers`: the nine labels of CelebA's graph 1 with random tables. One thread; rows per CPU
second, the best of several repetitions; the TVD of the drawn rows to the exact law beside the floor of as many exact
draws. Then the 37 nodes of the alarm network (from pgmpy's wheel): all marginals given evidence, beside pgmpy's.
Peers that are not installed are left out, and said so.
"""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

import causaldsl as cd
from causaldsl.plugins import registry

sys.path.insert(0, str(Path(__file__).parent / "peers"))
from common import COND, DO, GRAPH, MIXED, N_SAMPLE, NODES, P_OBS, RARE, TRUTH, ancestral, cells, floor_tvd, joint, tvd

REPEATS = 15
EVIDENCE = {"HRBP": "HIGH", "CO": "LOW", "BP": "LOW"}


def main() -> None:
    torch.set_num_threads(1)
    model = cd.compile(cd.parse(text()))
    rng = np.random.default_rng(0)
    rows = {
        "seen": ({}, {}),
        "done": (DO, {}),
        "given": ({}, COND),
        "done and given": MIXED,
        "given, p = 9e-4": ({}, RARE),
    }
    print(f"{'':18}{'ours':>10}{'numpy':>10}{'ratio':>8}{'TVD':>9}{'floor':>9}   (million rows per CPU second)")
    for what, (do, given) in rows.items():
        law = joint(TRUTH, do, given)
        speed, drawn = best(lambda do=do, given=given: model.sample(N_SAMPLE, do, given, seed=int(rng.integers(2**31))))
        found = cells(np.stack([drawn[n].numpy() for n in NODES], 1))
        peer = "" if given else best(lambda do=do: ancestral(TRUTH, N_SAMPLE, rng, do))[0]
        ratio = "" if given else f"{speed / peer:.2f}"
        shown = "" if given else f"{peer / 1e6:.2f}"
        print(
            f"{what:18}{speed / 1e6:10.2f}{shown:>10}{ratio:>8}{tvd(found, law):9.4f}{floor_tvd(law, N_SAMPLE):9.4f}",
            flush=True,
        )
    model.ask("P(Bald=1 | do(Young=0), Smiling=1)")
    seconds = min(timed(lambda: model.ask("P(Bald=1 | do(Young=0), Smiling=1)"))[0] for _ in range(50))
    print(f"one exact P(..) after tabulation: {seconds * 1e3:.2f} ms")
    alarm()


def text() -> str:
    lines = [f"binary {', '.join(NODES)}"]
    for name, parents in GRAPH.items():
        p = np.asarray(TRUTH[name]).reshape(-1)
        given = f" | {', '.join(parents)}" if parents else ""
        lines.append(f"{name}{given} := [{', '.join(f'[{1 - q!r}, {q!r}]' for q in p.tolist())}]")
    assert abs(P_OBS.sum() - 1) < 1e-9
    return "\n".join(lines)


def alarm() -> None:
    spec = find_spec("pgmpy")
    if spec is None or spec.origin is None:
        print("alarm: pgmpy's wheel is not installed, so neither is the network")
        return
    path = Path(spec.origin).parent / "utils/example_models/alarm.bif.gz"
    source = gzip.decompress(path.read_bytes()).decode()
    graph, _ = registry.load("formats", "bif").read(source, "alarm.bif")
    model = cd.compile(graph)
    evidence = {name: value for name, value in EVIDENCE.items() if name in graph}
    names = [name for name in graph.columns if name not in evidence]

    def marginals() -> dict[str, np.ndarray]:
        law = model.joint().given({n: graph[n].domain.index(v) for n, v in evidence.items()})  # type: ignore[union-attr]
        return {name: law.marginal(name).numpy() for name in names}

    marginals()
    seconds, ours = min((timed(marginals) for _ in range(5)), key=lambda found: found[0])
    print(f"alarm: {len(names)} marginals given {evidence}: {seconds * 1e3:.0f} ms", end="", flush=True)
    try:
        from pgmpy.inference import VariableElimination
        from pgmpy.readwrite import BIFReader
    except ImportError as error:
        print(f"; pgmpy cannot be imported here ({error})")
        return
    peer = VariableElimination(BIFReader(string=source).get_model())

    def theirs() -> dict[str, np.ndarray]:
        found = {}
        for name in names:
            factor = peer.query([name], evidence=evidence, show_progress=False)
            order = [factor.state_names[name].index(level) for level in graph[name].domain.levels]  # type: ignore[union-attr]
            found[name] = factor.values[order]
        return found

    peer_seconds, expected = timed(theirs)
    gap = max(float(np.abs(ours[name] - expected[name]).max()) for name in names)
    print(f"; pgmpy {peer_seconds * 1e3:.0f} ms, {peer_seconds / seconds:.0f} times ours; largest difference {gap:.1e}")


def best(draw: Callable[[], object]) -> tuple[float, object]:
    draw()
    quickest = min(timed(draw)[0] for _ in range(REPEATS))
    return N_SAMPLE / quickest, draw()


def timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    result = work()
    return max(time.process_time() - start, 1e-9), result


if __name__ == "__main__":
    main()
