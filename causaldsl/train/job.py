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
from causaldsl.train.fit import dry_resume, dry_run, fit, resume
from causaldsl.train.machine import Machine, can_compile
from causaldsl.train.probe import Probe
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
    dry_run : bool
        Whether only a few steps are tried, and nothing is written.
    compile : bool
        Whether generators of pictures are compiled.
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
    dry_run: bool = False
    compile: bool = False

    def __call__(self, ranks: Ranks, device: str) -> Probe | None:
        """Train on this rank; where the ranks were started again, go on from the last checkpoint."""
        told = reporter(quiet=self.quiet or not ranks.leads)
        problem = can_compile() if self.compile else None
        if ranks.any(problem is not None):
            told.say(f"nothing is compiled: {problem or 'another rank cannot'}")
        machine = Machine(ranks, self.compile and not ranks.any(problem is not None))
        if self.dry_run:
            return self._try(machine, device)
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
        return None

    def _try(self, machine: Machine, device: str) -> Probe:
        if self.graph is None:
            return dry_resume(self.out, device=device, machine=machine)
        return dry_run(
            compile_graph(self.graph, seed=self.config.seed).to(device),
            self.data,
            root=self.root,
            config=self.config,
            labels_only=self.labels_only,
            drop_missing=self.drop_missing,
            machine=machine,
        )
