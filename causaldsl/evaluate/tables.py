"""The tables of an evaluation, as `evaluate` prints them and the report shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from causaldsl.evaluate.comparison import called, likenesses, titled

WEAK = 0.9
"""What is read as asked, or by a judge rightly, less often than this is a weak spot."""
WORSE = 0.5
"""What is read off by more than this share of the error of guessing is a weak spot."""


@dataclass(frozen=True)
class Table:
    """A table, its numbers rounded.

    Parameters
    ----------
    header : sequence of str
        What each column holds.
    rows : sequence of sequence of str or int
        The cells.
    weak : frozenset of (int, int)
        Row and column of those cells that a reader should stumble over.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    weak: frozenset[tuple[int, int]] = frozenset()


def tables(evaluation: dict[str, Any]) -> dict[str, Table]:
    """Return the tables that have rows.

    They are `labels`, `errors`, `rows`, `rare`, `likeness`, `diversity`, and of real pictures imagined otherwise
    `imagined` and `composition`.
    """
    found = {
        "labels": _labels(evaluation),
        "errors": _errors(evaluation),
        "rows": _rows(evaluation["rows"]),
        "rare": _rare(evaluation["rare"]),
        "likeness": _likeness(evaluation["features"]),
        "diversity": _diversity(evaluation["diversity"]),
        "imagined": _imagined(evaluation["imagined"]),
        "composition": _composition(evaluation["imagined"]),
    }
    return {name: table for name, table in found.items() if table.rows}


def _labels(evaluation: dict[str, Any]) -> Table:
    """For each label what the judges read, beside what they read of real pictures."""
    figures, judges = evaluation["effectiveness"], evaluation["judges"]
    kinds, first = list(judges), 3 + len(judges)
    rows, weak = [], set()
    for i, (label, lower) in enumerate(figures["labels"].items()):
        real = [judges[kind]["balanced_accuracy"][label] for kind in kinds]
        read = [figures["by_judge"][kind][label] for kind in kinds]
        rows.append([label, f"{lower:.3f}", span(figures["intervals"][label]), *(f"{x:.3f}" for x in (*read, *real))])
        weak |= {(i, 1)} if lower < WEAK else set()
        weak |= {(i, first + j) for j, share in enumerate(real) if share < WEAK}
    header = ["label", "read as asked", "95 of 100", *(f"{kind} judge" for kind in kinds)]
    return Table([*header, *(f"{kind}, of real ones" for kind in kinds)], rows, frozenset(weak))


def _errors(evaluation: dict[str, Any]) -> Table:
    """For each real cause how far what the judges read is off, beside how far they are off in real pictures."""
    judges = evaluation["judges"]
    kinds, first = list(judges), 3 + len(judges)
    rows, weak = [], set()
    for i, (name, error) in enumerate(evaluation["errors"].items()):
        real = [judges[kind]["errors"][name]["value"] for kind in kinds]
        interval = " to ".join(f"{end:.4g}" for end in error["interval"])
        figures = [f"{x:.4g}" for x in (*error["by_judge"].values(), *real, error["guess"])]
        rows.append([name, f"{error['value']:.4g}", interval, *figures])
        most = WORSE * error["guess"]
        weak |= {(i, 1)} if error["value"] > most else set()
        weak |= {(i, first + j) for j, off in enumerate(real) if off > most}
    header = ["real cause", "read off by", "95 of 100", *(f"{kind} judge" for kind in kinds)]
    return Table([*header, *(f"{kind}, of real ones" for kind in kinds), "by guessing"], rows, frozenset(weak))


def _rows(found: list[dict[str, Any]]) -> Table:
    """For each row of do and given the mean of what is read as asked, and the share that is read furthest off."""
    rows, weak = [], set()
    for i, row in enumerate(row for row in found if row["whole"]):
        mean = row["whole"]["value"]
        far = max(row["read"], key=lambda name: abs(row["read"][name] - row["exact"][name]))
        shares = [f"{row[kind][far]:.3f}" for kind in ("exact", "read")]
        asked = [f"{mean:.3f}", span(row["whole"]["interval"])]
        rows.append([titled(row), *asked, far, *shares, span(row["intervals"][far]), row["n"]])
        weak |= {(i, 1)} if mean < WEAK else set()
    header = ["row", "read as asked", "95 of 100", "furthest share", "exact", "read", "95 of 100", "n"]
    return Table(header, rows, frozenset(weak))


