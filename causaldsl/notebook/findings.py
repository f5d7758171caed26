"""Findings as a notebook shows them: each with its line, the carets under it, and its hint."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from causaldsl.errors import Diagnostic

COLOURS = {"error": "#c8392b", "warning": "#a8741a"}
"""Legible on white and on black."""


class Findings:
    """Findings about a text.

    Parameters
    ----------
    findings : iterable of Diagnostic
        Errors and warnings.
    """

    def __init__(self, findings: Iterable[Diagnostic]) -> None:
        self.findings = tuple(findings)

    def __repr__(self) -> str:
        return "\n".join(map(str, self.findings))

    def _repr_html_(self) -> str:
        return "".join(map(_html, self.findings))


def _html(finding: Diagnostic) -> str:
    """Return a finding as it is printed, its head in colour."""
    head, *rest = escape(str(finding)).split("\n")
    colour = COLOURS[finding.severity]
    shown = "\n".join([f'<span style="color:{colour};font-weight:600">{head}</span>', *rest])
    return f'<pre style="border-left:3px solid {colour};padding-left:.7em;margin:.4em 0;overflow-x:auto">{shown}</pre>'
