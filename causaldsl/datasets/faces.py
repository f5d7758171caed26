"""The embedded data set `faces`: drawn portraits whose causal truth is known exactly.

The labels follow the structural causal model in `faces.causal`; the portraits are drawn from the labels. A model
learns from 20,000 portraits of the *observational* law alone, where bald women practically never occur. Portraits with
uniformly drawn labels exist for judges and evaluation only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from causaldsl.datasets.faces_drawing import draw
from causaldsl.datasets.faces_sitter import LABELS
from causaldsl.datasets.rows import all_there
from causaldsl.errors import DataError, UsageError, did_you_mean
from causaldsl.graph.domain import Image
from causaldsl.plugins.protocols import Data

Bits = np.ndarray[Any, np.dtype[np.uint8]]
Joint = np.ndarray[Any, np.dtype[np.float64]]

ROWS = 20_000
"""Portraits that a model learns from."""
_SEED = 1
_UNIFORM_SEED = 1_000_000_000
"""Seeds from here on draw uniform labels, so that those portraits are never the ones that were learned from."""

LAW: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]] = MappingProxyType(
    {
        "Young": ((), (0.779,)),
        "Male": ((), (0.419,)),
        "Eyeglasses": (("Young",), (0.166, 0.036)),
        "Bald": (("Male", "Young"), (0.0004, 0.0001, 0.113, 0.0205)),
        "Mustache": (("Male", "Young"), (0.0002, 0.0001, 0.135, 0.0756)),
        "Smiling": (("Male", "Young"), (0.687, 0.518, 0.429, 0.382)),
        "Wearing_Lipstick": (("Male", "Young"), (0.738, 0.813, 0.0008, 0.0098)),
        "Mouth_Slightly_Open": (("Young", "Smiling"), (0.235, 0.741, 0.223, 0.766)),
        "Narrow_Eyes": (("Male", "Young", "Smiling"), (0.100, 0.147, 0.095, 0.124, 0.105, 0.181, 0.080, 0.160)),
    }
)
"""For each label its causes, and P(label = 1) for each combination of their values, the last fastest."""


def sample_labels(n: int, rng: np.random.Generator) -> Bits:
    """Draw rows of labels from the observational law.

    Returns
    -------
    ndarray of uint8, shape (n, 9), in {0, 1}
        Columns in the order of `LABELS`, which is a causal order.
    """
    noise = rng.random((len(LABELS), n))
    values: dict[str, Bits] = {}
    for (name, (causes, shares)), u in zip(LAW.items(), noise, strict=True):
        cell = np.zeros(n, np.int64)
        for cause in causes:
            cell = 2 * cell + values[cause]
        values[name] = (u < np.asarray(shares)[cell]).astype(np.uint8)
    return np.stack([values[name] for name in LABELS], axis=1)


def exact_joint(do: Mapping[str, int] | None = None) -> Joint:
    """Tabulate the law of the labels exactly, as seen or under an intervention.

    Parameters
    ----------
    do : mapping of str to int in {0, 1}, optional
        Labels that are set.

    Returns
    -------
    ndarray, shape (2, ..., 2), nine axes in the order of `LABELS`
        Probabilities; they sum to 1.

    Raises
    ------
    UsageError
        If there is no such label or value.

    Notes
    -----
    The truncated factorisation: the product of P(label | causes) over the labels that are not set.

    Examples
    --------
    >>> exact_joint({"Bald": 1}).sum(axis=(0, 2, 3, 4, 5, 6, 7, 8)).round(3).tolist()
    [0.581, 0.419]
    """
    forced = _assignment(do or {})
    joint = np.ones((2,) * len(LABELS))
    for name, (causes, shares) in LAW.items():
        table = np.asarray(shares).reshape((2,) * len(causes))
        if name in forced:
            table = np.full_like(table, forced[name])
        own_last = np.stack([1 - table, table], axis=-1)
        axes = [LABELS.index(label) for label in (*causes, name)]
        shape = [2 if axis in axes else 1 for axis in range(len(LABELS))]
        joint = joint * own_last.transpose(np.argsort(axes)).reshape(shape)
    return joint


def exact_shares(do: Mapping[str, int] | None = None, given: Mapping[str, int] | None = None) -> dict[str, float]:
    """Compute P(label = 1 | do(...), given ...) of every label exactly.

    Raises
    ------
    UsageError
        If there is no such label or value, or what is given cannot occur under the intervention.

    Examples
    --------
    >>> round(exact_shares(given={"Bald": 1})["Male"], 3)
    0.994
    """
    joint = exact_joint(do)
    seen = _assignment(given or {})
    for name, value in seen.items():
        unseen = [slice(None)] * len(LABELS)
        unseen[LABELS.index(name)] = slice(1 - value, 2 - value)
        joint[tuple(unseen)] = 0
    total = joint.sum()
    if total <= 0:
        raise UsageError(f"under the intervention, {', '.join(f'{k}={v}' for k, v in seen.items())} cannot occur")
    return {name: float(joint.take(1, axis).sum() / total) for axis, name in enumerate(LABELS)}


@dataclass(frozen=True)
class FacesOptions:
    """Options of `faces`: none."""


class Faces:
    """The data set plugin `faces`; it needs no files."""

    options: ClassVar[type[FacesOptions]] = FacesOptions

    def columns(self, root: Path | None, options: FacesOptions) -> tuple[str, ...]:  # noqa: ARG002
        """Return the nine labels."""
        _no_root(root)
        return LABELS

    def check_image(self, image: Image, options: FacesOptions) -> None:  # noqa: ARG002
        """Refuse what is no square whose side is a multiple of 32, in three channels.

        Raises
        ------
        DataError
            If it is so.
        """
        if image.channels != 3 or image.height != image.width or image.height % 32:
            raise DataError(
                f"`faces` draws no pictures of shape [{image.channels}, {image.height}, {image.width}]",
                "ask for [3, 32, 32] or [3, 64, 64]",
            )

    def open(
        self, root: Path | None, columns: Sequence[str], images: Mapping[str, Image], options: FacesOptions
    ) -> Data:
        """Draw the observational set: labels always, portraits where an image is asked for.

        Raises
        ------
        DataError
            If a column is no label of the faces, or an image is of an impossible shape.
        """
        _no_root(root)
        all_there("`faces`", columns, LABELS)
        for image in images.values():
            self.check_image(image, options)
        where = [LABELS.index(name) for name in columns]
        labels = sample_labels(ROWS, np.random.default_rng(_SEED))
        observed = dict(zip(columns, labels[:, where].T, strict=True))
        notes = (f"{ROWS:,} portraits drawn from the observational law of faces.causal",)
        if not images:
            return Data("faces", observed, notes=notes)
        pictures = {node: draw(labels, image.height, _SEED) for node, image in images.items()}
        size = next(iter(images.values())).height

        def uniform(n: int, seed: int) -> tuple[Bits, Mapping[str, Bits]]:
            rng = np.random.default_rng(_UNIFORM_SEED + seed)
            drawn = rng.integers(0, 2, (n, len(LABELS)), dtype=np.uint8)
            return draw(drawn, size, _UNIFORM_SEED + seed), dict(zip(columns, drawn[:, where].T, strict=True))

        return Data("faces", observed, pictures, flips=True, uniform=uniform, notes=notes)


plugin = Faces()


def _assignment(values: Mapping[str, int]) -> dict[str, int]:
    for name, value in values.items():
        if name not in LABELS:
            raise UsageError(f"`faces` has no label `{name}`", did_you_mean(name, LABELS) or _known())
        if value not in (0, 1):
            raise UsageError(f"the label `{name}` is 0 or 1, not {value!r}")
    return {name: int(value) for name, value in values.items()}


def _no_root(root: Path | None) -> None:
    if root is not None:
        raise UsageError("`faces` is drawn by causaldsl itself and reads no folder", "leave --root out")


def _known() -> str:
    return f"its labels are {', '.join(LABELS)}"
