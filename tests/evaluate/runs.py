"""A small run of faces, with judges that have learned nothing."""

from pathlib import Path

import torch

import causaldsl as cd
from causaldsl.evaluate.evaluation import KINDS, judge_path
from causaldsl.evaluate.judge import Judge
from causaldsl.train.config import read_config
from causaldsl.train.run import Run

TEXT = """
binary Male, Mustache
image Face[3, 32, 32]
Male -> Mustache
Male, Mustache -> Face
Face ~ r3gan(width=4, latent=4)
"""


def small_run(folder: Path, seed: int = 0, text: str = TEXT) -> Run:
    config = read_config(settings=["labels.steps=30", "images.steps=2", "images.batch=8"])
    run = cd.fit(cd.compile(cd.parse(text)), "faces", out=folder, config=config, seed=seed)
    for kind in KINDS:
        torch.manual_seed(seed)
        judge = Judge(kind, {"Male": 2, "Mustache": 2}, 32)
        judge.tested = 100
        judge.save(judge_path(run, kind))
    return run
