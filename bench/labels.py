"""Fit label models to CelebA's labels and print their distances: `python bench/labels.py DIR` (DIR holds celeba/).

One line a model: TVD to the data, TVD to the graph's own factorisation, the floor of sampling, seconds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import torch

import causaldsl as cd
from causaldsl.datasets.encode import encode
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.measure.tvd import empirical, factorised, floor, tvd
from causaldsl.train.config import read_config
from causaldsl.train.data import open_data

DECLARED = f"binary {', '.join(LABELS)}\n"
G1 = """Young -> Eyeglasses
Young, Male -> Bald, Mustache, Smiling, Wearing_Lipstick
Young, Smiling -> Mouth_Slightly_Open
Young, Male, Smiling -> Narrow_Eyes
"""
GRAPHS = {
    "G1": DECLARED + G1,
    "cG1": DECLARED + "".join(f"{', '.join(LABELS[:i])} -> {n}\n" for i, n in enumerate(LABELS) if i),
}
DRAWS = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["neural", "wgan"])
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print("mechanism  graph   steps  seconds  TVD to data  to factorisation  graph's gap  floor of 200,000 draws")
    for kind, graph_name in (("neural", "G1"), ("neural", "cG1"), ("wgan", "G1")):
        if arguments.only not in (None, kind):
            continue
        graph = cd.parse(GRAPHS[graph_name] + f"default binary ~ {kind}\n")
        rows = encode(open_data("celeba", arguments.data / "celeba", graph, True).labels, graph)
        with tempfile.TemporaryDirectory() as folder:
            begun = time.monotonic()
            run = cd.fit(
                cd.compile(graph), "celeba", root=arguments.data / "celeba", out=Path(folder) / "run",
                config=read_config(), labels_only=True,
            )  # fmt: skip
            seconds = time.monotonic() - begun
        drawn = run.sample(DRAWS)
        law, model = (empirical([s[n].numpy() for n in graph.columns], [2] * len(graph.columns)) for s in (rows, drawn))
        at = {name: i for i, name in enumerate(graph.columns)}
        own = factorised(law, [[at[p] for p in graph[n].parents] for n in graph.columns])
        steps = sum(stage["steps"] for stage in run.record["stages"].values())
        print(
            f"{kind:9}  {graph_name:5}  {steps:6,}  {seconds:7.1f}  {tvd(model, law):11.4f}  {tvd(model, own):16.4f}  "
            f"{tvd(own, law):11.4f}  {floor(law, DRAWS):.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