def _rare(pairs: list[dict[str, Any]]) -> Table:
    rows = [
        [called(pair["labels"]), f"{pair['rows']:,}", f"{pair['value']:.3f}", span(pair["interval"]), pair["n"]]
        for pair in pairs
    ]
    weak = frozenset((i, 2) for i, pair in enumerate(pairs) if pair["value"] < WEAK)
    return Table(["rare combination", "rows of data", "both read", "95 of 100", "n"], rows, weak)


def _likeness(features: dict[str, Any]) -> Table:
    rows = []
    for title, one in likenesses(features):
        interval = " to ".join(f"{end:.4g}" for end in one["interval"])
        rows.append([title, f"{one['value']:.4g}", interval, f"{one['floor']:.4g}", one["n"]])
    return Table(["beside real pictures", "figure", "95 of 100", "of real ones", "n"], rows)


def _diversity(apart: list[dict[str, Any]]) -> Table:
    rows = [
        [f"given {called({one['label']: one['level']})}", f"{one['value']:.2f}", span(one["interval"], 2), one["n"]]
        for one in apart
    ]
    return Table(["diversity", "by that of real ones", "95 of 100", "n"], rows)


def _imagined(found: dict[str, Any]) -> Table:
    """For each cause that was set in real pictures whether it is read, whether the others stay, and how near."""
    rows, weak = [], set()
    for i, one in enumerate(found.get("causes", [])):
        if "read" in one:
            read = [f"{one['read']['value']:.3f}", span(one["read"]["interval"])]
            bad = one["read"]["value"] < WEAK
        else:
            low, high = one["error"]["interval"]
            read = [f"off by {one['error']['value']:.4g}", f"{low:.4g} to {high:.4g}"]
            bad = one["error"]["value"] > WORSE * one["error"]["guess"]
        others = [f"{one['others'][key]:.3f}" for key in ("value", "before")] if one["others"] else ["", ""]
        near = ["" if one[key] is None else f"{one[key]['value']:.3f}" for key in ("minimality", "anew")]
        rows.append([one["cause"], *read, *others, *near, found["n"]])
        weak |= {(i, 1)} if bad else set()
    header = ["imagined otherwise", "read as set", "95 of 100", "others as they would be", "others, as seen"]
    return Table([*header, "minimality", "of a new picture", "n"], rows, frozenset(weak))


def _composition(found: dict[str, Any]) -> Table:
    """How far pictures move to which nothing was done, and how far imagined ones are from real ones."""
    rows: list[list[str | int]] = []
    for one in found.get("composition", []):
        whose = "" if one["whole"] else ", by the generator alone"
        cycles = "1 cycle" if one["cycles"] == 1 else f"{one['cycles']} cycles"
        for key, unit in (("pixels", "pixels, of 255"), ("features", f"{found['features']}, of what two are apart")):
            value, low, high = (f"{x:.3g}" for x in (one[key]["value"], *one[key]["interval"]))
            rows.append([f"nothing done, {cycles}{whose}", unit, value, f"{low} to {high}", one[key]["n"]])
    if far := found.get("realism"):
        low, high = far["interval"]
        title = f"FD[{found['features']}]; of new pictures {far['anew']:.3g}, of real ones {far['floor']:.3g}"
        rows.append(["one cause otherwise", title, f"{far['value']:.3g}", f"{low:.3g} to {high:.3g}", far["n"]])
    return Table(["real pictures, imagined", "how far", "figure", "95 of 100", "n"], rows)


def span(interval: Sequence[float], digits: int = 3) -> str:
    """Spell an interval."""
    return " to ".join(f"{end:.{digits}f}" for end in interval)
