"""The domains of nodes: what values there are, and how a value given by a user becomes one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from causaldsl.errors import UsageError, did_you_mean
from causaldsl.syntax.words import RESERVED
from causaldsl.syntax.words import is_bare as is_bare_name

Value = int | float | str
"""A value as a user gives it: a level by name or number, or a real number."""


@dataclass(frozen=True)
class Binary:
    """The domain {0, 1}."""

    kind: ClassVar[str] = "binary"
    levels: ClassVar[tuple[str, ...]] = ("0", "1")

    def __str__(self) -> str:
        return "binary"

    def index(self, value: Value) -> int:
        """Return the level's index.

        Raises
        ------
        UsageError
            If the domain has no such level.

        Examples
        --------
        >>> Binary().index(1)
        1
        """
        return _level_index(self.levels, value)


@dataclass(frozen=True)
class Categorical:
    """Named levels, in their order; a range of whole numbers (`{0..9}`) stays one.

    Parameters
    ----------
    levels : tuple of str
        The distinct levels.
    is_range : bool
        Written as a range of whole numbers: levels are shown as numbers.
    """

    levels: tuple[str, ...]
    is_range: bool = False
    kind: ClassVar[str] = "categorical"

    def __str__(self) -> str:
        if self.is_range:
            return f"categorical {{{self.levels[0]}..{self.levels[-1]}}}"
        return f"categorical {{{', '.join(quoted(level) for level in self.levels)}}}"

    def index(self, value: Value) -> int:
        """Return the level's index.

        Raises
        ------
        UsageError
            If the domain has no such level.

        Examples
        --------
        >>> Categorical(("black", "brown")).index("brown")
        1
        """
        return _level_index(self.levels, value)


@dataclass(frozen=True)
class Real:
    """The real line, or a closed interval of it."""

    low: float = -math.inf
    high: float = math.inf
    kind: ClassVar[str] = "real"

    def __str__(self) -> str:
        if self.low == -math.inf and self.high == math.inf:
            return "real"
        return f"real in [{_number(self.low)}, {_number(self.high)}]"

    def check(self, value: Value) -> float:
        """Return the value as a float.

        Raises
        ------
        UsageError
            If it is no number, or outside the interval.
        """
        try:
            number = float(value)
        except ValueError:
            raise UsageError(f"`{value}` is not a number") from None
        if not self.low <= number <= self.high or math.isnan(number):
            raise UsageError(f"{value} is outside [{_number(self.low)}, {_number(self.high)}]")
        return number


@dataclass(frozen=True)
class Image:
    """Pictures of one size: values in [-1, 1], shape (channels, height, width)."""

    channels: int
    height: int
    width: int
    kind: ClassVar[str] = "image"

    def __str__(self) -> str:
        return f"image [{self.channels}, {self.height}, {self.width}]"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width)."""
        return self.channels, self.height, self.width


Discrete = Binary | Categorical
Domain = Binary | Categorical | Real | Image


def quoted(name: str) -> str:
    """Spell a name as the language does: bare where it can be and is no word of the language, else in double quotes."""
    return name if is_bare_name(name) and name not in RESERVED else in_quotes(name)


def in_quotes(text: str) -> str:
    """Spell a text as the language does, in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_written(number: str) -> str:
    r"""Return the words of a number as a level: between its sign and its digits there may be space and comments.

    Examples
    --------
    >>> as_written("01"), as_written("-  # a comment\n 1")
    ('01', '-1')
    """
    return number if number[0] != "-" else "-" + number.split()[-1].lstrip("-")


def _number(value: float) -> str:
    """Spell a number as short as it can be without losing any of it."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _level_index(levels: tuple[str, ...], value: Value) -> int:
    whole = isinstance(value, bool) or (isinstance(value, float) and value.is_integer())
    text = str(int(value)) if whole else str(value)
    try:
        return levels.index(text)
    except ValueError:
        shown = ", ".join(levels[:8]) + (", ..." if len(levels) > 8 else "")
        raise UsageError(
            f"there is no level `{text}`", did_you_mean(text, levels) or f"the levels are {shown}"
        ) from None
