"""evaluate: train the judges of a run, read its pictures, keep the figures in the run folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from causaldsl.errors import CausalError, DataError, UsageError, did_you_mean
from causaldsl.evaluate.counterfactuals import counterfactuals
from causaldsl.evaluate.judge import Judge, Kind
from causaldsl.evaluate.judges import train_judge
from causaldsl.evaluate.likeness import FEATURES, FEWEST, UNJUDGED, diversities, likeness, looks
from causaldsl.evaluate.rare import ask_combination, rare_combinations
from causaldsl.evaluate.readings import effectiveness, readable
from causaldsl.evaluate.real import Real, lessons, real_of
from causaldsl.evaluate.rows import rows
from causaldsl.graph.domain import Discrete, Image, Value
from causaldsl.measure.interval import Measured
from causaldsl.plugins.protocols import Data
from causaldsl.plugins.registry import load
from causaldsl.scm.open_names import levels_shown
from causaldsl.train.data import IN_MEMORY, data_of
from causaldsl.train.files import read_json, write_json
from causaldsl.train.run import Run

RESULTS = "evaluation.json"
FORMAT = 4
"""Of the results; others are measured anew."""
KINDS: tuple[Kind, ...] = ("plain", "robust")
PICTURES = 2000
"""Pictures read for each figure, unless it is said otherwise."""


def evaluate(
    run: Run,
    say: Callable[[str], None] = lambda _: None,
    n: int | None = None,
    features: Sequence[str] = (),
    image: str | None = None,
) -> dict[str, Any]:
    """Return the evaluation of a run: from its folder, or measured now and, of a finished run, kept there.

    Parameters
    ----------
    run : Run
        A run whose pictures are trained.
    say : callable
        Told what takes time.
    n : int, optional
        Pictures read for each figure; 2,000, or as many as those that were kept.
    features : sequence of str
        Features to compare pictures in; `robust`, `plain` and `random`, or those that were kept.
    image : str, optional
        Whose pictures; the graph's first image node's.

    Returns
    -------
    dict
        `effectiveness`: `mean`, `labels`, `by_judge`, `n`, `interval`, `intervals`; `errors`: of each real cause; see
        `Errors`; `rows`: see `Row`; `judges`: how they read real pictures they have not seen; `rare`: combinations of
        two labels; `features`: see `likeness`; `diversity`: by label and level; `imagined`: see `counterfactuals`,
        empty where the image model has no encoder; `notes`: what could not be measured, and why.

    Raises
    ------
    UsageError
        If the run has no pictures, or not that node.
    """
    for name in features:
        load("features", name)  # a name that there is not is said before anything is trained
    found = kept(run, n, features, image)
    if found is None:
        evaluator = Evaluator(run, say, image)
        found = evaluator.measure(run, n or PICTURES, features or evaluator.features)
        lasting = not evaluator.real.note or run.record["data"] == IN_MEMORY
        if run.complete and lasting:  # data that are not to be had today may be tomorrow
            write_json(results_path(run, evaluator.image), found)
    return found


def kept(run: Run, n: int | None, features: Sequence[str], image: str | None = None) -> dict[str, Any] | None:
    """Return the evaluation that the folder of a finished run holds, if it is what is asked for."""
    path = results_path(run, image)
    if not run.complete or not path.exists():
        return None
    found = read_json(path)
    fits = found.get("format") == FORMAT and n in (None, found["n"]) and set(features) <= set(found["features"])
    return found if fits else None


def require_pictures(run: Run) -> None:
    """Refuse a run that has no trained pictures.

    Raises
    ------
    UsageError
        If it has none.
    """
    if run.labels_only or not run.graph.images:
        raise UsageError(f"the run {run.folder} has no trained pictures to evaluate")


class Evaluator:
    """The judges and the real pictures of a run, which may read another run's pictures too.

    Parameters
    ----------
    run : Run
        Whose judges, trained now where they are missing, and whose data.
    say : callable
        Told what takes time.
    image : str, optional
        Whose pictures; the graph's first image node's.

    Raises
    ------
    UsageError
        If the run has no pictures, or not that node.
    """

    def __init__(self, run: Run, say: Callable[[str], None], image: str | None = None) -> None:
        require_pictures(run)
        self.run, self.say = run, say
        self.image = run.graph.images[_place(run, image)]
        self.judges: list[Judge] = []
        rest = ", ".join(f"`{name}`" for name in run.graph.images if name != self.image)
        self.notes = [f"the pictures of `{self.image}` are judged, not those of {rest}"] if rest else []
        try:
            self.judges = run_judges(run, self.image, say)
        except (DataError, UsageError) as error:
            self.notes.append(f"no judge reads the pictures: {error.diagnostics[0].message}")

    @property
    def features(self) -> tuple[str, ...]:
        """What is looked at unless something else is asked for: without judges what needs none."""
        return FEATURES if self.judges else UNJUDGED

    @cached_property
    def real(self) -> Real:
        """The real pictures."""
        return real_of(self.run, self.image)

    def measure(self, run: Run, n: int, features: Sequence[str]) -> dict[str, Any]:
        """Return all figures of a run, as `evaluate` does; those that need real pictures are empty where none are."""
        image, judges, seed = self.image, self.judges, run.config.seed
        domain = run.graph[image].domain
        assert isinstance(domain, Image)
        eyes = looks(features, domain, judges)

        def levels(name: str) -> Sequence[Value]:
            column = run.graph[name].domain
            assert isinstance(column, Discrete)
            return levels_shown(column)

        self.say(f"reading {n:,} pictures for each figure")
        asked = effectiveness(run.model, image, judges, n, seed)
        found: dict[str, Any] = {
            "schema": 1,
            "format": FORMAT,
            "n": n,
            "image": image,
            "effectiveness": asked.as_json(),
            "errors": {name: error.as_json() for name, error in asked.errors.items()},
            "rows": [asdict(row) for row in rows(run.model, image, judges, n, seed)],
            "judges": {judge.kind: _about(judge) for judge in judges},
            "rare": [],
            "features": dict.fromkeys(features),
            "diversity": [],
            "imagined": {},
            "notes": self.notes,
        }
        real = self.real
        pictures = real.draw(2 * n, seed)
        half = len(pictures) // 2
        if half < FEWEST:
            note = real.note or f"{len(real):,} real pictures are too few to compare with"
            return {**found, "notes": [*self.notes, note]}
        read = {name: column for name, column in real.levels.items() if judges and name in judges[-1].labels}
        found["rare"] = [
            {
                "labels": {name: levels(name)[level] for name, level in combination.labels.items()},
                "rows": combination.rows,
                **ask_combination(run.model, image, judges, combination, max(1, n // 4), seed).as_json(),
            }
            for combination in rare_combinations(read)
        ]
        drawn = run.model.sample(half, seed=seed)[image]
        found["features"] = {
            name: likeness(drawn, pictures[:half], pictures[half : 2 * half], look) for name, look in eyes.items()
        }
        apart = diversities(run.model, image, real, next(iter(eyes.values())), max(FEWEST, n // 5), seed)
        found["diversity"] = [
            {"label": name, "level": levels(name)[level], "features": next(iter(eyes)), **figure.as_json()}
            for name, level, figure in apart
        ]
        found["imagined"], notes = self._imagined(run, n // 5)
        found["notes"] = [*self.notes, *notes]
        return found

    def _imagined(self, run: Run, n: int) -> tuple[dict[str, Any], list[str]]:
        """Return what real pictures imagined otherwise are worth; nothing, and perhaps a note, where none are."""
        if not run.model.image(self.image).abducts or not self.judges:
            return {}, []
        if self.image in run.model.controller.pictures:
            return {}, [f"no picture is imagined otherwise, since something depends on `{self.image}`"]
        self.say(f"imagining {n:,} real pictures otherwise")
        try:
            return counterfactuals(run, self.image, self.judges, self.real, n, run.config.seed), []
        except CausalError as error:
            return {}, [f"no picture is imagined otherwise: {error.diagnostics[0].message}"]


def run_judges(run: Run, image: str, say: Callable[[str], None]) -> list[Judge]:
    """Return the plain and the robust judge of a run, trained once and kept in its folder; they read every cause.

    They learn from uniformly labelled pictures where the data set draws such, else from its real pictures; never from a
    generated one. They are measured on real ones that they have not seen: those that the data set holds out, or a
    sixth.

    Raises
    ------
    UsageError
        If there is nothing that they could read: no cause, or pictures whose size is no multiple of 32.
    DataError
        If the data are not to be had, no picture has some level, or a cause is the same in all.
    """
    levels = readable(run.model, image)
    if not levels:
        raise UsageError(f"`{image}` has no causes")
    found = {kind: Judge.load(path) for kind in KINDS if (path := judge_path(run, kind, image)).exists()}
    domain = run.graph[image].domain
    assert isinstance(domain, Image)
    wanted = levels, domain.height, domain.channels
    missing = [k for k in KINDS if k not in found or (found[k].levels, found[k].size, found[k].channels) != wanted]
    if missing:
        data: Data = data_of(run, labels_only=False)
        (pictures, values), test = lessons(run, data, image, levels)
        for kind in missing:
            say(f"training the {kind} judge on {len(pictures):,} pictures")
            judge = train_judge(kind, levels, pictures, values, seed=run.config.seed, test=test, flips=data.flips)
            judge.save(judge_path(run, kind, image))
            found[kind] = judge
    return [found[kind] for kind in KINDS]


def judge_path(run: Run, kind: Kind, image: str | None = None) -> Path:
    """Return where a run's folder keeps a judge of an image node's pictures, the first one's unless it is said."""
    place = _place(run, image)
    return run.folder / (f"judge-{place + 1}-{kind}.safetensors" if place else f"judge-{kind}.safetensors")


