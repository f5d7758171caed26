"""A training, as its ranks are told of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from causaldsl.graph.ir import CausalGraph
from causaldsl.scm.build import compile_graph
from causaldsl.scm.ranks import Ranks
from causaldsl.train.config import Config
from causaldsl.train.distributed import restarted
from causaldsl.train.fit import fit, resume
from causaldsl.train.machine import Machine
from causaldsl.train.progress import reporter
from causaldsl.train.run import RECORD, open_record


@dataclass(frozen=True)
class Job:
    """What `train` is asked for; it can be pickled, and called on each rank.

    Parameters
    ----------
    out : Path
        The run folder.
    graph : CausalGraph or None
        What to train; None to go on with the run at `out`.
    data, root, config, labels_only, allow_unidentified, drop_missing
        See `causaldsl.train.fit.fit`.
    quiet : bool
        Whether nothing is said of the progress.
    """

    out: Path
    graph: CausalGraph | None
    data: str | None
    root: Path | None
    config: Config
    labels_only: bool = False
    allow_unidentified: bool = False
    drop_missing: bool = False
    quiet: bool = False

    def __call__(self, ranks: Ranks, device: str) -> None:
        """Train on this rank; where the ranks were started again, go on from the last checkpoint."""
        machine = Machine(ranks)
        told = reporter(quiet=self.quiet or not ranks.leads)
        if ranks.any(ranks.leads and restarted(os.environ) and (self.out / RECORD).is_file()):
            if not ranks.together(lambda: open_record(self.out)).complete:
                resume(self.out, reporter=told, device=device, machine=machine)
        elif self.graph is None:
            resume(self.out, reporter=told, device=device, machine=machine)
        else:
            fit(
                compile_graph(self.graph, seed=self.config.seed).to(device),
                self.data,
                self.out,
                root=self.root,
                seed=self.config.seed,
                config=self.config,
                labels_only=self.labels_only,
                allow_unidentified=self.allow_unidentified,
                drop_missing=self.drop_missing,
                reporter=told,
                machine=machine,
            )
