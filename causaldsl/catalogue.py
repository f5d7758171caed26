"""The catalogue of diagnostic codes: docs/errors.md, which travels with the package."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from causaldsl.errors import closest
from causaldsl.resources import resource

_HEADING = re.compile(r"^## (C[0-9]{3}): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """What is to be said about one code.

    Parameters
    ----------
    code : str
        Such as `C203`.
    title : str
        What it is, in a few words.
    text : str
        The explanation, in Markdown; examples stand in fences, "causal wrong" and "causal right".
    """

    code: str
    title: str
    text: str

    @property
    def is_warning(self) -> bool:
        """Whether the findings of this code stop nothing; then the text says so first."""
        return self.text.startswith("A warning")


@functools.cache
def entries() -> dict[str, Entry]:
    """Return all entries by code, in the order of the codes.

    Examples
    --------
    >>> entries()["C203"].title
    'a cycle'
    """
    parts = _HEADING.split(resource("docs", "errors.md").read_text(encoding="utf-8"))[1:]
    found = [Entry(code, title, text.strip()) for code, title, text in zip(*[iter(parts)] * 3, strict=True)]
    return {entry.code: entry for entry in sorted(found, key=lambda entry: entry.code)}


def closest_code(code: str) -> str | None:
    """Return the code that was probably meant; a letter O is a zero.

    Examples
    --------
    >>> closest_code("c2O3")
    'C203'
    """
    code = code.upper().replace("O", "0")
    return code if code in entries() else closest(code, entries())