def results_path(run: Run, image: str | None = None) -> Path:
    """Return where a run's folder keeps the evaluation of an image node, the first one unless it is said."""
    place = _place(run, image)
    return run.folder / (f"evaluation-{place + 1}.json" if place else RESULTS)


def _place(run: Run, image: str | None) -> int:
    """Return which of the image nodes one is."""
    images = run.graph.images
    if image is not None and image not in images:
        raise UsageError(f"`{image}` is no image node", did_you_mean(image, images) or f"there is {', '.join(images)}")
    return 0 if image is None else images.index(image)


def _about(judge: Judge) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: dict(zip(judge.labels, getattr(judge, name).tolist(), strict=True))
        for name in ("accuracy", "accuracy_worn", "balanced_accuracy")
    }
    if judge.reals:
        off = zip(judge.reals, judge.error.tolist(), judge.spread.tolist(), strict=True)
        root, n = math.sqrt(max(judge.tested, 1)), judge.tested
        found["errors"] = {name: Measured.about(e, sd / root, n, least=0).as_json() for name, e, sd in off}
    if not judge.tested:
        return {**found, "n": None}
    spans = {name: Measured.share(p, judge.tested).as_json()["interval"] for name, p in found["accuracy"].items()}
    return {**found, "n": judge.tested, "intervals": spans}
