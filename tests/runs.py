"""Runs that were begun and not trained."""

from pathlib import Path

from causaldsl.train.config import Config
from causaldsl.train.run import begin, planned_run


def begun(folder, model, text, labels_only=False):
    run = planned_run(Path(folder), model, Config(), "data", labels_only, None)
    begin(run, text)
    return run
