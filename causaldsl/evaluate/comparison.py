"""Two runs side by side: every figure of both, and the difference with its interval.

Both are read by the judges of the first and held beside its real pictures, so that a difference is one of the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from causaldsl.errors import UsageError
from causaldsl.evaluate.evaluation import KINDS, Evaluator, evaluate, judge_path, kept, require_pictures
from causaldsl.measure.interval import Measured
from causaldsl.train.run import Run

TITLES = {"fd": "FD", "kid": "KID"}
IMAGINED = {
    "read": "read as set",
    "error": "read off by",
    "others": "others as they would be",
    "minimality": "minimality",
}
"""The figures of a cause in real pictures imagined otherwise."""


def compare(
    run: Run,
    other: Run,
    say: Callable[[str], None] = lambda _: None,
    n: int | None = None,
    features: Sequence[str] = (),
    image: str | None = None,
) -> dict[str, Any]:
    """Evaluate two runs of the same pictures.

    Parameters
    ----------
    run, other : Run
        The runs; the judges and the real pictures are those of `run`.
    say : callable
        Told what takes time.
    n, features, image
        As `evaluate` takes them.

    Returns
    -------
    dict
        The evaluation of `run`, and `against`: `run`, the other's folder; `evaluation`, its own; `differences`: for
        each `figure` of both what it is in `run` and `other`, and `difference` as `value`, `interval` and `n`.

    Raises
    ------
    UsageError
        If a run has no trained pictures, or theirs differ in size or in what causes them.
    """
    for one in (run, other):
        require_pictures(one)
    about = _about(other, image)
    for name, domain in _about(run, image).items():
        if about.get(name) != domain:
            raise UsageError(
                f"{run.folder} and {other.folder} cannot be compared: `{name}` is not the same in both",
                "their pictures need the same name, size and causes",
            )
    first = evaluate(run, say, n, features, image)
    asked = first["n"], tuple(first["features"])
    second = kept(other, *asked, image) if _same_judges(run, other, image) else None
    second = second or Evaluator(run, say, image).measure(other, *asked)
    pairs = [(name, mine, figures(second).get(name)) for name, mine in figures(first).items()]
    differences = [
        {"figure": name, "run": mine.value, "other": theirs.value, "difference": (mine - theirs).as_json()}
        for name, mine, theirs in pairs
        if theirs is not None
    ]
    return {**first, "against": {"run": str(other.folder), "evaluation": second, "differences": differences}}


def figures(evaluation: dict[str, Any]) -> dict[str, Measured]:
    """Return the figures of an evaluation by what a table calls them."""
    effective = evaluation["effectiveness"]
    spans = {"": effective["interval"], **effective["intervals"]}
    found = {}
    whole = {} if effective["mean"] is None else {"": effective["mean"]}
    for label, share in {**whole, **effective["labels"]}.items():
        figure = {"value": share, "interval": spans[label], "n": effective["n"]}
        found[f"{label} read as asked".strip()] = Measured.of_json(figure)
    for name, error in evaluation["errors"].items():
        found[f"{name} read off by"] = Measured.of_json(error)
    for row in (row for row in evaluation["rows"] if row["whole"]):
        found[f"{titled(row)} read as asked"] = Measured.of_json(row["whole"])
    for pair in evaluation["rare"]:
        found[f"{called(pair['labels'])} read as asked"] = Measured.of_json(pair)
    for title, figure in likenesses(evaluation["features"]):
        found[title] = Measured.of_json(figure)
    for apart in evaluation["diversity"]:
        found[f"diversity given {called({apart['label']: apart['level']})}"] = Measured.of_json(apart)
    for one in evaluation["imagined"].get("causes", []):
        for key, title in IMAGINED.items():
            if one.get(key):
                found[f"{one['cause']} imagined otherwise: {title}"] = Measured.of_json(one[key])
    return found


def likenesses(features: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the figures in all features by what a table calls them; features that could not be looked at have none."""
    for name, measured in features.items():
        for kind in (kind for kind in measured or {} if kind != "dimensions"):
            yield f"{TITLES.get(kind, kind)}[{name}]", measured[kind]


def titled(row: dict[str, Any]) -> str:
    """Spell the world of a row of do or given."""
    about = f"{row['label']}={row['level']}"
    return f"do({about})" if row["kind"] == "do" else f"given {about}"


def called(labels: dict[str, Any]) -> str:
    """Spell levels of labels as a question does."""
    return ", ".join(f"{name}={level}" for name, level in labels.items())


def _about(run: Run, image: str | None) -> dict[str, Any]:
    """Return the domain of the image node, the first unless it is said, and those of its causes."""
    image = image or run.graph.images[0]
    if image not in run.graph.images:
        return {}
    return {name: run.graph[name].domain for name in (image, *run.graph[image].parents)}


def _same_judges(run: Run, other: Run, image: str | None) -> bool:
    """Tell whether both runs hold the same judges, byte by byte."""
    pairs = [(judge_path(run, kind, image), judge_path(other, kind, image)) for kind in KINDS]
    return all(a.exists() and b.exists() and a.read_bytes() == b.read_bytes() for a, b in pairs)
